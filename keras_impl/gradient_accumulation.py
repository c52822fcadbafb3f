"""Fit a plane with gradients averaged over batches, with a Keras model."""

import keras


def train(problem):
    """Run SGD with an update every few batches; return the model."""
    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    model = keras.Sequential([inputs, keras.layers.Dense(1)])
    model.set_weights([problem.kernel, problem.bias])

    # --- Loss and update
    optimizer = keras.optimizers.SGD(
        problem.learning_rate,
        gradient_accumulation_steps=problem.accumulation_steps,
    )
    model.compile(optimizer, loss="mse")

    # --- Training
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )
    # What the last batches left in the sums, too few for an update, is lost.
    return model
