"""Fit a hidden layer in half precision, with a Keras model."""

import keras


def train(problem):
    """Compute in float16, update in float32; return the model."""
    # --- Model
    units = problem.hidden_bias.size
    model = keras.Sequential(
        [
            keras.Input(problem.x.shape[1:]),
            keras.layers.Dense(units, "relu", dtype="mixed_float16"),
            keras.layers.Dense(1, dtype="mixed_float16"),
        ]
    )
    model.set_weights(list(problem.initial.values()))

    # --- Loss and update
    # With a policy for the whole program, keras.config.set_dtype_policy,
    # `compile` wraps the optimizer by itself.
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(problem.learning_rate),
        initial_scale=problem.initial_scale,
        dynamic_growth_steps=problem.growth_steps,
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
