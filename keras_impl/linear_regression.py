"""Fit a line, y = w * x + b, with a Keras model."""

import keras


def train(problem, mode="graph", on_step=None):
    """Run gradient descent on all rows at once; return w and b by name."""
    # --- Data
    x = problem.x
    y = problem.y

    # --- Model
    constant = keras.initializers.Constant
    dense = keras.layers.Dense(
        units=1,
        kernel_initializer=constant(problem.initial["kernel"]),
        bias_initializer=constant(problem.initial["bias"]),
    )
    model = keras.Sequential([keras.Input(shape=(1,)), dense])
    parameters = {"kernel": dense.kernel, "bias": dense.bias}

    # --- Loss and update
    model.compile(
        optimizer=keras.optimizers.SGD(problem.learning_rate),
        loss="mse",
        run_eagerly=mode == "eager",
        jit_compile=mode == "xla",
    )

    # --- Training
    observer = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: on_step(epoch + 1, parameters)
    )
    model.fit(
        x,
        y,
        batch_size=len(x),  # the default of 32 would cut more rows up
        epochs=problem.steps,
        shuffle=False,  # in one batch it would only reorder the sums
        verbose=0,
        callbacks=[observer] if on_step else None,
    )
    return parameters
