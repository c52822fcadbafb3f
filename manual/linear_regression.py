"""Fit a line, y = w * x + b, with a training loop written by hand."""

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run gradient descent on all rows at once; return w and b by name."""
    # --- Data
    x = tf.constant(problem.x)
    y = tf.constant(problem.y)

    # --- Model
    w = tf.Variable(problem.initial["kernel"])
    b = tf.Variable(problem.initial["bias"])
    parameters = {"kernel": w, "bias": b}

    # --- Loss and update
    def step():
        with tf.GradientTape() as tape:
            y_hat = w * x + b
            loss = tf.reduce_mean(tf.square(y - y_hat))
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(problem.learning_rate * dw)
        b.assign_sub(problem.learning_rate * db)

    if mode != "eager":
        step = tf.function(step, jit_compile=mode == "xla")

    # --- Training
    for update in range(1, problem.steps + 1):
        step()
        if on_step:
            on_step(update, parameters)
    return parameters
