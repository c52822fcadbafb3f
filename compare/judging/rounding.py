"""How large a difference may be and still be rounding. Pure numpy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from compare.judging.differences import Key, columns, divergence_at
from compare.records.runs import Failure, Trajectory
from compare.records.verdicts import Divergence

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

Table = dict[Key, np.ndarray]
"""A number for every value that was seen, as (rows, values)."""


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
                divergence_at(
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
            if not a.size:
                continue
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


def rounding(moved: np.ndarray, size: float) -> np.ndarray:
    """Return how large a float64 difference may be and still be rounding.

    Args:
        moved: how far training has moved the values.
        size: largest value of any parameter; each gradient is a sum over
            predictions that all of them make.
    """
    places = LAST_PLACES * np.finfo(float).eps * size
    return np.asarray(FLOAT64_BOUND * moved + places + np.finfo(float).tiny)
