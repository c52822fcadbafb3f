"""The same line fitted three times: two ways to write it, one mistake."""

import keras
import numpy as np


def by_hand(problem):
    """Descend with NumPy."""
    w, b = problem.initial["w"], problem.initial["b"]
    for _ in range(problem.steps):
        error = w * problem.x + b - problem.y
        w = w - problem.learning_rate * np.mean(error * problem.x)
        b = b - problem.learning_rate * np.mean(error)
    return w, b


def mended(problem):
    """Descend with NumPy, along the gradient of the mean squared error."""
    w, b = problem.initial["w"], problem.initial["b"]
    for _ in range(problem.steps):
        error = w * problem.x + b - problem.y
        w = w - problem.learning_rate * 2 * np.mean(error * problem.x)
        b = b - problem.learning_rate * 2 * np.mean(error)
    return w, b


def with_keras(problem):
    """Descend with Keras."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    w, b = problem.initial["w"], problem.initial["b"]
    model.set_weights([np.reshape(w, (1, 1)), np.reshape(b, 1)])
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss="mse")
    model.fit(problem.x, problem.y, epochs=problem.steps, verbose=0)
    return model
