"""Programs that differ in one expression, in one line: marked where."""

import math

import keras
import numpy as np
import tensorflow as tf


def forward(v, x, slope=0.1):
    hidden = x @ v["w1"] + v["b1"]
    hidden = tf.maximum(slope * hidden, hidden)  # leaky
    return hidden @ v["w2"] + v["b2"]


def square(y, y_hat, v):
    return tf.reduce_mean((y - y_hat) ** 2)


def trained(problem, forward=forward, loss=square, move=None):
    v = {k: tf.Variable(a) for k, a in problem.initial.items()}
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    velocity = {k: tf.Variable(tf.zeros_like(w)) for k, w in v.items()}
    update = 0
    for _ in range(problem.epochs):
        for x, y in rows.batch(problem.batch_size):
            with tf.GradientTape() as tape:
                value = loss(y, forward(v, x), v)
            for k, g in tape.gradient(value, v).items():
                if move:
                    move(update, v[k], g, velocity[k])
                else:
                    v[k].assign_sub(problem.learning_rate * g)
            update += 1
    return v


def plain(problem):
    return trained(problem)


# --- One number


def leaks_more(problem):
    return trained(problem, lambda v, x: forward(v, x, 0.2))


def pinball(y, y_hat, share):
    off = y - y_hat
    return tf.reduce_mean(tf.maximum(share * off, (share - 1) * off))  # share


def lower(problem):
    return trained(problem, loss=lambda y, y_hat, v: pinball(y, y_hat, 0.3))


def higher(problem):
    return trained(problem, loss=lambda y, y_hat, v: pinball(y, y_hat, 0.4))


def twice_scaled(problem):
    def scaled(v, x):
        return 2.0 * forward(v, x) * 0.5

    return trained(problem, scaled)


def scaled_otherwise(problem):
    def scaled(v, x):
        return 2.0 * forward(v, x) * 2.0  # otherwise

    return trained(problem, scaled)


# --- A schedule, under Nesterov's momentum


def cosine(update, ahead=0):
    share = min(update + ahead, 30) / 30
    return 0.05 * 0.5 * (1 + math.cos(math.pi * share))


def nesterov(rate):
    def move(update, variable, gradient, velocity):
        step = -rate(update) * gradient
        velocity.assign(0.9 * velocity + step)
        variable.assign_add(0.9 * velocity + step)  # moves

    return move


def model_of(problem, optimizer=None, loss="mse", penalty=None, first=()):
    layers = [
        *first,
        keras.layers.Dense(
            5,
            activation=keras.layers.LeakyReLU(0.1),
            kernel_regularizer=penalty,
        ),
        keras.layers.Dense(1, kernel_regularizer=penalty),
    ]
    model = keras.Sequential([keras.Input((3,)), *layers])
    for layer, own in zip(layers[-2:], ("w1 b1", "w2 b2"), strict=True):
        layer.set_weights([problem.initial[k] for k in own.split()])
    rate = keras.optimizers.SGD(problem.learning_rate)
    model.compile(optimizer or rate, loss)
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
    )
    return model


def scheduled(problem):
    schedule = keras.optimizers.schedules.CosineDecay(0.05, 30)
    sgd = keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True)
    return model_of(problem, sgd)


def scheduled_ahead(problem):
    return trained(problem, move=nesterov(lambda update: cosine(update, 1)))


def rate_beside(problem):
    def move(update, variable, gradient, velocity):
        velocity.assign(0.9 * velocity + gradient)
        step = gradient + 0.9 * velocity
        variable.assign_sub(cosine(update) * step)  # beside

    return trained(problem, move=move)


# --- Penalties, Huber's loss


def penalised(problem):
    return model_of(problem, penalty=keras.regularizers.L2(0.01))


def penalises_biases(problem):
    def loss(y, y_hat, v):
        squares = tf.add_n([tf.reduce_sum(w**2) for w in v.values()])
        return square(y, y_hat, v) + 0.01 * squares  # biases too

    return trained(problem, loss=loss)


def huber(problem):
    return model_of(problem, loss=keras.losses.Huber(30.0))


def whole_huber(problem):
    def loss(y, y_hat, v):
        off = tf.abs(y - y_hat)
        line = 30.0 * (off - 15.0)
        return tf.reduce_mean(tf.where(off <= 30.0, off**2, line))  # whole

    return trained(problem, loss=loss)


# --- A layer that was adapted


def normalised(problem):
    layer = keras.layers.Normalization()  # adapted
    layer.adapt(problem.x * 3 + 1)
    return model_of(problem, first=[layer])


def unnormalised(problem):
    return model_of(problem)


# --- Recurrent


class Gated(tf.Module):
    """A GRU, its gates in the order of Keras."""

    def __init__(self, initial, stops=False):
        super().__init__()
        self.v = {k: tf.Variable(a) for k, a in initial.items()}
        self.stops = stops

    def __call__(self, x):
        v = self.v
        state = tf.zeros((len(x), v["w"].shape[0]), v["w"].dtype)
        for step in range(x.shape[1]):
            z, r, new = tf.split(x[:, step] @ v["kernel"] + v["bias"][0], 3, 1)
            own = tf.split(state @ v["recurrent"] + v["bias"][1], 3, 1)
            z, r = tf.sigmoid(z + own[0]), tf.sigmoid(r + own[1])
            state = z * state + (1 - z) * tf.tanh(new + r * own[2])
            if self.stops:
                state = tf.stop_gradient(state)  # stops
        return state @ v["w"] + v["b"]


def gated(problem, stops=False):
    module = Gated(problem.initial, stops)
    for _ in range(problem.epochs):
        with tf.GradientTape() as tape:
            value = tf.reduce_mean((module(problem.x) - problem.y) ** 2)
        for k, g in tape.gradient(value, module.v).items():
            if g is not None:
                module.v[k].assign_sub(problem.learning_rate * g)
    return module.v


def stopped(problem):
    return gated(problem, stops=True)


def gated_fitted(problem):
    layer = keras.layers.GRU(4)
    model = keras.Sequential(
        [keras.Input((5, 2)), layer, keras.layers.Dense(1)]
    )
    model.set_weights(list(problem.initial.values()))
    model.compile(keras.optimizers.SGD(problem.learning_rate), "mse")
    model.fit(
        problem.x,
        problem.y,
        batch_size=len(problem.x),
        epochs=problem.epochs,
        verbose=0,
    )
    return model


# --- In NumPy alone


def in_numpy(problem, forgets=False):
    w1, b1, w2, b2 = problem.initial.values()
    for _ in range(problem.epochs):
        for first in range(0, len(problem.x), problem.batch_size):
            rows = slice(first, first + problem.batch_size)
            x, y = problem.x[rows], problem.y[rows]
            hidden = np.tanh(x @ w1 + b1)
            error = 2 * (hidden @ w2 + b2 - y) / len(y)
            back = error @ w2.T * (1 if forgets else 1 - hidden**2)
            slopes = x.T @ back, back.sum(0), hidden.T @ error, error.sum(0)
            w1, b1, w2, b2 = (
                w - problem.learning_rate * slope
                for w, slope in zip((w1, b1, w2, b2), slopes, strict=True)
            )
    return {"w1": w1, "b1": b1, "w2": w2, "b2": b2}


def in_numpy_forgetful(problem):
    return in_numpy(problem, forgets=True)
