"""Train a network as a real project does, with a Keras model."""

import itertools
import tempfile

import keras
import tensorflow as tf


def train(problem, mode="graph", on_step=None):
    """Train until validation stops it; return the best epoch's weights."""
    # --- Data
    rows = tf.data.Dataset.from_tensor_slices((problem.x, problem.y))
    rows = rows.shuffle(len(problem.x), seed=problem.seed)
    batches = rows.batch(problem.batch_size).repeat()
    held_out = (problem.x_val, problem.y_val)
    validation = tf.data.Dataset.from_tensor_slices(held_out)
    validation = validation.batch(problem.batch_size)

    # --- Model
    l2 = keras.regularizers.L2(problem.l2)
    units = problem.initial["hidden_bias"].size
    hidden = keras.layers.Dense(units, "relu", kernel_regularizer=l2)
    dropout = keras.layers.Dropout(problem.rate, seed=problem.seed)
    output = keras.layers.Dense(1, kernel_regularizer=l2)
    inputs = keras.Input(problem.x.shape[1:])
    model = keras.Sequential([inputs, hidden, dropout, output])
    model.set_weights(list(problem.initial.values()))
    weights = model.trainable_variables  # layer by layer, kernel, then bias
    parameters = dict(zip(problem.initial, weights, strict=True))

    # --- Loss and update
    learning_rate = keras.optimizers.schedules.CosineDecay(
        problem.learning_rate, problem.decay_steps
    )
    optimizer = keras.optimizers.Adam(
        learning_rate,
        beta_1=problem.beta_1,
        beta_2=problem.beta_2,
        epsilon=problem.epsilon,
        clipnorm=problem.clip_norm,
    )
    model.compile(
        optimizer=optimizer,
        loss="mse",
        run_eagerly=mode == "eager",
        jit_compile=mode == "xla",
    )

    # --- Validation
    early_stopping = keras.callbacks.EarlyStopping(patience=problem.patience)

    # --- Checkpoint
    # The file holds Adam's state, but not how many masks dropout has drawn: a
    # run that goes on from it draws others.
    folder = tempfile.TemporaryDirectory()
    best = f"{folder.name}/best.weights.h5"
    checkpoint = keras.callbacks.ModelCheckpoint(
        best, save_best_only=True, save_weights_only=True
    )

    # --- Training
    updates = itertools.count(1)
    observer = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: on_step(
            next(updates), parameters
        )
    )
    callbacks = [early_stopping, checkpoint]
    # Without repeat() and steps_per_epoch, fit opens two iterators per epoch
    # and throws one away: every second shuffled order would be skipped.
    with folder:
        history = model.fit(
            batches,
            epochs=problem.epochs,
            steps_per_epoch=problem.steps_per_epoch,
            validation_data=validation,
            shuffle=False,  # the dataset does it
            verbose=0,
            callbacks=[*callbacks, observer] if on_step else callbacks,
        ).history
        if history:
            model.load_weights(best)
    val_loss = history.get("val_loss", [])  # absent if no epoch ran
    stopped_epoch = early_stopping.stopped_epoch
    return parameters | {"val_loss": val_loss, "stopped_epoch": stopped_epoch}
