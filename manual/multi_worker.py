"""Fit a plane on several workers that share each batch, with a loop by hand.

The workers are the processes that the environment variable TF_CONFIG names:
start this file's `train` in each. Without TF_CONFIG there is one worker.
"""

import tensorflow as tf


def train(problem):
    """Run synchronous gradient descent; return kernel and bias."""
    # --- Workers
    # It must come first: it starts the runtime that joins the processes.
    strategy = tf.distribute.MultiWorkerMirroredStrategy()

    # --- Data
    def weigh(x, y):
        return x, y, tf.ones_like(y) / tf.cast(len(y), y.dtype)

    # Every worker keeps its part of each batch. The weights are taken before
    # the cut: 1 / rows of the whole batch.
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    batches = rows.batch(problem.batch_size).map(weigh)
    parts = strategy.experimental_distribute_dataset(batches)

    # --- Model
    with strategy.scope():
        kernel = tf.Variable(problem.kernel)
        bias = tf.Variable(problem.bias)

    # --- Loss and update
    def replica_step(x, y, weight):
        with tf.GradientTape() as tape:
            y_hat = x @ kernel + bias
            loss = tf.reduce_sum(weight * tf.square(y - y_hat))
        gradients = tape.gradient(loss, [kernel, bias])
        # Each worker's loss is its part of the mean, so gradients add up.
        replica = tf.distribute.get_replica_context()
        d_kernel, d_bias = replica.all_reduce("SUM", gradients)
        kernel.assign_sub(problem.learning_rate * d_kernel)
        bias.assign_sub(problem.learning_rate * d_bias)

    @tf.function
    def step(part):
        strategy.run(replica_step, args=part)

    # --- Training
    for _ in range(problem.epochs):
        for part in parts:
            step(part)
    return kernel, bias
