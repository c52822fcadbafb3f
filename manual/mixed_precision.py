"""Fit a hidden layer in half precision, with a training loop by hand."""

import tensorflow as tf


def train(problem):
    """Compute in float16, update in float32; return the float32 weights."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)

    # --- Model
    weights = [tf.Variable(value) for value in problem.initial.values()]

    def predict(x):
        x, hidden_kernel, hidden_bias, output_kernel, output_bias = (
            tf.cast(value, tf.float16) for value in (x, *weights)
        )
        hidden = tf.nn.relu(tf.nn.bias_add(x @ hidden_kernel, hidden_bias))
        return hidden @ output_kernel + output_bias

    # --- Loss and update
    scale = tf.Variable(problem.initial_scale)
    steps_since = tf.Variable(0)  # since the scale was changed

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = predict(x)
            loss = tf.reduce_mean(tf.square(y - tf.cast(y_hat, y.dtype)))
            # Small gradients would be rounded to 0 on the way through float16.
            scaled_loss = loss * scale
        gradients = tape.gradient(scaled_loss, weights)
        # Large ones overflow: then nothing is updated, and the scale halved.
        finite = [tf.reduce_all(tf.math.is_finite(g)) for g in gradients]
        if tf.reduce_all(finite):
            for weight, gradient in zip(weights, gradients):
                gradient /= scale
                weight.assign_sub(problem.learning_rate * gradient)
            steps_since.assign_add(1)
            if steps_since == problem.growth_steps:
                scale.assign(scale * 2)
                steps_since.assign(0)
        else:
            scale.assign(scale / 2)
            steps_since.assign(0)

    # --- Training
    for _ in range(problem.epochs):
        for x, y in batches:
            step(x, y)
    return weights
