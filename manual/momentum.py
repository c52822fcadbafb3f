"""Fit a plane by gradient descent with momentum, with a loop by hand."""

import tensorflow as tf


def train(problem):
    """Run SGD with plain or Nesterov momentum; return kernel and bias."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    kernel = tf.Variable(problem.kernel)
    bias = tf.Variable(problem.bias)

    # --- Loss and update
    weights = [kernel, bias]
    velocities = [tf.Variable(tf.zeros_like(weight)) for weight in weights]

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_mean(tf.square(y - y_hat))
        gradients = tape.gradient(loss, weights)
        for weight, velocity, gradient in zip(weights, velocities, gradients):
            # The learning rate goes into the velocity: textbooks that apply
            # it afterwards agree only for as long as it is constant.
            move = gradient * problem.learning_rate
            velocity.assign(velocity * problem.momentum - move)
            if problem.nesterov:
                weight.assign_add(velocity * problem.momentum - move)
            else:
                weight.assign_add(velocity)

    # --- Training
    for _ in range(problem.epochs):
        for x, y in batches:
            step(x, y)
    return kernel, bias
