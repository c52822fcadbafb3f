"""Fit a plane with an L2 penalty and clipped gradients, with Keras."""

import keras


def train(problem):
    """Run SGD with weight penalty and clipping; return the model."""
    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    penalty = keras.regularizers.L2(problem.l2)
    dense = keras.layers.Dense(1, kernel_regularizer=penalty)
    model = keras.Sequential([inputs, dense])
    model.set_weights([problem.kernel, problem.bias])

    # --- Loss and update
    optimizer = keras.optimizers.SGD(
        problem.learning_rate, clipnorm=problem.clip_norm
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
