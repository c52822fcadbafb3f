"""Fit a plane to rows of features in mini-batches, with a loop by hand."""

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run stochastic gradient descent; return kernel and bias by name."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()

    # --- Model
    kernel = tf.Variable(problem.initial["kernel"])
    bias = tf.Variable(problem.initial["bias"])
    parameters = {"kernel": kernel, "bias": bias}

    # --- Loss and update
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)

    if mode != "eager":
        step = tf.function(step, jit_compile=mode == "xla")

    # --- Training
    updates = range(1, problem.steps + 1)
    for update, (x, y) in zip(updates, batches):
        step(x, y)
        if on_step:
            on_step(update, parameters)
    return parameters
