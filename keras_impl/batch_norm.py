"""Fit a network with batch normalization, with a Keras model."""

import itertools

import keras
import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Train on batch statistics, predict on moving ones; return both."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()

    # --- Model
    units = problem.initial["beta"].size
    # A bias would be subtracted with the mean.
    hidden = keras.layers.Dense(units, use_bias=False)
    normalization = keras.layers.BatchNormalization(
        momentum=problem.decay, epsilon=problem.epsilon
    )
    output = keras.layers.Dense(1)
    inputs = keras.Input(problem.x.shape[1:])
    relu = keras.layers.ReLU()
    model = keras.Sequential([inputs, hidden, normalization, relu, output])
    weights = [
        hidden.kernel,
        normalization.gamma,
        normalization.beta,
        output.kernel,
        output.bias,
        normalization.moving_mean,
        normalization.moving_variance,
    ]
    parameters = dict(zip(problem.initial, weights, strict=True))
    for name, weight in parameters.items():
        weight.assign(problem.initial[name])

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
