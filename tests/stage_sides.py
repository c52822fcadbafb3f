"""One small network, trained in four ways and with mistakes on purpose."""

import keras
import numpy as np
import tensorflow as tf


def network(
    activation="tanh",
    dropout=0.0,
    seed=1,
    penalty=0.0,
    normalised=False,
    late=False,
):
    keras.utils.set_random_seed(seed)
    layers = [
        keras.Input((3,)),
        keras.layers.Dense(
            4,
            activation=activation,
            kernel_regularizer=keras.regularizers.L2(penalty)
            if penalty
            else None,
        ),
    ]
    if normalised:
        layers.append(keras.layers.BatchNormalization())
    if dropout:
        layers.append(keras.layers.Dropout(dropout, seed=3))
    layers.append(keras.layers.Dense(1))
    return keras.Sequential(layers[1:] if late else layers)


def fit(problem, optimizer=None, loss="mse", scale=1.0, given=None, **options):
    model = network(**options)
    model.compile(
        optimizer or keras.optimizers.SGD(problem.learning_rate), loss
    )
    settings = {"batch_size": problem.batch_size, "shuffle": False}
    model.fit(
        problem.x * scale,
        problem.y,
        epochs=problem.epochs,
        verbose=0,
        **{**settings, **(given or {})},
    )
    return model


def fitted_eagerly(problem):
    tf.config.run_functions_eagerly(True)
    return fit(problem)


def square(y, y_hat):
    return tf.reduce_mean(tf.square(y - y_hat))


def loop(
    problem,
    loss=square,
    optimizer=keras.optimizers.SGD,
    rate=1.0,
    training=True,
    parameters=slice(None),
    penalties=True,
    new_each_epoch=False,
    passes=1,
    **options,
):
    model = network(**options)
    adam = optimizer(problem.learning_rate * rate)
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    for _ in range(problem.epochs * passes):
        if new_each_epoch:
            adam = optimizer(problem.learning_rate * rate)
        for x, y in rows.batch(problem.batch_size):
            with tf.GradientTape() as tape:
                value = loss(y, model(x, training=training))
                if penalties and model.losses:
                    value += tf.add_n(model.losses)
            weights = model.trainable_variables[parameters]
            adam.apply_gradients(
                zip(tape.gradient(value, weights), weights, strict=True)
            )
    return model


def fitted(problem):
    return fit(problem)


def looped(problem):
    return loop(problem, training=None)


def by_hand(problem, activation=tf.tanh, scale=1.0):
    weights = [tf.Variable(w) for w in network().get_weights()]
    for _ in range(problem.epochs):
        for first in range(0, len(problem.x), problem.batch_size):
            x = problem.x[first : first + problem.batch_size]
            y = problem.y[first : first + problem.batch_size]
            with tf.GradientTape() as tape:
                hidden = activation(x @ weights[0] + weights[1])
                if scale != 1.0:
                    hidden = hidden * scale
                value = square(y, hidden @ weights[2] + weights[3])
            for weight, gradient in zip(
                weights, tape.gradient(value, weights), strict=True
            ):
                weight.assign_sub(problem.learning_rate * gradient)
    return weights


def by_hand_rectified(problem):
    return by_hand(problem, tf.nn.relu)


def by_hand_scaled(problem):
    return by_hand(problem, scale=0.25)


def by_hand_rectified_and_scaled(problem):
    return by_hand(problem, tf.nn.relu, 0.25)


def in_numpy(problem, rate=1.0):
    w = np.zeros(3)
    for _ in range(problem.steps):
        error = problem.x @ w - problem.y.ravel()
        slope = 2 * error @ problem.x / len(error)
        w = w - rate * problem.learning_rate * slope
    return w


def in_numpy_faster(problem):
    return in_numpy(problem, 2.0)


def raises(problem):
    @tf.function
    def step(x):
        if tf.reduce_sum(x) > 0:
            return tf.reshape(x, (-1, 7))
        return x

    return step(problem.x)


# --- With a mistake


def shuffled(problem):
    return fit(problem, given={"shuffle": True})


def default_batch(problem):
    return fit(problem, given={"batch_size": 32})


def scaled(problem):
    return fit(problem, scale=0.25)


def absolute(problem):
    return loop(problem, lambda y, y_hat: tf.reduce_mean(tf.abs(y - y_hat)))


def summed(problem):
    return loop(problem, lambda y, y_hat: tf.reduce_sum((y - y_hat) ** 2))


def rectified(problem):
    return loop(problem, activation="relu")


def dropping(problem):
    return fit(problem, dropout=0.5)


