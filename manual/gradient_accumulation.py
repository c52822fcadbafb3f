"""Fit a plane with gradients averaged over batches, with a loop by hand."""

import tensorflow as tf


def train(problem):
    """Run SGD with an update every few batches; return kernel and bias."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    kernel = tf.Variable(problem.kernel)
    bias = tf.Variable(problem.bias)

    # --- Loss and update
    weights = [kernel, bias]
    sums = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    # A variable: a graph would freeze a Python number.
    batches_seen = tf.Variable(0)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        gradients = tape.gradient(loss, weights)
        for total, gradient in zip(sums, gradients):
            total.assign_add(gradient)
        batches_seen.assign_add(1)
        if batches_seen % problem.accumulation_steps == 0:
            for weight, total in zip(weights, sums):
                # The mean: a sum would be as many times too long a step.
                gradient = total / problem.accumulation_steps
                weight.assign_sub(problem.learning_rate * gradient)
                total.assign(tf.zeros_like(total))

    # --- Training
    for _ in range(problem.epochs):
        for x, y in batches:
            step(x, y)
    # What the last batches left in the sums, too few for an update, is lost.
    return kernel, bias
