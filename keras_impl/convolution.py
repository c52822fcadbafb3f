"""Read handwritten digits with a convolution, in a Keras model."""

import keras


def train(problem):
    """Train on images; return model, accuracy and what tests read."""
    # --- Model
    model = keras.Sequential(
        [
            keras.Input(problem.x.shape[1:]),
            keras.layers.Conv2D(
                problem.filter_bias.size, 3, activation="relu"
            ),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(problem.bias.size),
        ]
    )
    model.set_weights(list(problem.initial.values()))

    # --- Loss and update
    model.compile(
        keras.optimizers.SGD(problem.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )

    # --- Training
    history = model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )

    # --- Inference
    # In one batch, because rows of another batch may round differently.
    predictions = model.predict(problem.x_test, len(problem.x_test), verbose=0)
    return model, predictions, history
