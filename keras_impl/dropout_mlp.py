"""Fit a network with one hidden layer and dropout, with a Keras model."""

import keras


def train(problem):
    """Train with dropout, predict without; return model, predictions."""
    # --- Model
    model = keras.Sequential(
        [
            keras.Input(problem.x.shape[1:]),
            keras.layers.Dense(problem.hidden_bias.size, activation="relu"),
            keras.layers.Dropout(problem.rate, seed=problem.seed),
            keras.layers.Dense(1),
        ]
    )
    model.set_weights(list(problem.initial.values()))

    # --- Loss and update
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss="mse")

    # --- Training
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )

    # --- Inference
    # In one batch, because rows of another batch may round differently.
    return model, model.predict(problem.x, len(problem.x), verbose=0)