def dropping_in_inference(problem):
    return loop(problem, dropout=0.5, training=False)


def without_penalty(problem):
    return loop(problem, penalty=0.01, penalties=False)


def with_penalty(problem):
    return fit(problem, penalty=0.01)


def forgets_a_bias(problem):
    return loop(problem, parameters=slice(0, 3))


def faster(problem):
    return loop(problem, rate=3.0)


def built_late_and_faster(problem):
    return loop(problem, rate=3.0, late=True)


def in_adam(problem):
    return loop(problem, optimizer=keras.optimizers.Adam)


def adam_made_anew(problem):
    return loop(problem, optimizer=keras.optimizers.Adam, new_each_epoch=True)


def twice_as_long(problem):
    return loop(problem, passes=2)


def starts_elsewhere_and_faster(problem):
    return loop(problem, seed=5, rate=3.0)


def shuffled_and_absolute(problem):
    return fit(problem, loss="mae", given={"shuffle": True})


def normalised(problem):
    return fit(problem, normalised=True)


def normalised_in_inference(problem):
    return loop(problem, normalised=True, training=False)


# --- Accumulated gradients


def accumulated(problem):
    sgd = keras.optimizers.SGD(
        problem.learning_rate, gradient_accumulation_steps=3
    )
    return fit(problem, sgd)


def accumulated_sum(problem):
    weights = [tf.Variable(w) for w in network().get_weights()]
    sums = [tf.Variable(tf.zeros_like(w)) for w in weights]
    for _ in range(problem.epochs):
        for first in range(0, len(problem.x), problem.batch_size):
            x = problem.x[first : first + problem.batch_size]
            y = problem.y[first : first + problem.batch_size]
            with tf.GradientTape() as tape:
                hidden = tf.tanh(x @ weights[0] + weights[1])
                value = square(y, hidden @ weights[2] + weights[3])
            for total, gradient in zip(
                sums, tape.gradient(value, weights), strict=True
            ):
                total.assign_add(gradient)
        for weight, total in zip(weights, sums, strict=True):
            weight.assign_sub(problem.learning_rate * total)
            total.assign(tf.zeros_like(total))
    return weights


# --- Losses by hand


def smaller(problem):
    return problem.replace(y=problem.y / 9)  # errors around 1


def fitted_huber(problem):
    return fit(smaller(problem), loss=keras.losses.Huber())


def huber(y, y_hat, delta=1.0, half=0.5):
    off = tf.abs(y - y_hat)
    line = delta * off - 0.5 * delta**2
    return tf.reduce_mean(tf.where(off <= delta, half * off**2, line))


def bent_sooner(problem):
    return loop(smaller(problem), lambda y, p: huber(y, p, delta=0.75))


def bent_without_half(problem):
    return loop(smaller(problem), lambda y, p: huber(y, p, half=1.0))


# --- Two outputs


def two_headed():
    keras.utils.set_random_seed(1)
    x = keras.Input((3,))
    hidden = keras.layers.Dense(4, activation="tanh")(x)
    value = keras.layers.Dense(1, name="value")(hidden)
    kind = keras.layers.Dense(1, activation="sigmoid", name="kind")(hidden)
    return keras.Model(x, {"value": value, "kind": kind})


def two_fitted(problem):
    model = two_headed()
    model.compile(
        keras.optimizers.SGD(problem.learning_rate),
        {"value": "mse", "kind": "binary_crossentropy"},
        loss_weights={"value": 1.0, "kind": 0.3},
    )
    targets = {"value": problem.y, "kind": 1.0 * (problem.y > 0)}
    size, epochs = problem.batch_size, problem.epochs
    model.fit(problem.x, targets, size, epochs, verbose=0, shuffle=False)
    return model


def two_unweighted(problem):
    a, b, *heads = (tf.Variable(w) for w in two_headed().get_weights())
    for _ in range(problem.epochs):
        for first in range(0, len(problem.x), problem.batch_size):
            x = problem.x[first : first + problem.batch_size]
            y = problem.y[first : first + problem.batch_size]
            with tf.GradientTape() as tape:
                h = tf.tanh(x @ a + b)
                other, one = (h @ heads[i] + heads[i + 1] for i in (0, 2))
                loss = square(y, one) + tf.reduce_mean(
                    tf.nn.sigmoid_cross_entropy_with_logits(
                        tf.cast(y > 0, h.dtype), other
                    )
                )
            weights = [a, b, *heads]
            for weight, gradient in zip(
                weights, tape.gradient(loss, weights), strict=True
            ):
                weight.assign_sub(problem.learning_rate * gradient)
    return weights
