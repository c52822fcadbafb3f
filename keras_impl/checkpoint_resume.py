"""Stop half-way, save, and go on from the file, with a Keras model."""

import itertools
import pathlib
import tempfile

import keras
import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Train in two runs that share only a folder; return the parameters."""
    if problem.checkpoint:  # the caller gives each run a process of its own
        return run(problem, problem.checkpoint, mode, on_step)
    with tempfile.TemporaryDirectory() as folder:
        run(problem, folder, mode, on_step)
        return run(problem, folder, mode, on_step)


def run(problem, folder, mode, on_step):
    """Train half-way and save or, if that has been done, go on to the end."""
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
    optimizer = keras.optimizers.SGD(
        problem.learning_rate, momentum=problem.momentum
    )
    model.compile(
        optimizer=optimizer,
        loss="mse",
        run_eagerly=mode == "eager",
        jit_compile=mode == "xla",
    )

    # --- Checkpoint
    # Without build() the optimizer has no variables yet, and loading would
    # skip its state with only a warning.
    optimizer.build(model.trainable_variables)
    epochs = problem.epochs // 2
    saved = pathlib.Path(folder, "checkpoint.weights.h5")
    if saved.exists():
        model.load_weights(saved)
        epochs = problem.epochs
    # The data go on too: the batches already seen are not seen again.
    updates_done = int(optimizer.iterations)
    batches = batches.skip(updates_done)

    # --- Training
    updates = itertools.count(updates_done + 1)
    observer = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: on_step(
            next(updates), parameters
        )
    )
    # Without repeat() and steps_per_epoch, fit opens two iterators per epoch
    # and throws one away: every second shuffled order would be skipped.
    model.fit(
        batches,
        initial_epoch=updates_done // problem.steps_per_epoch,
        epochs=epochs,
        steps_per_epoch=problem.steps_per_epoch,
        shuffle=False,  # the dataset does it
        verbose=0,
        callbacks=[observer] if on_step else None,
    )
    model.save_weights(saved)
    return parameters
