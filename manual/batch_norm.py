"""Fit a network with batch normalization, with a training loop by hand."""

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Train on batch statistics, predict on moving ones; return both."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()

    # --- Model
    hidden_kernel = tf.Variable(problem.initial["hidden_kernel"])
    gamma = tf.Variable(problem.initial["gamma"])
    beta = tf.Variable(problem.initial["beta"])
    output_kernel = tf.Variable(problem.initial["output_kernel"])
    output_bias = tf.Variable(problem.initial["output_bias"])
    weights = [hidden_kernel, gamma, beta, output_kernel, output_bias]
    # State without a gradient: only the assignments below move it.
    moving_mean = tf.Variable(problem.initial["moving_mean"])
    moving_variance = tf.Variable(problem.initial["moving_variance"])
    values = [*weights, moving_mean, moving_variance]
    parameters = dict(zip(problem.initial, values))

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
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = predict(x, training=True)
            loss = tf.reduce_mean(tf.square(y - y_hat))
        gradients = tape.gradient(loss, weights)
        for weight, gradient in zip(weights, gradients):
            weight.assign_sub(problem.learning_rate * gradient)

    infer = predict
    if mode != "eager":
        # One trace for batches of any length, as fit has.
        step = tf.function(
            step,
            input_signature=batches.element_spec,
            jit_compile=mode == "xla",
        )
        # Not named predict: a step that called a function of its own would
        # sum the gradient's parts in another order, and round differently.
        infer = tf.function(predict, jit_compile=mode == "xla")

    # --- Training
    updates = range(1, problem.steps + 1)
    for update, (x, y) in zip(updates, batches):
        step(x, y)
        if on_step:
            on_step(update, parameters)
    return parameters | {"predictions": infer(tf.constant(problem.x))}
