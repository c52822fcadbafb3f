"""Fit a plane to rows of features in mini-batches, with a loop by hand."""

import tensorflow as tf


def train(problem):
    """Run stochastic gradient descent; return kernel and bias."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    kernel = tf.Variable(problem.kernel)
    bias = tf.Variable(problem.bias)

    # --- Loss and update
    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)

    # --- Training
    for _ in range(problem.epochs):
        for x, y in batches:
            step(x, y)
    return kernel, bias
