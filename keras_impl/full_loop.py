"""Train a network as a real project does, with a Keras model."""

import keras


def train(problem):
    """Train until validation stops it; return the best epoch's weights."""
    # --- Model
    l2 = keras.regularizers.L2(problem.l2)
    units = problem.hidden_bias.size
    model = keras.Sequential(
        [
            keras.Input(problem.x.shape[1:]),
            keras.layers.Dense(units, "relu", kernel_regularizer=l2),
            keras.layers.Dropout(problem.rate, seed=problem.seed),
            keras.layers.Dense(1, kernel_regularizer=l2),
        ]
    )
    model.set_weights(list(problem.initial.values()))

    # --- Loss and update
    learning_rate = keras.optimizers.schedules.CosineDecay(
        problem.learning_rate, problem.decay_steps
    )
    optimizer = keras.optimizers.Adam(
        learning_rate,
        beta_1=problem.beta_1,
        beta_2=problem.beta_2,
        epsilon=problem.epsilon,
        clipnorm=problem.clip_norm,
    )
    model.compile(optimizer, loss="mse")

    # --- Validation
    early_stopping = keras.callbacks.EarlyStopping(
        patience=problem.patience, restore_best_weights=True
    )

    # --- Training
    history = model.fit(
        problem.x,
        problem.y,
        batch_size=problem.batch_size,
        epochs=problem.epochs,
        validation_data=(problem.x_val, problem.y_val),
        callbacks=[early_stopping],
        shuffle=False,  # the rows are in a random order already
        verbose=0,
    )
    return model, history
