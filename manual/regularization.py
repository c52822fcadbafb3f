"""Fit a plane with an L2 penalty and clipped gradients, by hand."""

import tensorflow as tf


def train(problem):
    """Run SGD with weight penalty and clipping; return kernel and bias."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    kernel = tf.Variable(problem.kernel)
    bias = tf.Variable(problem.bias)

    # --- Loss and update
    weights = [kernel, bias]

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            error = tf.reduce_mean(tf.square(y - y_hat))
            # Not tf.nn.l2_loss, which is half of it; and not on the bias,
            # where it would pull the mean prediction towards zero.
            penalty = problem.l2 * tf.reduce_sum(tf.square(kernel))
            loss = error + penalty
        gradients = tape.gradient(loss, weights)
        for weight, gradient in zip(weights, gradients):
            # Each gradient by its own norm, after the penalty is in it.
            gradient = tf.clip_by_norm(gradient, problem.clip_norm)
            weight.assign_sub(problem.learning_rate * gradient)

    # --- Training
    for _ in range(problem.epochs):
        for x, y in batches:
            step(x, y)
    return kernel, bias
