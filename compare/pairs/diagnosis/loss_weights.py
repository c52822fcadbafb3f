"""Weights of samples in a loss, as they were seen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.closeness import gap, ratio
from compare.pairs.diagnosis.steps import Step

Weighted = tuple[float, np.ndarray, str, float]
"""Factor, weights, what they are of, and the gap."""

MOST_CLASSES = 10
"""Different weights that may be weights of classes."""


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


def _are_of_classes(weights: np.ndarray, y: np.ndarray) -> bool:
    """Whether every class has one weight, and not all have the same."""
    labels, flat = y.reshape(len(y), -1), weights.ravel()
    if len(flat) != len(labels):
        return False
    kinds, places = np.unique(labels, axis=0, return_inverse=True)
    return 1 < len(kinds) <= min(MOST_CLASSES, len(flat) // 2) and all(
        np.ptp(flat[places.ravel() == kind]) == 0 for kind in range(len(kinds))
    )
