"""Save after training, and go on from the file, with a Keras model."""

import pathlib

import keras


def build(problem):
    """Return a new model that can be trained."""
    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    model = keras.Sequential([inputs, keras.layers.Dense(1)])
    model.set_weights([problem.kernel, problem.bias])

    # --- Loss and update
    optimizer = keras.optimizers.SGD(problem.learning_rate, problem.momentum)
    model.compile(optimizer, loss="mse")
    return model


def train(problem):
    """Train from the last checkpoint, if there is one; return the model."""
    # --- Checkpoint
    saved = pathlib.Path(problem.folder, "model.keras")
    # The file holds the optimizer too, with its velocities; one of weights
    # alone would let it start again from rest.
    model = (
        keras.saving.load_model(saved) if saved.exists() else build(problem)
    )
    updates_done = int(model.optimizer.iterations)

    # --- Training
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        initial_epoch=updates_done // problem.steps_per_epoch,
        epochs=problem.epochs,
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )
    model.save(saved)
    return model
