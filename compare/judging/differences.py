"""Where and by how much two trajectories differ. Pure numpy."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from compare.records.runs import Trajectory
from compare.records.verdicts import Divergence

Key = tuple[str, str]
"""("parameters" or "results", name)."""


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
                return divergence_at(
                    left.updates, name, place, a[place], b[place]
                )
    return found


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
    return divergence_at(left.update_of(row), *rest)


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
    gaps = [np.abs(a - b).max() for _, a, b in columns(left, right)]
    return float(np.max(gaps, initial=0.0))


def largest_ulps(left: Trajectory, right: Trajectory) -> int:
    """Return the largest difference in float32 units in the last place."""
    return max(
        (int(ulps_apart(a, b).max()) for _, a, b in columns(left, right)),
        default=0,
    )


def ulps_apart(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return how many float32 values lie between each two numbers."""
    apart: np.ndarray = np.abs(_ordered(left) - _ordered(right))
    return apart


def movement(run: Trajectory, names: Collection[str] = ()) -> float:
    """Return how far training moved any of these parameters, or of all."""
    return max(
        float(np.abs(values.astype(float) - values[0]).max(initial=0.0))
        for name, values in run.parameters.items()
        if not names or name in names
    )


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


def divergence_at(
    step: int, name: str, index: tuple[int, ...], a: np.generic, b: np.generic
) -> Divergence:
    """Return the record of two values that differ."""
    left, right = float(a), float(b)
    return Divergence(step, name, index, left, right, right - left)


def columns(
    one: Trajectory, other: Trajectory
) -> Iterator[tuple[Key, np.ndarray, np.ndarray]]:
    """Yield what two runs both have, in float64, as (rows, values).

    The results that exhibits returned are one row, where both made equally
    many updates and gave equally many values.
    """
    for name, a, b in _paths(one, other):
        shape = len(a), -1
        yield (
            ("parameters", name),
            a.reshape(shape).astype(float),
            b.reshape(shape).astype(float),
        )
    if one.updates != other.updates:
        return
    for name, values in one.results.items():
        twin = other.results.get(name)
        if twin is not None and 0 < values.size == twin.size:
            yield (
                ("results", name),
                values.reshape(1, -1).astype(float),
                twin.reshape(1, -1).astype(float),
            )


def plain_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without axes of length 1: () and (1, 1) are alike."""
    return tuple(length for length in shape if length != 1)


def first_update(run: Trajectory) -> dict[str, np.ndarray]:
    """Return the first update of each parameter, flat, in float64."""
    return {
        name: np.ravel(values[1].astype(float) - values[0])
        for name, values in run.parameters.items()
    }


def first_ratios(left: Trajectory, right: Trajectory) -> dict[str, float]:
    """Return the left's first updates projected on the right's.

    A parameter that the right does not move is left out.
    """
    ours, theirs = first_update(left), first_update(right)
    return {
        name: float(ours[name] @ update / (update @ update))
        for name, update in theirs.items()
        if update.any()
    }
