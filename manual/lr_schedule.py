"""Fit a plane with a learning rate that falls as a cosine, by hand."""

import math

import tensorflow as tf


def train(problem):
    """Run SGD with cosine decay; return kernel and bias."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    kernel = tf.Variable(problem.kernel)
    bias = tf.Variable(problem.bias)

    # --- Loss and update
    # A Python number would be frozen into the traced graph as a constant.
    count = tf.Variable(0, dtype=tf.int64)

    def cosine_decay():
        done = tf.cast(tf.minimum(count, problem.decay_steps), kernel.dtype)
        angle = math.pi * (done / problem.decay_steps)
        return problem.learning_rate * (0.5 * (1 + tf.cos(angle)))

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        d_kernel, d_bias = tape.gradient(loss, [kernel, bias])
        learning_rate = cosine_decay()
        kernel.assign_sub(learning_rate * d_kernel)
        bias.assign_sub(learning_rate * d_bias)
        # Counted last: the first update has the full learning rate.
        count.assign_add(1)
        return loss

    # --- Training
    for _ in range(problem.epochs):
        for x, y in batches:
            step(x, y)
    return kernel, bias
