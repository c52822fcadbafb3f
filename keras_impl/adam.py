"""Fit a plane with the Adam optimizer, with a Keras model."""

import keras


def train(problem):
    """Run Adam on mini-batches; return the model."""
    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    model = keras.Sequential([inputs, keras.layers.Dense(1)])
    model.set_weights([problem.kernel, problem.bias])

    # --- Loss and update
    optimizer = keras.optimizers.Adam(
        problem.learning_rate,
        beta_1=problem.beta_1,
        beta_2=problem.beta_2,
        epsilon=problem.epsilon,
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
    return model
