"""The lessons' models and losses in float64, for the harness's own curves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compare.records.problem import Parameters

KERAS_EPSILON = 1e-3
"""What Keras's BatchNormalization adds to the variance, and ours."""


def no_loss(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> float:
    """Return NaN: what a user's own training lowers is not known."""
    return float("nan")


def predictions(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    """Return what a linear model or one with a hidden layer predicts.

    The names of the parameters tell which it is; in float64, shape (rows,).
    """
    if "gamma" in parameters:
        return _normalized_layer(parameters, x).ravel()
    if "hidden_kernel" in parameters:
        return _hidden_layer(parameters, x).ravel()
    rows = x.astype(float).reshape(len(x), -1)
    kernel = np.ravel(parameters["kernel"]).astype(float)
    return np.asarray(rows @ kernel + float(np.ravel(parameters["bias"])[0]))


def squared_error(
    parameters: Parameters, x: np.ndarray, y: np.ndarray
) -> float:
    """Return the mean squared error of such a model, in float64."""
    y_hat = predictions(parameters, x)
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.mean((np.ravel(y).astype(float) - y_hat) ** 2))


def ridge_error(
    parameters: Parameters, x: np.ndarray, y: np.ndarray, l2: float
) -> float:
    """Return the squared error plus l2 times the kernel's squared length."""
    kernel = parameters["kernel"].astype(float)
    return squared_error(parameters, x, y) + l2 * float(np.sum(kernel**2))


def cross_entropy(
    parameters: Parameters, x: np.ndarray, y: np.ndarray
) -> float:
    """Return the mean cross-entropy of softmax regression."""
    return -float(np.mean(log_likelihoods(parameters, x, y)))


def log_likelihoods(
    parameters: Parameters, x: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """Return the log-probability of each row's right class by softmax."""
    logits = x @ parameters["kernel"].astype(float) + parameters["bias"]
    logits -= logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(logits).sum(axis=1))
    return np.asarray(logits[np.arange(len(y)), y] - log_sums)


def is_of_columns(loss: Callable[..., float]) -> bool:
    """Return whether a loss is one of these, of rows with columns."""
    own = (squared_error, ridge_error, cross_entropy, no_loss)
    return getattr(loss, "func", loss) in own  # partial() keeps it there


def _hidden_layer(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    weights = {name: v.astype(float) for name, v in parameters.items()}
    hidden = x @ weights["hidden_kernel"] + weights["hidden_bias"]
    return np.asarray(
        np.maximum(hidden, 0) @ weights["output_kernel"]
        + weights["output_bias"]
    )


def _normalized_layer(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    """Predict with mean and variance of these rows, as if in one batch."""
    weights = {name: v.astype(float) for name, v in parameters.items()}
    with np.errstate(over="ignore", invalid="ignore"):
        hidden = x @ weights["hidden_kernel"]
        deviation = np.sqrt(hidden.var(axis=0) + KERAS_EPSILON)
        hidden = (hidden - hidden.mean(axis=0)) / deviation
        hidden = np.maximum(hidden * weights["gamma"] + weights["beta"], 0)
        return np.asarray(
            hidden @ weights["output_kernel"] + weights["output_bias"]
        )
