"""Save after training, and go on from the file, with a loop by hand."""

import tensorflow as tf


def train(problem):
    """Train from the last checkpoint, if there is one; return the weights."""
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
            move = gradient * problem.learning_rate
            velocity.assign(velocity * problem.momentum - move)
            weight.assign_add(velocity)

    # --- Checkpoint
    epochs_done = tf.Variable(0)
    checkpoint = tf.train.Checkpoint(
        weights=weights, velocities=velocities, epochs_done=epochs_done
    )
    saved = tf.train.latest_checkpoint(problem.folder)
    if saved:
        # Unless this is asserted, a variable that the file lacks keeps its
        # first value without a word.
        checkpoint.restore(saved).assert_consumed()

    # --- Training
    for _ in range(int(epochs_done), problem.epochs):
        for x, y in batches:
            step(x, y)
    epochs_done.assign(problem.epochs)
    checkpoint.save(f"{problem.folder}/checkpoint")
    return kernel, bias
