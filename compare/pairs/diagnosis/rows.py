"""Which rows of the problem a batch holds, and what was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compare.pairs.diagnosis.batch_seen import NEAR, batch_of, found_rows
from compare.pairs.diagnosis.steps import Side, Step
from compare.records.problem import Problem


@dataclass(frozen=True)
class Map:
    """What was done to every number: value * scale + shift.

    Attributes:
        scale, shift: a number, or one for each feature.
        cast: to what the numbers were rounded, or "".
    """

    scale: np.ndarray
    shift: np.ndarray
    cast: str = ""

    def of(self, values: np.ndarray) -> np.ndarray:
        """Do it to the rows of the problem."""
        flat = values.reshape(len(values), -1) * self.scale + self.shift
        if self.cast:
            flat = flat.astype(self.cast).astype(float)
        return np.asarray(flat)

    @property
    def changes(self) -> bool:
        """Whether it does anything."""
        size = np.maximum(np.abs(self.scale), NEAR)
        return bool(
            self.cast
            or (np.abs(self.scale - 1) > NEAR).any()
            or (np.abs(self.shift) > NEAR * size).any()
        )


IDENTITY = Map(np.array(1.0), np.array(0.0))
CASTS = tuple(
    Map(np.array(1.0), np.array(0.0), kind) for kind in ("float16", "int64")
)


@dataclass(frozen=True)
class Batches:
    """The batches of a side.

    Attributes:
        sizes: rows in each.
        rows: the problem's rows in each; None where they are not known.
        x, y: what was done to the problem's numbers; None if not known.
        xs, ys: the arrays as they were seen.
        apart: the problem's rows of y, where they are not those of x.
        epoch: updates before a row comes again; None if none does.
    """

    sizes: tuple[int, ...]
    rows: tuple[np.ndarray, ...] | None
    x: Map | None
    y: Map | None
    xs: tuple[np.ndarray | None, ...]
    ys: tuple[np.ndarray | None, ...]
    epoch: int | None
    apart: tuple[np.ndarray, ...] | None = None


def batches(side: Side, problem: Problem) -> Batches:
    """Find out which rows a side took, in which order.

    Args:
        side: its updates.
        problem: whose rows they are.
    """
    seen = [batch_of(step, problem) for step in side.steps]
    xs = [a for a, _ in seen]
    ys = [
        None if _is_part(b, a) or _some_targets(step, b, problem.y) else b
        for step, (a, b) in zip(side.steps, seen, strict=True)
    ]
    sizes = tuple(
        next((len(v) for v in (a, b) if v is not None and v.ndim), 0)
        for a, b in seen
    )
    x_map, rows = _located(xs, problem.x)
    y_map, by_y = _located(ys, problem.y)
    if rows is None and by_y is not None and _unique(problem.y):
        rows = by_y
        x_map = _fitted(xs, [problem.x[r] for r in rows])
    apart = None
    if rows is not None:
        mine = _fitted(ys, [problem.y[r] for r in rows])
        if mine is None and by_y is not None:
            apart = tuple(by_y)
        y_map = mine or y_map
    return Batches(
        sizes,
        tuple(rows) if rows is not None else None,
        x_map,
        y_map,
        tuple(xs),
        tuple(ys),
        _epoch(rows, len(problem.x)),
        apart,
    )


def _is_part(y: np.ndarray | None, x: np.ndarray | None) -> bool:
    """Whether y is of one gradient, x of all that were accumulated."""
    return y is not None and x is not None and len(y) != len(x)


def _some_targets(step: Step, y: np.ndarray | None, of: np.ndarray) -> bool:
    """Whether y is the target of one output, where there are several."""
    if y is None or not y.ndim or not len(y):
        return False
    one_hot = ((of != 0).reshape(len(of), -1).sum(axis=1) == 1).all()
    fewer = y[0].size < of[0].size and not (one_hot and y[0].size == 1)
    return fewer or bool(step.gradient.outputs)


def _unique(values: np.ndarray) -> bool:
    flat = values.reshape(len(values), -1)
    return len(np.unique(flat, axis=0)) == len(flat)


def _located(
    arrays: Sequence[np.ndarray | None], source: np.ndarray
) -> tuple[Map | None, list[np.ndarray] | None]:
    """Return what was done to the source, and its rows in each batch."""
    if any(a is None or not a.ndim for a in arrays) or not arrays:
        return None, None
    known = [a for a in arrays if a is not None]
    for done in _maps(known, source):
        changed = done.of(source)
        used: set[int] = set()
        rows = []
        for array in known:
            found = found_rows(array, changed, used)
            if found is None:
                break
            rows.append(found)
        else:
            return done, rows
    return None, None


def _maps(arrays: Sequence[np.ndarray], source: np.ndarray) -> list[Map]:
    """Return what may have been done: nothing; one map; one per feature.

    Rows may come in any order, so the maps are those between the ranges of
    all rows, or between the first batch and as many first rows.
    """
    found = [IDENTITY, *CASTS]
    width = source[0].size
    if any(a[0].size != width for a in arrays):
        return found
    seen = np.concatenate([a.reshape(len(a), -1) for a in arrays])
    flat = source.reshape(len(source), -1).astype(float)
    first = arrays[0].reshape(len(arrays[0]), -1)
    for a, b in (
        (seen.astype(float), flat),
        (first.astype(float), flat[: len(first)]),
    ):
        if len(a) < len(b):
            continue
        for axis in (None, 0):
            low, high = a.min(axis), a.max(axis)
            from_low, from_high = b.min(axis), b.max(axis)
            width_b = np.asarray(from_high - from_low)
            if (width_b == 0).all():
                continue
            scale = np.where(
                width_b == 0, 1.0, (high - low) / np.maximum(width_b, 1e-300)
            )
            found.append(Map(scale, np.asarray(low - scale * from_low)))
    return found


def _fitted(
    arrays: Sequence[np.ndarray | None], sources: Sequence[np.ndarray]
) -> Map | None:
    """Return the one map between values of known rows."""
    pairs = [
        (np.ravel(a).astype(float), np.ravel(s).astype(float))
        for a, s in zip(arrays, sources, strict=True)
        if a is not None and a.size == s.size
    ]
    if not pairs:
        return None
    a, s = (np.concatenate(part) for part in zip(*pairs, strict=True))
    if np.allclose(a, s, rtol=NEAR, atol=NEAR * np.abs(s).max(initial=0)):
        return IDENTITY
    design = np.stack([s, np.ones_like(s)], axis=1)
    scale, shift = np.linalg.lstsq(design, a, rcond=None)[0]
    left = np.abs(design @ [scale, shift] - a).max()
    if left > NEAR * max(np.abs(a).max(), 1e-30):
        return None
    return Map(np.array(scale), np.array(shift))


def _epoch(rows: Sequence[np.ndarray] | None, total: int) -> int | None:
    """Return after how many updates a row is taken again."""
    if rows is None:
        return None
    seen: set[int] = set()
    for number, batch in enumerate(rows):
        if number and seen & set(batch.tolist()):
            return number
        seen |= set(batch.tolist())
    return len(rows) if len(seen) == total else None
