"""Fit a line with many updates per call, in a loop inside the program."""

import tensorflow as tf


def train(problem):
    """Run gradient descent, many updates per call; return w and b."""
    # --- Model
    w = tf.Variable(problem.kernel)
    b = tf.Variable(problem.bias)

    # --- Loss and update
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = w * x + b
            loss = tf.reduce_mean(tf.square(y - y_hat))
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(problem.learning_rate * dw)
        b.assign_sub(problem.learning_rate * db)

    @tf.function
    def many_steps(x, y, count):
        for _ in tf.range(count):
            step(x, y)

    # --- Training
    x, y = tf.constant(problem.x), tf.constant(problem.y)
    for done in range(0, problem.epochs, problem.steps_per_call):
        count = min(problem.steps_per_call, problem.epochs - done)
        # A tensor: each new Python number would be a new trace.
        many_steps(x, y, tf.constant(count))
    return w, b
