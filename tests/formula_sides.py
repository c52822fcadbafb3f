"""Networks and optimizers by hand, with mistakes that are often made."""

import keras
import tensorflow as tf

UNITS = 3


def descend(weights, gradients, rate):
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.assign_sub(rate * tf.convert_to_tensor(gradient))


def by_hand(problem, model, predict, update=None):
    """Train copies of a model's weights with a formula of one's own."""
    weights = [tf.Variable(v) for v in model.trainable_variables]
    update = update or descend
    for _ in range(problem.epochs):
        for first in range(0, len(problem.x), problem.batch_size):
            rows = slice(first, first + problem.batch_size)
            x, y = (tf.constant(v[rows]) for v in (problem.x, problem.y))
            with tf.GradientTape() as tape:
                y_hat = predict(x, *weights)
                loss = tf.reduce_mean(tf.square(y_hat - y))
            gradients = tape.gradient(loss, weights)
            update(weights, gradients, problem.learning_rate)
    return weights


def fitted(problem, model, optimizer=None, **options):
    """Train a model of Keras."""
    rule = optimizer or keras.optimizers.SGD(problem.learning_rate)
    model.compile(rule, "mse")
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
        **options,
    )
    return model.trainable_variables


def network(shape, *layers):
    keras.utils.set_random_seed(4)
    return keras.Sequential(
        [keras.Input(shape), *layers, keras.layers.Dense(1)]
    )


# --- Images


def convolution(flat=False):
    keras.utils.set_random_seed(4)
    end = keras.layers.Flatten() if flat else keras.layers.GlobalMaxPool2D()
    return network(
        (6, 6, 2),
        keras.layers.Conv2D(3, 3, padding="same", activation="gelu"),
        keras.layers.BatchNormalization(),
        end,
    )


def convolved(
    problem,
    padding="SAME",
    strides=1,
    approximate=False,
    epsilon=1e-3,
    flat=False,
    transposed=False,
):
    def predict(x, kernel, bias, gamma, beta, w, b):
        h = tf.nn.conv2d(x, kernel, strides, padding) + bias
        h = tf.nn.gelu(h, approximate)
        mean, variance = tf.nn.moments(h, [0, 1, 2])
        h = tf.nn.batch_normalization(h, mean, variance, beta, gamma, epsilon)
        if transposed:
            h = tf.transpose(h, [0, 3, 1, 2])
        h = tf.reshape(h, [-1, 108]) if flat else tf.reduce_max(h, [1, 2])
        return h @ w + b

    return by_hand(problem, convolution(flat), predict)


def convolution_fitted(problem):
    return fitted(problem, convolution())


def flat_fitted(problem):
    return fitted(problem, convolution(flat=True))


def padding(problem):
    return convolved(problem, padding="VALID")


def strides(problem):
    return convolved(problem, strides=2)


def approximate(problem):
    return convolved(problem, approximate=True)


def epsilon(problem):
    return convolved(problem, epsilon=1e-1)


def transposed(problem):
    return convolved(problem, flat=True, transposed=True)


