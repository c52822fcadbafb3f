"""Forecast a series with an LSTM, with a training loop by hand."""

import tensorflow as tf


def train(problem):
    """Learn the next value of a window; return weights and forecast."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    weights = [tf.Variable(value) for value in problem.initial.values()]
    kernel, recurrent_kernel, bias, output_kernel, output_bias = weights

    def predict(x):
        # Each row is a sequence of its own: it begins with empty states.
        hidden = tf.zeros([tf.shape(x)[0], recurrent_kernel.shape[0]], x.dtype)
        cell = hidden
        for value in tf.unstack(x, axis=1):
            gates = value @ kernel + hidden @ recurrent_kernel
            gates = tf.nn.bias_add(gates, bias)
            i, f, c, o = tf.split(gates, 4, axis=1)
            # What to forget of the cell, and what new to take in ...
            cell = tf.sigmoid(f) * cell + tf.sigmoid(i) * tf.tanh(c)
            # ... and how much of the cell to show.
            hidden = tf.sigmoid(o) * tf.tanh(cell)
        return hidden @ output_kernel + output_bias

    # --- Loss and update
    means = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    squares = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    count = tf.Variable(0, dtype=tf.int64)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - predict(x)))
        gradients = tape.gradient(loss, weights)
        t = tf.cast(count.assign_add(1), x.dtype)
        step_size = problem.learning_rate * tf.sqrt(1 - problem.beta_2**t)
        step_size /= 1 - problem.beta_1**t
        for weight, m, v, g in zip(weights, means, squares, gradients):
            m.assign_add((g - m) * (1 - problem.beta_1))
            v.assign_add((tf.square(g) - v) * (1 - problem.beta_2))
            weight.assign_sub(m * step_size / (tf.sqrt(v) + problem.epsilon))

    # --- Training
    for _ in range(problem.epochs):
        for x, y in batches:
            step(x, y)

    # --- Forecast
    window = problem.last_window[None]  # one row
    forecast = []
    for _ in range(problem.horizon):
        value = predict(window)
        forecast.append(float(value[0, 0]))
        # Beyond the data it goes on from its own predictions.
        window = tf.concat([window[:, 1:], value[None]], axis=1)
    return weights, {"forecast": forecast}
