"""Weights of samples in a loss: those that were seen, or solved for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.closeness import gap, ratio
from compare.pairs.diagnosis.steps import Step

Weighted = tuple[float, np.ndarray, str, float]
"""Factor, weights, what they are of, and the gap."""

MOST_CLASSES = 10
"""Different weights that may be weights of classes."""

OUTPUTS = 3
"""Numbers that each weight of a sample has to explain."""


def seen_weights(
    step: Step,
    losses: np.ndarray,
    own: np.ndarray,
    upstream: np.ndarray,
    y: np.ndarray,
    bound: float,
) -> Weighted | None:
    """Find weights that were seen, which make a loss's gradient this one."""
    for kind, weights in _candidates(step):
        if weights.size != losses.size or not (weights > 0).any():
            continue
        each = weights.astype(float).reshape(losses.shape)
        scaled = own * each.reshape(each.shape + (1,) * (own.ndim - each.ndim))
        factor = ratio(upstream, scaled)
        apart = gap(upstream, factor * scaled)
        if factor and apart <= bound:
            if kind == "samples" and _are_of_classes(each, y):
                kind = "classes"
            least = float(each[each > 0].min())
            return factor * least, each / least, kind, apart
    return None


def _candidates(step: Step) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what may be weights: as Keras got them, or on the tape."""
    if step.update.weights is not None:
        yield "samples", step.update.weights
    if step.update.mask is not None:
        yield "mask", step.update.mask
    for tensor in step.gradient.tape:
        if tensor.value.ndim and (tensor.value >= 0).all():
            yield "samples", tensor.value


def by_sample(
    losses: np.ndarray, own: np.ndarray, upstream: np.ndarray, bound: float
) -> Weighted | None:
    """Find a weight for each sample, where each explains several numbers."""
    rows = losses.size
    if own.size < OUTPUTS * rows or losses.ndim != 1 or rows < 2:
        return None
    flat, seen = own.reshape(rows, -1), upstream.reshape(rows, -1)
    weights = np.array([ratio(a, b) for a, b in zip(seen, flat, strict=True)])
    apart = gap(seen, flat * weights[:, None])
    if apart > bound or (weights <= 0).any():
        return None
    least = float(weights.min())
    return least, weights / least, "samples", apart


def _are_of_classes(weights: np.ndarray, y: np.ndarray) -> bool:
    """Whether every class has one weight, and not all have the same."""
    labels, flat = y.reshape(len(y), -1), weights.ravel()
    if len(flat) != len(labels):
        return False
    kinds, places = np.unique(labels, axis=0, return_inverse=True)
    return 1 < len(kinds) <= min(MOST_CLASSES, len(flat) // 2) and all(
        np.ptp(flat[places.ravel() == kind]) == 0 for kind in range(len(kinds))
    )


def by_class(
    losses: np.ndarray,
    own: np.ndarray,
    upstream: np.ndarray,
    y: np.ndarray,
    bound: float,
) -> Weighted | None:
    """Find weights that hang on the class alone.

    Within each class the gradient has to differ, else any loss would do.
    """
    rows = losses.size
    if own.size % rows or len(y) != rows or losses.ndim != 1:
        return None
    classes = y.reshape(rows, -1)
    labels = classes.argmax(1) if classes.shape[1] > 1 else classes[:, 0]
    values = np.unique(labels)
    if not 1 < len(values) <= MOST_CLASSES or rows < 3 * len(values):
        return None
    flat, seen = own.reshape(rows, -1), upstream.reshape(rows, -1)
    weights = np.ones(rows)
    for value in values:
        mine = labels == value
        if mine.sum() < 2 or np.ptp(np.abs(flat[mine]), axis=0).max() == 0:
            return None
        weights[mine] = ratio(seen[mine], flat[mine])
    apart = gap(seen, flat * weights[:, None])
    if apart > bound or (weights <= 0).any():
        return None
    least = float(weights.min())
    return least, weights / least, "classes", apart
