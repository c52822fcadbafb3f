"""Stop training when the validation loss no longer falls, with Keras."""

import keras


def train(problem):
    """Run gradient descent with patience; return the best epoch's weights."""
    # --- Model
    inputs = keras.Input(problem.x.shape[1:])
    model = keras.Sequential([inputs, keras.layers.Dense(1)])
    model.set_weights([problem.kernel, problem.bias])

    # --- Loss and update
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss="mse")

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
