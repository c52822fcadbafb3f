"""Train a network as a real project does, with a loop by hand."""

import math

import tensorflow as tf


def train(problem):
    """Train until validation stops it; return the best epoch's weights."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size)
    held_out = (problem.x_val, problem.y_val)
    validation = tf.data.Dataset.from_tensor_slices(held_out)
    validation = validation.batch(problem.batch_size)

    # --- Model
    weights = [tf.Variable(value) for value in problem.initial.values()]
    hidden_kernel, hidden_bias, output_kernel, output_bias = weights
    # Updates made: a graph would freeze a Python number.
    count = tf.Variable(0)

    def predict(x, training):
        hidden = tf.nn.relu(tf.nn.bias_add(x @ hidden_kernel, hidden_bias))
        if training:
            hidden = tf.nn.experimental.stateless_dropout(
                hidden, rate=problem.rate, seed=[problem.seed, count]
            )
        return hidden @ output_kernel + output_bias

    # --- Loss and update
    means = [tf.Variable(tf.zeros_like(weight)) for weight in weights]
    squares = [tf.Variable(tf.zeros_like(weight)) for weight in weights]

    @tf.function
    def compute_loss(x, y, training=False):
        loss = tf.reduce_mean(tf.square(y - predict(x, training)))
        for kernel in (hidden_kernel, output_kernel):
            loss += problem.l2 * tf.reduce_sum(tf.square(kernel))
        return loss

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = compute_loss(x, y, training=True)
        gradients = tape.gradient(loss, weights)
        done = tf.cast(tf.minimum(count, problem.decay_steps), x.dtype)
        angle = math.pi * (done / problem.decay_steps)
        learning_rate = problem.learning_rate * (0.5 * (1 + tf.cos(angle)))
        t = tf.cast(count.assign_add(1), x.dtype)
        step_size = learning_rate * tf.sqrt(1 - problem.beta_2**t)
        step_size /= 1 - problem.beta_1**t
        for weight, m, v, g in zip(weights, means, squares, gradients):
            g = tf.clip_by_norm(g, problem.clip_norm)
            m.assign_add((g - m) * (1 - problem.beta_1))
            v.assign_add((tf.square(g) - v) * (1 - problem.beta_2))
            weight.assign_sub(m * step_size / (tf.sqrt(v) + problem.epsilon))
        return loss

    # --- Validation
    def evaluate():
        total = sum(compute_loss(x, y) * len(x) for x, y in validation)
        return float(total / len(problem.x_val))

    # --- Training
    val_loss = []
    best = weights
    for epoch in range(problem.epochs):
        for x, y in batches:
            step(x, y)
        val_loss.append(evaluate())
        best_epoch = val_loss.index(min(val_loss))
        if epoch == best_epoch:
            best = [tf.identity(weight) for weight in weights]
        elif epoch - best_epoch >= problem.patience:
            break
    for weight, value in zip(weights, best):
        weight.assign(value)
    return weights, {"val_loss": val_loss}
