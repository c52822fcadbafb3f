"""Fit a plane on several workers that share each batch, with a Keras model.

The workers are the processes that the environment variable TF_CONFIG names:
start this file's `train` in each. Without TF_CONFIG there is one worker.
"""

import keras
import tensorflow as tf


def train(problem):
    """Run synchronous gradient descent; return the model."""
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
        inputs = keras.Input(problem.x.shape[1:])
        model = keras.Sequential([inputs, keras.layers.Dense(1)])
        model.set_weights([problem.kernel, problem.bias])

        # --- Loss and update
        # With the weights the sum is a part of the mean; Keras's own mean
        # would count the rows of this worker only.
        loss = keras.losses.MeanSquaredError(reduction="sum")
        model.compile(keras.optimizers.SGD(problem.learning_rate), loss)

    # --- Training
    # Not model.fit: in Keras 3.15 it fails with more than one process, before
    # the first update (keras issue 20585). train_step is what fit would call.
    @tf.function
    def step(part):
        strategy.run(model.train_step, args=(part,))

    for _ in range(problem.epochs):
        for part in parts:
            step(part)
    return model
