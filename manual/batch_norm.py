"""Fit a network with batch normalization, with a training loop by hand."""

import tensorflow as tf


def train(problem):
    """Train on batch statistics, predict on moving ones; return both."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    parameters = [tf.Variable(value) for value in problem.initial.values()]
    hidden_kernel, gamma, beta = parameters[:3]
    moving_mean, moving_variance = parameters[3:5]  # they have no gradient
    output_kernel, output_bias = parameters[5:]
    weights = [hidden_kernel, gamma, beta, output_kernel, output_bias]

    def move(average, value):
        kept = average * problem.decay
        average.assign(kept + value * (1 - problem.decay))

    def predict(x, training=False):
        hidden = x @ hidden_kernel  # a bias would be subtracted with the mean
        mean, variance = moving_mean, moving_variance
        if training:
            # The variance of a batch is divided by N, not N - 1.
            mean, variance = tf.nn.moments(hidden, axes=[0])
            move(moving_mean, mean)
            move(moving_variance, variance)
        hidden = tf.nn.batch_normalization(
            hidden, mean, variance, beta, gamma, problem.epsilon
        )
        return tf.nn.relu(hidden) @ output_kernel + output_bias

    # --- Loss and update
    # One trace for batches of any length: without the signature the tail
    # batch would have one of its own.
    @tf.function(input_signature=batches.element_spec)
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = predict(x, training=True)
            loss = tf.reduce_mean(tf.square(y - y_hat))
        gradients = tape.gradient(loss, weights)
        for weight, gradient in zip(weights, gradients):
            weight.assign_sub(problem.learning_rate * gradient)

    # --- Training
    for _ in range(problem.epochs):
        for x, y in batches:
            step(x, y)

    # --- Inference
    infer = tf.function(predict)
    return parameters, infer(problem.x)
