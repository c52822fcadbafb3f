"""Fit a plane on several workers that share each batch, with a Keras model.

The workers are the processes that the environment variable TF_CONFIG names:
start this file's `train` in each. Without TF_CONFIG there is one worker.
"""

import keras
import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run synchronous gradient descent; return kernel and bias by name."""
    # --- Workers
    # It must come first: it starts the runtime that joins the processes.
    strategy = tf.distribute.MultiWorkerMirroredStrategy()

    # --- Data
    def weigh(x, y):
        return x, y, tf.ones_like(y) / tf.cast(len(y), y.dtype)

    # Every worker draws the same order and keeps its part of each batch. The
    # weights are taken before the cut: 1 / rows of the whole batch.
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).map(weigh).repeat()
    parts = iter(strategy.experimental_distribute_dataset(batches))

    # --- Model
    constant = keras.initializers.Constant
    with strategy.scope():
        dense = keras.layers.Dense(
            units=1,
            kernel_initializer=constant(problem.initial["kernel"]),
            bias_initializer=constant(problem.initial["bias"]),
        )
        model = keras.Sequential([keras.Input(problem.x.shape[1:]), dense])
    parameters = {"kernel": dense.kernel, "bias": dense.bias}

    # --- Loss and update
    with strategy.scope():
        model.compile(
            optimizer=keras.optimizers.SGD(problem.learning_rate),
            # With the weights the sum is a part of the mean; Keras's own mean
            # would count the rows of this worker only.
            loss=keras.losses.MeanSquaredError(reduction="sum"),
        )

    def step(part):
        strategy.run(model.train_step, args=(part,))

    if mode != "eager":  # XLA has an all-reduce between GPUs, none for CPUs
        step = tf.function(step, jit_compile=mode == "xla")

    # --- Training
    # Not model.fit: in Keras 3.15 it fails with more than one process, before
    # the first update (keras issue 20585). train_step is what fit would call.
    for update in range(1, problem.steps + 1):
        step(next(parts))
        if on_step:
            on_step(update, parameters)
    return parameters
