"""The lessons' models and losses in float64, for the harness's own curves."""

from __future__ import annotations

import numpy as np

from compare.records.problem import Parameters


def no_loss(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> float:
    """Return NaN: what a user's own training lowers is not known."""
    return float("nan")


def predict(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    """Return what the model with these parameters says, in float64.

    Args:
        parameters: of a hidden layer, where their names say so; else of a
            linear model.
        x: shape (rows,) or (rows, features).

    Returns:
        Shape (rows, outputs): one number a row, or a logit for each class.
    """
    rows = x.astype(float).reshape(len(x), -1)
    weights = {name: v.astype(float) for name, v in parameters.items()}
    with np.errstate(over="ignore", invalid="ignore"):
        if "hidden_kernel" in weights:
            hidden = rows @ weights["hidden_kernel"] + weights["hidden_bias"]
            rows = np.maximum(hidden, 0)
            kernel, bias = weights["output_kernel"], weights["output_bias"]
        else:
            kernel, bias = weights["kernel"], weights["bias"]
        outputs = rows @ kernel.reshape(rows.shape[1], -1) + bias.ravel()
    return np.asarray(outputs)


def log_likelihoods(
    parameters: Parameters, x: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """Return the log-probability of each row's right class by softmax."""
    logits = predict(parameters, x)
    logits -= logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(logits).sum(axis=1))
    return np.asarray(logits[np.arange(len(y)), y] - log_sums)


def squared_error(
    parameters: Parameters, x: np.ndarray, y: np.ndarray
) -> float:
    """Return the mean squared error, in float64."""
    y_hat = predict(parameters, x).ravel()
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
