"""The lesson `streaming` with all rows in memory, with Keras."""

import keras
import tensorflow as tf


def train(problem):
    """Take the batches that the files would give, in the same order."""
    x, y = tf.constant(problem.x), tf.constant(problem.y)
    order = tf.data.Dataset.range(len(problem.x))
    order = order.shuffle(problem.shuffle_buffer, seed=problem.seed)
    batches = order.batch(problem.batch_size).map(
        lambda rows: (tf.gather(x, rows), tf.gather(y, rows))
    )

    inputs = keras.Input(problem.x.shape[1:])
    model = keras.Sequential([inputs, keras.layers.Dense(1)])
    model.set_weights([problem.kernel, problem.bias])
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss="mse")
    model.fit(
        batches.repeat().prefetch(2),
        epochs=problem.epochs,
        steps_per_epoch=problem.steps_per_epoch,
        verbose=0,
    )
    return model
