"""Fit a plane with a learning rate that falls as a cosine, by hand."""

import math

import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run SGD with cosine decay; return kernel and bias by name."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()

    # --- Model
    kernel = tf.Variable(problem.initial["kernel"])
    bias = tf.Variable(problem.initial["bias"])
    parameters = {"kernel": kernel, "bias": bias}

    # --- Loss and update
    # A Python number would be frozen into the traced graph as a constant.
    count = tf.Variable(0, dtype=tf.int64)

    def cosine_decay():
        done = tf.cast(tf.minimum(count, problem.decay_steps), kernel.dtype)
        angle = math.pi * (done / problem.decay_steps)
        return problem.learning_rate * (0.5 * (1 + tf.cos(angle)))

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
        # Without a result TensorFlow leaves out part of its optimisation, and
        # in a graph the last bit of the rate differs from a Keras step's.
        return loss

    if mode != "eager":
        step = tf.function(step, jit_compile=mode == "xla")

    # --- Training
    updates = range(1, problem.steps + 1)
    for update, (x, y) in zip(updates, batches):
        step(x, y)
        if on_step:
            on_step(update, parameters)
    return parameters
