"""Tell classes apart by softmax regression, with a Keras model."""

import keras


def train(problem):
    """Run SGD on class numbers; return model and accuracy per epoch."""
    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    dense = keras.layers.Dense(problem.bias.size)
    model = keras.Sequential([inputs, dense])
    model.set_weights([problem.kernel, problem.bias])

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
    return model, history
