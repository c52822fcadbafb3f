"""Fit a network with batch normalization, with a Keras model."""

import keras


def train(problem):
    """Train on batch statistics, predict on moving ones; return both."""
    # --- Model
    model = keras.Sequential(
        [
            keras.Input(problem.x.shape[1:]),
            # A bias would be subtracted with the mean.
            keras.layers.Dense(problem.beta.size, use_bias=False),
            keras.layers.BatchNormalization(
                momentum=problem.decay, epsilon=problem.epsilon
            ),
            keras.layers.ReLU(),
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
