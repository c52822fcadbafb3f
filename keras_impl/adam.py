"""Fit a plane with the Adam optimizer, with a Keras model."""

import itertools

import keras
import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run Adam on mini-batches; return kernel and bias by name."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()

    # --- Model
    constant = keras.initializers.Constant
    dense = keras.layers.Dense(
        units=1,
        kernel_initializer=constant(problem.initial["kernel"]),
        bias_initializer=constant(problem.initial["bias"]),
    )
    model = keras.Sequential([keras.Input(problem.x.shape[1:]), dense])
    parameters = {"kernel": dense.kernel, "bias": dense.bias}

    # --- Loss and update
    optimizer = keras.optimizers.Adam(
        problem.learning_rate,
        beta_1=problem.beta_1,
        beta_2=problem.beta_2,
        epsilon=problem.epsilon,
    )
    model.compile(
        optimizer=optimizer,
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
