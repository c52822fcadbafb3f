"""Fit a plane with a learning rate that falls as a cosine, with Keras."""

import keras


def train(problem):
    """Run SGD with cosine decay; return the model."""
    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    model = keras.Sequential([inputs, keras.layers.Dense(1)])
    model.set_weights([problem.kernel, problem.bias])

    # --- Loss and update
    learning_rate = keras.optimizers.schedules.CosineDecay(
        problem.learning_rate, problem.decay_steps
    )
    model.compile(keras.optimizers.SGD(learning_rate), loss="mse")

    # --- Training
    model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )
    return model
