"""Fit a plane with the Adam optimizer, with a training loop by hand."""

import tensorflow as tf


def train(problem):
    """Run Adam on mini-batches; return kernel and bias."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    kernel = tf.Variable(problem.kernel)
    bias = tf.Variable(problem.bias)

    # --- Loss and update
    weights = [kernel, bias]
    means = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    squares = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    # A Python number would be frozen into the traced graph as a constant.
    count = tf.Variable(0, dtype=tf.int64)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        gradients = tape.gradient(loss, weights)
        # The running means start at zero; the step size makes up for it.
        # Textbooks correct each mean instead, and thereby add a smaller
        # epsilon in the first updates: it is another algorithm.
        t = tf.cast(count.assign_add(1), kernel.dtype)
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
    return kernel, bias
