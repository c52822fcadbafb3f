"""Fit a network with one hidden layer and dropout, with a Keras model."""

import itertools

import keras
import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Train with dropout, predict without; return weights, predictions."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()

    # --- Model
    constant = keras.initializers.Constant
    hidden = keras.layers.Dense(
        units=problem.initial["hidden_bias"].size,
        activation="relu",
        kernel_initializer=constant(problem.initial["hidden_kernel"]),
        bias_initializer=constant(problem.initial["hidden_bias"]),
    )
    dropout = keras.layers.Dropout(problem.rate, seed=problem.seed)
    output = keras.layers.Dense(
        units=1,
        kernel_initializer=constant(problem.initial["output_kernel"]),
        bias_initializer=constant(problem.initial["output_bias"]),
    )
    inputs = keras.Input(problem.x.shape[1:])
    model = keras.Sequential([inputs, hidden, dropout, output])
    parameters = {
        "hidden_kernel": hidden.kernel,
        "hidden_bias": hidden.bias,
        "output_kernel": output.kernel,
        "output_bias": output.bias,
    }

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
    # One batch, because rows of another batch may round differently.
    predictions = model.predict(
        problem.x, batch_size=len(problem.x), verbose=0
    )
    return parameters | {"predictions": predictions}
