"""When a recomputed value is the recorded one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

FLOAT64 = 3e-7
"""Largest difference, relative to the largest value, up to which a value that
was recomputed in float64 is the recorded one. Keras rounds some constants to
float32 (6e-8) whatever the dtype."""

FLOAT32 = 3e-5
"""The same in float32: some hundred roundings of 6e-8, as sums over rows
make."""

BETTER = 10
"""How many times nearer than without a cause the value with it must be."""


def gap(value: np.ndarray | float, other: np.ndarray | float) -> float:
    """Return how far apart two values are, relative to the larger.

    Infinity where the shapes differ by more than axes of length 1, or where
    a number is not finite.
    """
    a, b = np.asarray(value, float), np.asarray(other, float)
    if a.size != b.size:
        return np.inf
    a, b = a.ravel(), b.ravel()
    size = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    if size == 0:
        return 0.0
    with np.errstate(invalid="ignore"):
        apart = np.abs(a - b).max() / size
    return float(apart) if np.isfinite(apart) else np.inf


def named_gap(
    values: Mapping[str, np.ndarray],
    others: Mapping[str, np.ndarray],
    names: Iterable[str] | None = None,
) -> float:
    """Return the largest gap of the values that both have."""
    shared = set(values) & set(others) if names is None else set(names)
    return max((gap(values[n], others[n]) for n in shared), default=0.0)


def ratio(value: np.ndarray, other: np.ndarray) -> float:
    """Return by how much the second is to be multiplied to be the first."""
    a, b = np.ravel(value).astype(float), np.ravel(other).astype(float)
    below = float(b @ b)
    return float(a @ b) / below if below and a.size == b.size else 0.0
