"""Fit a network with one hidden layer and dropout, with a loop by hand."""

import tensorflow as tf


def train(problem):
    """Train with dropout, predict without; return weights, predictions."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    weights = [tf.Variable(value) for value in problem.initial.values()]
    hidden_kernel, hidden_bias, output_kernel, output_bias = weights
    # A variable: a graph would freeze a Python number, and with it the mask.
    masks_drawn = tf.Variable(0)

    def predict(x, training=False):
        hidden = tf.nn.relu(tf.nn.bias_add(x @ hidden_kernel, hidden_bias))
        if training:
            # What is kept grows by 1 / (1 - rate), so that inference needs
            # no correction.
            hidden = tf.nn.experimental.stateless_dropout(
                hidden, rate=problem.rate, seed=[problem.seed, masks_drawn]
            )
            masks_drawn.assign_add(1)
        return hidden @ output_kernel + output_bias

    # --- Loss and update
    @tf.function
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
    return weights, infer(problem.x)
