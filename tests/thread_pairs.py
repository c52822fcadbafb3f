"""Pairs as people post them: (x, y, w0, b0, learning_rate, steps) -> w, b."""

import keras
import numpy as np
import tensorflow as tf


def side(function):
    """Wrap such a function for `compare`."""

    def adapted(p):
        w, b = p.initial["w"], p.initial["b"]
        return function(p.x, p.y, w, b, p.learning_rate, p.steps)

    adapted.plain = function
    return adapted


@side
def by_hand(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        error = w * x + b - y
        d_w, d_b = 2 * np.mean(error * x), 2 * np.mean(error)
        w, b = w - learning_rate * d_w, b - learning_rate * d_b
    return w, b


@side
def in_float32(x, y, w0, b0, learning_rate, steps):
    x = tf.constant(x, dtype=tf.float32)
    y = tf.cast(y, "float32")
    w = tf.Variable(0.7)
    b = tf.Variable(float(b0), dtype=tf.float32)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x * w + b - y) ** 2)
        d_w, d_b = tape.gradient(loss, [w, b])
        w.assign_sub(0.01 * d_w)
        b.assign_sub(0.01 * d_b)

    for _ in range(steps):
        step()
    return float(w), float(b)


@side
def reordered(x, y, w, b, learning_rate, steps):
    rows = len(x)
    for _ in range(steps):
        error = (x * w - y) + b
        w = w - learning_rate * (2 * (x @ error) / rows)
        b = b - learning_rate * (2 * error[::-1].sum() / rows)
    return [w, b]


def model_of(w0, b0):
    dense = keras.layers.Dense(1)
    model = keras.Sequential([keras.Input((1,)), dense])
    dense.set_weights([np.reshape(w0, (1, 1)), np.reshape(b0, (1,))])
    return model


@side
def with_fit(x, y, w0, b0, learning_rate, steps):
    model = model_of(w0, b0)
    model.compile(keras.optimizers.SGD(0.01), "mse")
    model.fit(x, y, epochs=steps, verbose=0)
    return model


@side
def with_momentum(x, y, w0, b0, learning_rate, steps):
    model = model_of(w0, b0)
    model.compile(keras.optimizers.SGD(learning_rate, momentum=0.9), "mse")
    model.fit(x, y, epochs=steps, verbose=0)
    return model.get_weights()


@side
def momentum_by_hand(x, y, w, b, learning_rate, steps):
    v_w = v_b = 0.0
    for _ in range(steps):
        error = w * x + b - y
        v_w = 0.9 * v_w - learning_rate * 2 * np.mean(error * x)
        v_b = 0.9 * v_b - learning_rate * 2 * np.mean(error)
        w, b = w + v_w, b + v_b
    return {"w": w, "b": b}


@side
def halved(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        error = w * x + b - y
        d_w, d_b = np.mean(error * x), np.mean(error)
        w, b = w - learning_rate * d_w, b - learning_rate * d_b
    return w, b


@side
def broadcast(x, y, w0, b0, learning_rate, steps):
    x, y = tf.constant(x)[:, None], tf.constant(y)
    model = model_of(w0, b0)
    optimizer = keras.optimizers.SGD(learning_rate)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - y) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
    return model


@side
def one_after_the_other(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        w = w - learning_rate * 2 * np.mean((w * x + b - y) * x)
        b = b - learning_rate * 2 * np.mean(w * x + b - y)
    return w, b


@side
def late(x, y, w, b, learning_rate, steps):
    for step in range(steps):
        rate = learning_rate * (1.002 if step >= 22 else 1)
        error = w * x + b - y
        d_w, d_b = 2 * np.mean(error * x), 2 * np.mean(error)
        w, b = w - rate * d_w, b - rate * d_b
    return w, b


@side
def scaled(x, y, w, b, learning_rate, steps):
    return by_hand.plain(x, y, w, b, 0.37 * learning_rate, steps)


@side
def forgets_b(x, y, w, b, learning_rate, steps):
    for _ in range(steps):
        w = w - learning_rate * 2 * np.mean((w * x + b - y) * x)
    return w, b


@side
def swapped(x, y, w, b, learning_rate, steps):
    return by_hand.plain(x, y, w, b, learning_rate, steps)[::-1]


@side
def rebinds(x, y, w0, b0, learning_rate, steps):
    w, b = tf.Variable(w0), tf.Variable(b0)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * x + b - y) ** 2)
        d_w, d_b = tape.gradient(loss, [w, b])
        w, b = w - learning_rate * d_w, b - learning_rate * d_b
    return w, b


@side
def starts_elsewhere(x, y, w, b, learning_rate, steps):
    return by_hand.plain(x, y, w + 1.5, b, learning_rate, steps)


def in_batches(problem, late=1.0):
    """Train in batches; from update 8 on the rate may be wrong."""
    w, b = tf.Variable(problem.w), tf.Variable(problem.b)
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))

    @tf.function
    def step(x, y, rate):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((w * x + b - y) ** 2)
        for weight, gradient in zip(
            (w, b), tape.gradient(loss, (w, b)), strict=True
        ):
            weight.assign_sub(rate * gradient)

    made = 0
    for _ in range(problem.epochs):
        for x, y in rows.batch(problem.batch_size):
            made += 1
            rate = problem.learning_rate * (late if made >= 8 else 1.0)
            step(x, y, tf.constant(rate, w.dtype))
    return w.numpy(), b.numpy()


def late_in_batches(problem):
    return in_batches(problem, 1.01)


def fit_in_batches(problem):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([np.reshape(problem.w, (1, 1)), problem.b.reshape(1)])
    model.compile(keras.optimizers.SGD(problem.learning_rate), "mse")
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,
        verbose=0,
    )
    return model
