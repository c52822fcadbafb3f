"""Train on rows that stay in files, whatever their number, with Keras."""

import itertools

import keras
import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run stochastic gradient descent; return kernel and bias by name."""
    # --- Data
    dtype = problem.initial["kernel"].dtype
    features = len(problem.initial["kernel"])

    def parse(lines):
        # With [] as default an empty field is an error; with [0.0] it would
        # be 0, and nobody has looked at all rows beforehand.
        required = tf.constant([], dtype)
        columns = tf.io.decode_csv(lines, [required] * (features + 1))
        numbers = tf.stack(columns, axis=1)
        # Only where its result is used does the check become part of the map.
        numbers = tf.debugging.assert_all_finite(numbers, "a value is missing")
        return numbers[:, :-1], numbers[:, -1:]

    files = tf.data.Dataset.from_tensor_slices(problem.files)
    rows = files.flat_map(lambda file: tf.data.TextLineDataset(file).skip(1))
    # A buffer smaller than the table mixes only rows that are near each
    # other: the rows have to be mixed when the files are written, too.
    rows = rows.shuffle(problem.shuffle_buffer, seed=problem.seed)
    # prefetch() reads on while the update runs.
    batches = rows.batch(problem.batch_size).map(parse).repeat().prefetch(2)

    # --- Model
    constant = keras.initializers.Constant
    dense = keras.layers.Dense(
        units=1,
        kernel_initializer=constant(problem.initial["kernel"]),
        bias_initializer=constant(problem.initial["bias"]),
    )
    model = keras.Sequential([keras.Input((features,)), dense])
    parameters = {"kernel": dense.kernel, "bias": dense.bias}

    # --- Loss and update
    model.compile(
        optimizer=keras.optimizers.SGD(problem.learning_rate),
        loss="mse",
        run_eagerly=mode == "eager",
        jit_compile=mode == "xla",
    )

    # --- Training
    updates = itertools.count(1)
    observer = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: on_step(
            next(updates), parameters
        )
    )
    # Without repeat() and steps_per_epoch, fit opens two iterators per epoch
    # and throws one away: every second shuffled order would be skipped.
    model.fit(
        batches,
        epochs=problem.epochs,
        steps_per_epoch=problem.steps_per_epoch,
        shuffle=False,  # the dataset does it
        verbose=0,
        callbacks=[observer] if on_step else None,
    )
    return parameters
