"""Fit a network with one hidden layer and dropout, with a loop by hand."""

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Train with dropout, predict without; return weights, predictions."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()

    # --- Model
    hidden_kernel = tf.Variable(problem.initial["hidden_kernel"])
    hidden_bias = tf.Variable(problem.initial["hidden_bias"])
    output_kernel = tf.Variable(problem.initial["output_kernel"])
    output_bias = tf.Variable(problem.initial["output_bias"])
    parameters = {
        "hidden_kernel": hidden_kernel,
        "hidden_bias": hidden_bias,
        "output_kernel": output_kernel,
        "output_bias": output_bias,
    }
    # A variable: a graph would freeze a Python number, and with it the mask.
    masks_drawn = tf.Variable(0)

    def predict(x, training=False):
        hidden = tf.nn.bias_add(x @ hidden_kernel, hidden_bias)
        hidden = tf.nn.relu(hidden)
        if training:
            # What is kept grows by 1 / (1 - rate), so that inference needs
            # no correction.
            hidden = tf.nn.experimental.stateless_dropout(
                hidden, rate=problem.rate, seed=[problem.seed, masks_drawn]
            )
            masks_drawn.assign_add(1)
        return hidden @ output_kernel + output_bias

    # --- Loss and update
    def step(x, y):
        with tf.GradientTape() as tape:
            y_hat = predict(x, training=True)
            loss = tf.reduce_mean(tf.square(y - y_hat))
        gradients = tape.gradient(loss, parameters)
        for name, gradient in gradients.items():
            parameters[name].assign_sub(problem.learning_rate * gradient)

    if mode != "eager":
        step = tf.function(step, jit_compile=mode == "xla")
        predict = tf.function(predict, jit_compile=mode == "xla")

    # --- Training
    updates = range(1, problem.steps + 1)
    for update, (x, y) in zip(updates, batches):
        step(x, y)
        if on_step:
            on_step(update, parameters)
    return parameters | {"predictions": predict(tf.constant(problem.x))}
