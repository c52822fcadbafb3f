"""Forecast a series with an LSTM, with a Keras model."""

import keras


def train(problem):
    """Learn the next value of a window; return model and forecast."""
    # --- Model
    model = keras.Sequential(
        [
            keras.Input(problem.x.shape[1:]),
            # Windows are short, so the loop over time is written out.
            keras.layers.LSTM(len(problem.recurrent_kernel), unroll=True),
            keras.layers.Dense(1),
        ]
    )
    model.set_weights(list(problem.initial.values()))

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

    # --- Forecast
    window = problem.last_window[None]  # one row
    forecast = []
    for _ in range(problem.horizon):
        value = model(window)
        forecast.append(float(value[0, 0]))
        # Beyond the data it goes on from its own predictions.
        window = keras.ops.concatenate([window[:, 1:], value[None]], axis=1)
    return model, {"forecast": forecast}
