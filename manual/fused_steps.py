"""Fit a line with many updates per call, in a loop inside the program."""

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run gradient descent, many updates per call; return w, b by name."""
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

    def many_steps(count):
        for _ in tf.range(count):
            step()

    if mode != "eager":
        many_steps = tf.function(many_steps, jit_compile=mode == "xla")

    # --- Training
    # The count is an argument of one program (a tensor: each new int would be
    # a new trace), so that whoever watches sees every update of the very
    # program that otherwise runs unwatched.
    size = 1 if on_step else problem.steps_per_call
    for done in range(0, problem.steps, size):
        count = min(size, problem.steps - done)
        many_steps(tf.constant(count))
        if on_step:
            on_step(done + 1, parameters)
    return parameters
