"""Train on rows that stay in files, whatever their number, with Keras."""

import keras
import tensorflow as tf


def train(problem):
    """Run stochastic gradient descent; return the model."""
    # --- Data
    columns = len(problem.kernel) + 1

    def parse(lines):
        # With [] as default an empty field is an error; with [0.0] it would
        # be 0, and nobody has looked at all rows beforehand.
        required = tf.constant([], problem.kernel.dtype)
        numbers = tf.stack(tf.io.decode_csv(lines, [required] * columns), 1)
        # Only where its result is used does the check become part of the map.
        numbers = tf.debugging.assert_all_finite(numbers, "a value is missing")
        return numbers[:, :-1], numbers[:, -1:]

    files = tf.data.Dataset.from_tensor_slices(problem.files)
    rows = files.flat_map(lambda file: tf.data.TextLineDataset(file).skip(1))
    # A buffer smaller than the table mixes only rows that are near each
    # other: the rows have to be mixed when the files are written, too.
    rows = rows.shuffle(problem.shuffle_buffer, seed=problem.seed)
    # prefetch() reads on while the update runs.
    batches = rows.batch(problem.batch_size).map(parse).prefetch(2)

    # --- Model
    inputs = keras.Input(problem.kernel.shape[:1])
    model = keras.Sequential([inputs, keras.layers.Dense(1)])
    model.set_weights([problem.kernel, problem.bias])

    # --- Loss and update
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss="mse")

    # --- Training
    model.fit(batches, epochs=problem.epochs, verbose=0)
    return model
