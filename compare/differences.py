"""Where and by how much two trajectories differ. Pure numpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.records import Divergence, Trajectory

FLOAT64_BOUND = 1e-12
"""Largest float64 difference that is rounding, relative to how far training
moved the parameter; for a result, relative to its size.

Rounding shrinks by 2^29 = 5e8 from float32 to float64, from some 1e-7 to some
1e-16; the bound leaves a factor of 1e4 for sums over many rows and updates. A
real difference stays as large as it was: of the planted mistakes the smallest
(a learning rate off by 0.2 %) is 1e8 times the bound.
"""

LAST_PLACES = 64
"""Units in the last place of the largest parameter that are rounding in any
case: a parameter may hardly move, or not at all but for rounding, as the bias
of centred data."""


def first_divergence(left: Trajectory, right: Trajectory) -> Divergence | None:
    """Find the first update after which any bit differs.

    Only the updates that both sides made are compared. The results that the
    exhibits returned count as after the last update, and only where both made
    equally many. NaN differs from everything, itself included.
    """
    found = first_where(
        left,
        right,
        {name: _differ(a, b) for name, a, b in _paths(left, right)},
    )
    if found is None and left.updates == right.updates:
        for name, a in left.results.items():
            b = right.results[name].reshape(a.shape)
            for index in np.argwhere(_differ(a, b))[:1].tolist():
                place = tuple(index)
                return _divergence(
                    left.updates, name, place, a[place], b[place]
                )
    return found


def first_real_divergence(
    left: Trajectory, right: Trajectory
) -> Divergence | None:
    """Find the first update after which two float64 runs really differ.

    Each parameter is measured by how far it has moved until then.
    """
    beyond = {}
    for name, a, b in _paths(left, right):
        flat = a.reshape(len(a), -1), b.reshape(len(b), -1)
        moved = np.maximum.accumulate(
            np.max([np.abs(v - v[0]).max(axis=1) for v in flat], axis=0)
        )
        bound = rounding(moved, largest_value(left))
        shape = (-1,) + (1,) * (a.ndim - 1)
        beyond[name] = np.abs(a - b) > bound.reshape(shape)
    return first_where(left, right, beyond)


def first_where(
    left: Trajectory, right: Trajectory, differ: dict[str, np.ndarray]
) -> Divergence | None:
    """Return the first place, by update, where `differ` is true."""
    candidates = []
    for name, a, b in _paths(left, right):
        for row, *index in np.argwhere(differ[name])[:1].tolist():
            place = (row, *index)
            candidates.append((row, name, tuple(index), a[place], b[place]))
    if not candidates:
        return None
    row, *rest = min(candidates, key=lambda found: found[0])
    return _divergence(left.update_of(row), *rest)


def _paths(
    left: Trajectory, right: Trajectory
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield each parameter's rows that both sides have."""
    common = min(left.rows, right.rows)
    for name, values in left.parameters.items():
        a = values[:common]
        yield name, a, right.parameters[name][:common].reshape(a.shape)


def largest_difference(left: Trajectory, right: Trajectory) -> float:
    """Return the largest absolute difference on the way and in the results.

    NaN if there is one.
    """
    gaps = [np.abs(a.astype(float) - b).max() for a, b in _pairs(left, right)]
    return float(np.max(gaps, initial=0.0))


def largest_ulps(left: Trajectory, right: Trajectory) -> int:
    """Return the largest difference in float32 units in the last place."""
    return max(
        (int(ulps_apart(a, b).max()) for a, b in _pairs(left, right)),
        default=0,
    )


def ulps_apart(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return how many float32 values lie between each two numbers."""
    apart: np.ndarray = np.abs(_ordered(left) - _ordered(right))
    return apart


def movement(run: Trajectory) -> float:
    """Return how far training moved any parameter, at the farthest."""
    return max(
        float(np.abs(values.astype(float) - values[0]).max())
        for values in run.parameters.values()
    )


def _pairs(
    left: Trajectory, right: Trajectory
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for _, a, b in _paths(left, right):
        yield np.ravel(a), np.ravel(b)
    if left.updates == right.updates:
        for name, values in left.results.items():
            if values.size:
                yield np.ravel(values), np.ravel(right.results[name])


def _differ(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compare bits where the dtypes are equal, else values."""
    if a.dtype == b.dtype and a.dtype.kind == "f":
        bits = f"i{a.dtype.itemsize}"
        different = np.asarray(a).view(bits) != np.asarray(b).view(bits)
    else:
        different = a != b
    return np.asarray(different | np.isnan(a) | np.isnan(b))


def _ordered(values: np.ndarray) -> np.ndarray:
    """Map float32 to integers that are neighbours where the floats are."""
    bits = values.astype(np.float32).view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(2**31) - bits, bits)


def _divergence(
    step: int, name: str, index: tuple[int, ...], a: np.generic, b: np.generic
) -> Divergence:
    left, right = float(a), float(b)
    return Divergence(step, name, index, left, right, right - left)


def worst_difference(
    left: Trajectory, right: Trajectory
) -> tuple[float, float]:
    """Return the difference that is largest against its bound, and both."""
    found = []
    for name, a in left.parameters.items():
        b = right.parameters[name].reshape(a.shape)
        moved = max(np.abs(x - x[0]).max() for x in (a, b))
        found.append(_difference(a, b, moved, largest_value(left)))
    for name, a in left.results.items():
        if a.size:
            b = right.results[name].reshape(a.shape)
            size = float(np.abs(a).max())
            largest = max(size, largest_value(left))
            found.append(_difference(a, b, size, largest))
    return max(found, key=lambda pair: pair[0] / pair[1])


def _difference(
    a: np.ndarray, b: np.ndarray, moved: float, size: float
) -> tuple[float, float]:
    """Return the largest difference and what of it may be rounding."""
    bound = rounding(np.asarray(moved), size)
    return float(np.abs(a.astype(float) - b).max()), float(bound)


def largest_value(run: Trajectory) -> float:
    """Return the largest absolute value of any parameter on the way."""
    return max(float(np.abs(v).max()) for v in run.parameters.values())


def rounding(moved: np.ndarray, size: float) -> np.ndarray:
    """Return how large a float64 difference may be and still be rounding.

    Args:
        moved: how far training has moved the values.
        size: largest value of any parameter; each gradient is a sum over
            predictions that all of them make.
    """
    places = LAST_PLACES * np.finfo(float).eps * size
    return np.asarray(FLOAT64_BOUND * moved + places + np.finfo(float).tiny)


def plain_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without axes of length 1: () and (1, 1) are alike."""
    return tuple(length for length in shape if length != 1)
