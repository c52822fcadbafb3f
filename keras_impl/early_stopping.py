"""Stop training when the validation loss no longer falls, with Keras."""

import itertools

import keras
import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Run gradient descent with patience; return the best epoch's weights."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()
    held_out = (problem.x_val, problem.y_val)
    validation = tf.data.Dataset.from_tensor_slices(held_out)
    validation = validation.batch(problem.batch_size)

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
    model.compile(
        optimizer=keras.optimizers.SGD(problem.learning_rate),
        loss="mse",
        run_eagerly=mode == "eager",
        jit_compile=mode == "xla",
    )

    # --- Validation
    early_stopping = keras.callbacks.EarlyStopping(
        monitor="val_loss",
        patience=problem.patience,
        restore_best_weights=True,
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
    history = model.fit(
        batches,
        epochs=problem.epochs,
        steps_per_epoch=problem.steps_per_epoch,
        validation_data=validation,
        shuffle=False,  # the dataset does it
        verbose=0,
        callbacks=[early_stopping, observer] if on_step else [early_stopping],
    ).history
    val_loss = history.get("val_loss", [])  # absent if no epoch ran
    # stopped_epoch counts from 0, and is 0 too if nothing stopped the run.
    stopped_epoch = early_stopping.stopped_epoch
    return parameters | {"val_loss": val_loss, "stopped_epoch": stopped_epoch}
