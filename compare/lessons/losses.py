"""The lessons' models and losses in float64, for the harness's own curves."""

from __future__ import annotations

import numpy as np

from compare.records.problem import Parameters

KERAS_EPSILON = 1e-3
"""What Keras's normalizations add to the variance, and ours."""


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
        return hidden_layer(parameters, x).ravel()
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
    """Return the mean cross-entropy of a model that tells classes apart."""
    return -float(np.mean(log_likelihoods(parameters, x, y)))


def weighted_cross_entropy(
    parameters: Parameters, x: np.ndarray, y: np.ndarray, weights: np.ndarray
) -> float:
    """Return the mean of the rows' cross-entropies times class weights."""
    likelihoods = log_likelihoods(parameters, x, y)
    return -float(np.mean(weights[np.ravel(y)] * likelihoods))


OF_ROWS = (squared_error, ridge_error, cross_entropy)
"""Losses of models whose predictions are known here, row by row."""


def log_likelihoods(
    parameters: Parameters, x: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """Return the log-probability of each row's right class by softmax.

    One logit is that of class 1 against class 0, so softmax is the sigmoid.
    """
    logits = class_logits(parameters, x)
    if logits.shape[1] == 1:
        logits = np.hstack([np.zeros_like(logits), logits])
    return log_softmax_at(logits, np.ravel(y))


def log_softmax_at(logits: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the log-probabilities of these classes, of the last axis."""
    logits = logits - logits.max(axis=-1, keepdims=True)
    log_sums = np.log(np.exp(logits).sum(axis=-1))
    right = np.take_along_axis(logits, classes[..., None], axis=-1)[..., 0]
    return np.asarray(right - log_sums)


def class_logits(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    """Return a number per row and class, in float64: softmax is to follow.

    The names of the parameters tell which model it is.
    """
    weights = {name: v.astype(float) for name, v in parameters.items()}
    features = x.astype(float)
    if "filters" in weights:
        maps = feature_maps(weights["filters"], weights["filter_bias"], x)
        features = pooled(maps).reshape(len(x), -1)
    elif "hidden_kernel" in weights:
        hidden = x @ weights["hidden_kernel"] + weights["hidden_bias"]
        features = np.maximum(hidden, 0)
    head = "species_" if "species_kernel" in weights else ""
    kernel, bias = weights[f"{head}kernel"], weights[f"{head}bias"]
    return np.asarray(features @ kernel + bias)


def tells_classes(parameters: Parameters, y: np.ndarray) -> bool:
    """Whether these are classes, and parameters of a model that tells them."""
    names = {"kernel", "species_kernel"}
    return y.dtype.kind in "iu" and not names.isdisjoint(parameters)


def two_losses(
    parameters: Parameters,
    x: np.ndarray,
    y: np.ndarray,
    mass: np.ndarray,
    weights: tuple[float, float],
) -> float:
    """Return what two heads are to lower together.

    Args:
        parameters: of a hidden layer and both heads.
        x: shape (rows, features).
        y: the number of each row's species.
        mass: shape (rows, 1).
        weights: of the species' cross-entropy and of the mass's squared error.
    """
    mass_head = {
        name.replace("mass", "output"): value
        for name, value in parameters.items()
    }
    species_loss = cross_entropy(parameters, x, y)
    mass_loss = squared_error(mass_head, x, mass)
    return float(weights[0]) * species_loss + float(weights[1]) * mass_loss


def feature_maps(
    filters: np.ndarray, bias: np.ndarray, images: np.ndarray
) -> np.ndarray:
    """Slide filters over images, without a margin, and cut off below 0.

    Args:
        filters: shape (height, width, channels, filters).
        bias: shape (filters,).
        images: shape (images, rows, columns, channels).

    Returns:
        Shape (images, rows - height + 1, columns - width + 1, filters).
    """
    windows = np.lib.stride_tricks.sliding_window_view(
        images.astype(float), filters.shape[:2], axis=(1, 2)
    )
    # The windows have axes (image, row, column, channel, height, width).
    maps = np.tensordot(windows, filters.astype(float), ((4, 5, 3), (0, 1, 2)))
    return np.asarray(np.maximum(maps + bias, 0))


def pooled(maps: np.ndarray) -> np.ndarray:
    """Keep the largest of each square of 2 x 2 places."""
    count, rows, columns, filters = maps.shape
    squares = maps.reshape(count, rows // 2, 2, columns // 2, 2, filters)
    return np.asarray(squares.max(axis=(2, 4)))


def hidden_layer(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    """Return what a layer of ReLUs and one behind it give, in float64."""
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