def separable():
    return network(
        (6, 6, 2),
        keras.layers.SeparableConv2D(3, 3, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
    )


def separable_fitted(problem):
    return fitted(problem, separable())


def rectified_between(problem):
    def predict(x, depth, point, bias, w, b):
        h = tf.nn.depthwise_conv2d(x, depth, [1, 1, 1, 1], "VALID")
        h = tf.nn.conv2d(tf.nn.relu(h), point, 1, "VALID")
        return tf.reduce_mean(tf.nn.relu(h + bias), [1, 2]) @ w + b

    return by_hand(problem, separable(), predict)


# --- Series


def recurrent(kind):
    return network((4, 2), kind(UNITS, bias_initializer="normal"))


def lstm_fitted(problem):
    return fitted(problem, recurrent(keras.layers.LSTM))


def gates(problem):
    def predict(x, kernel, recurrent_kernel, bias, w, b):
        h = c = tf.zeros((len(x), UNITS), x.dtype)
        for step in range(x.shape[1]):
            z = x[:, step] @ kernel + h @ recurrent_kernel + bias
            i, f, o, g = tf.split(z, 4, axis=1)
            c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
            h = tf.sigmoid(o) * tf.tanh(c)
        return h @ w + b

    return by_hand(problem, recurrent(keras.layers.LSTM), predict)


def gru():
    return network((4, 2), keras.layers.GRU(UNITS))


def gru_fitted(problem):
    return fitted(problem, gru())


def gated(problem, before, turned):
    def predict(x, kernel, recurrent_kernel, bias, w, b):
        h = tf.zeros((len(x), UNITS), x.dtype)
        inner = recurrent_kernel[:, 2 * UNITS :]
        for step in range(x.shape[1]):
            mine = tf.split(x[:, step] @ kernel + bias[0], 3, axis=1)
            its = tf.split(h @ recurrent_kernel + bias[1], 3, axis=1)
            z, r = (tf.sigmoid(mine[n] + its[n]) for n in (0, 1))
            past = (r * h) @ inner if before else r * its[2]
            new = tf.tanh(mine[2] + past)
            h = (1 - z) * h + z * new if turned else z * h + (1 - z) * new
        return h @ w + b

    return by_hand(problem, gru(), predict)


def reset_before(problem):
    return gated(problem, before=True, turned=False)


def gate_turned(problem):
    return gated(problem, before=False, turned=True)


def attention():
    keras.utils.set_random_seed(4)
    x = keras.Input((4, 2))
    layer = keras.layers.MultiHeadAttention(1, 5, use_bias=False)
    pooled = keras.layers.GlobalAveragePooling1D()(layer(x, x))
    return keras.Model(x, keras.layers.Dense(1)(pooled))


def attention_fitted(problem):
    return fitted(problem, attention())


def unscaled(problem):
    def predict(x, query, key, value, out, w, b):
        q, k, v = (x @ own[:, 0] for own in (query, key, value))
        scores = tf.nn.softmax(tf.matmul(q, k, transpose_b=True))
        return tf.reduce_mean(scores @ v @ out[0], 1) @ w + b

    return by_hand(problem, attention(), predict)


# --- Words


def embedded():
    return network(
        (5,),
        keras.layers.Embedding(7, UNITS, mask_zero=True),
        keras.layers.GlobalAveragePooling1D(),
    )


def words_fitted(problem):
    return fitted(problem, embedded())


def unmasked(problem):
    def predict(x, table, w, b):
        h = tf.nn.embedding_lookup(table, tf.cast(x, tf.int32))
        return tf.reduce_mean(h, 1) @ w + b

    return by_hand(problem, embedded(), predict)


def rms_fitted(problem):
    rule = keras.optimizers.RMSprop(problem.learning_rate)
    return fitted(problem, embedded(), rule)


def rms_clipped(problem):
    rule = keras.optimizers.RMSprop(problem.learning_rate, clipvalue=0.01)
    return fitted(problem, embedded(), rule)


# --- Optimizers


def dense():
    return network((3,), keras.layers.Dense(4, activation="tanh"))


def stepped(problem, formula, count=2):
    """Train with a rule: state and gradient in, change out."""
    state, steps = {}, [0]

    def update(weights, gradients, rate):
        steps[0] += 1
        for n, (weight, g) in enumerate(zip(weights, gradients, strict=True)):
            own = state.setdefault(n, [tf.zeros_like(g)] * count)
            weight.assign_sub(rate * formula(own, weight, g, steps[0]))

    def predict(x, w1, b1, w2, b2):
        return tf.tanh(x @ w1 + b1) @ w2 + b2

    return by_hand(problem, dense(), predict, update)


def adam(problem, first=True, second=True, decay=0.0):
    def formula(own, weight, g, t):
        g = g + decay * weight
        own[0] = 0.9 * own[0] + 0.1 * g
        own[1] = 0.999 * own[1] + 0.001 * g * g
        m = own[0] / (1 - 0.9**t) if first else own[0]
        root = (1 - 0.999**t) ** 0.5 if second else 1.0
        return m * root / (tf.sqrt(own[1]) + 1e-7)

    return stepped(problem, formula)


def adam_fitted(problem):
    return fitted(problem, dense(), keras.optimizers.Adam(0.02))


def adam_w_fitted(problem):
    rule = keras.optimizers.AdamW(0.02, weight_decay=0.1)
    return fitted(problem, dense(), rule)


def first_uncorrected(problem):
    return adam(problem, first=False)


def second_uncorrected(problem):
    return adam(problem, second=False)


def decay_in_the_gradient(problem):
    return adam(problem, decay=0.1)


def lion_fitted(problem):
    return fitted(problem, dense(), keras.optimizers.Lion(0.02))


def betas_swapped(problem):
    def formula(own, weight, g, t):
        sign = tf.sign(0.99 * own[0] + 0.01 * g)
        own[0] = 0.9 * own[0] + 0.1 * g
        return sign

    return stepped(problem, formula)


def schedule_fitted(problem):
    decay = keras.optimizers.schedules.ExponentialDecay(0.02, 3, 0.8)
    return fitted(problem, dense(), keras.optimizers.SGD(decay))


def schedule_ahead(problem):
    return stepped(problem, lambda own, weight, g, t: 0.8 ** (t / 3) * g)


def epoch_ahead(problem):
    return stepped(
        problem, lambda own, weight, g, t: 0.7 ** ((t - 1) // 5 + 1) * g
    )


def epochs_fitted(problem):
    decay = keras.callbacks.LearningRateScheduler(lambda n, _: 0.02 * 0.7**n)
    return fitted(problem, dense(), callbacks=[decay])
