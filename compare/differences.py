"""Where and by how much two trajectories differ. Pure numpy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from compare.records import Divergence, Failure, Trajectory

FLOAT64_BOUND = 1e-12
"""Largest float64 difference that is rounding, relative to how far training
moved the parameter; for a result, relative to its size.

Rounding shrinks by 2^29 = 5e8 from float32 to float64, from some 1e-7 to some
1e-16; the bound leaves a factor of 1e4 for sums over many rows and updates. A
real difference stays as large as it was: of the planted mistakes the smallest
(a learning rate off by 0.2 %) is 1e8 times the bound.
"""

LAST_PLACES = 64
"""Units in the last place of a number that are rounding in any case: it may
hardly move."""

MARGIN = 32
"""A difference is real beyond so many times what rounding was seen to do:
three samples show a spread that is too small by a factor of 4 in 1 of 1,000
cases, and another formula rounds several times where a sample rounds once."""

SHRINKS = 2.0**-29
"""The unit in the last place of float64, in that of float32."""

Key = tuple[str, str]
"""("parameters" or "results", name)."""

Table = dict[Key, np.ndarray]
"""A number for every value that was seen, as (rows, values)."""


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


def movement(run: Trajectory, names: Collection[str] = ()) -> float:
    """Return how far training moved any of these parameters, or of all."""
    return max(
        float(np.abs(values.astype(float) - values[0]).max(initial=0.0))
        for name, values in run.parameters.items()
        if not names or name in names
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


@dataclass(frozen=True)
class Place:
    """The place that decides whether two runs differ but for rounding.

    Attributes:
        key: which parameter or result.
        row, column: where in its table.
        divergence: the two values there.
        difference: how far apart they are.
        bound: how far rounding can take them apart there.
    """

    key: Key
    row: int
    column: int
    divergence: Divergence
    difference: float
    bound: float

    @property
    def real(self) -> bool:
        """Whether the difference is more than rounding."""
        return not self.difference <= self.bound


def deciding_place(
    left: Trajectory, right: Trajectory, bounds: Table
) -> Place | None:
    """Find the first difference beyond its bound, else the one nearest to it.

    Args:
        left: one run.
        right: the other.
        bounds: what rounding can do, see `own_bounds`.

    Returns:
        The place; None where no two values differ.
    """
    found = []
    for key, a, b in columns(left, right):
        gap = np.abs(a - b)
        bound = bounds[key][: len(gap)]
        share = np.divide(gap, bound, out=np.zeros_like(gap), where=gap > 0)
        beyond = np.argwhere(~(gap <= bound))
        if not len(beyond) and not share.any():
            continue
        row, column = (
            beyond[0]
            if len(beyond)
            else np.unravel_index(share.argmax(), gap.shape)
        )
        update = left.updates if key[0] == "results" else left.update_of(row)
        found.append(
            Place(
                key,
                int(row),
                int(column),
                _divergence(
                    update,
                    key[1],
                    _index_in(left, key, int(column)),
                    a[row, column],
                    b[row, column],
                ),
                float(gap[row, column]),
                float(bound[row, column]),
            )
        )
    real = [place for place in found if place.real]
    if real:
        return min(real, key=lambda place: place.divergence.step)
    return max(found, key=lambda p: p.difference / p.bound, default=None)


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


def _index_in(run: Trajectory, key: Key, column: int) -> tuple[int, ...]:
    shape = (
        run.results[key[1]].shape
        if key[0] == "results"
        else run.parameters[key[1]].shape[1:]
    )
    return tuple(int(i) for i in np.unravel_index(column, shape))


def own_bounds(
    left: Trajectory,
    right: Trajectory,
    relative: float = FLOAT64_BOUND,
    places: float = LAST_PLACES * np.finfo(float).eps,
) -> Table:
    """Return what is rounding in any case, from each number's own past.

    Args:
        left: one run.
        right: the other.
        relative: rounding, relative to how far the number has moved; for a
            result, relative to its size.
        places: rounding, relative to how large it has been.
    """
    bounds = {}
    for key, a, b in columns(left, right):
        both = np.stack([a, b])
        size = np.maximum.accumulate(np.abs(both).max(axis=0))
        moved = np.abs(both - both[:, :1]).max(axis=0)
        moved = np.maximum.accumulate(moved)
        bounds[key] = (
            relative * (size if key[0] == "results" else moved)
            + places * size
            + np.finfo(float).tiny
        )
    return bounds


def spread(run: Trajectory, others: Iterable[Trajectory | Failure]) -> Table:
    """Return how far rounding moves a side, as it was seen to do.

    Each number is measured by itself, and as no less than one number in four
    of its parameter moves: a sample may be 0 by chance.

    Args:
        run: one run of the side.
        others: the same side, rounded otherwise; failures are left out.
    """
    widest: Table = {}
    for other in others:
        if isinstance(other, Failure):
            continue
        for key, a, b in columns(run, other):
            with np.errstate(invalid="ignore"):  # infinity less infinity
                gap = np.nan_to_num(np.abs(a - b), nan=np.inf)
            common = np.quantile(gap, 0.25, 1, method="lower", keepdims=True)
            gap = np.maximum.accumulate(np.maximum(gap, common))
            rows = 1 if key[0] == "results" else run.rows
            gap = np.pad(gap, ((0, rows - len(gap)), (0, 0)), "edge")
            widest[key] = np.maximum(widest.get(key, 0.0), gap)
    return widest


def wider(one: Table, other: Table) -> Table:
    """Return the larger of two numbers for every value that both know."""
    found = dict(one)
    for key, values in other.items():
        mine = found.get(key, values)
        rows = min(len(mine), len(values))
        found[key] = np.maximum(mine[:rows], values[:rows])
    return found


def widened(bounds: Table, noise: Table) -> Table:
    """Return the bounds, no less than what rounding was seen to do.

    Args:
        bounds: see `own_bounds`.
        noise: see `spread`.
    """
    return {
        key: np.maximum(bound, MARGIN * noise[key][: len(bound)])
        if key in noise
        else bound
        for key, bound in bounds.items()
    }


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
