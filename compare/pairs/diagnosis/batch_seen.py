"""The batch of an update: where it was seen, and the problem's rows in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compare.pairs.diagnosis.anatomy import Gradient
from compare.pairs.diagnosis.steps import Step
from compare.records.problem import Problem

NEAR = 1e-6
"""Relative difference of equal rows: float32's 6e-8, and that of scaling."""


def batch_of(
    step: Step, problem: Problem
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return a step's x and y, from the tape where Keras shows none.

    Where gradients are accumulated, a tape shows the y of each alone.
    """
    update = step.update
    x, y = update.x, update.y
    if x is not None and y is not None:
        return x, y
    several = len(update.gradients)
    if step.one_by_one or several == 1:
        return _on_tape(leaves_of(step.gradient), x, y, problem, several)
    seen = [
        _on_tape(leaves_of(g), None, None, problem, 1)
        for g in update.gradients
    ]
    xs, ys = (
        [part for part in own if part is not None]
        for own in zip(*seen, strict=True)
    )
    return (
        np.concatenate(xs) if x is None and len(xs) == several else x,
        np.concatenate(ys) if y is None and len(ys) == several else y,
    )


def _on_tape(
    leaves: Sequence[np.ndarray],
    x: np.ndarray | None,
    y: np.ndarray | None,
    problem: Problem,
    several: int,
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Fill in what a tape shows of a batch."""
    if x is None:
        x = _first_like(leaves, problem.x)
    if y is None:
        rest = [
            v
            for v in leaves
            if v is not x
            and (x is None or len(x) in (len(v), several * len(v)))
        ]
        y = _first_like(rest, problem.y)
        if y is None and x is not None:
            y = next(iter(rest), None)
    return x, y


def leaves_of(gradient: Gradient) -> list[np.ndarray]:
    """Return the arrays that came to a tape from outside."""
    return [
        t.value
        for t in gradient.tape
        if not t.kind and t.upstream is None and t.value.ndim  # no parameter
    ]


def _first_like(
    values: Sequence[np.ndarray], source: np.ndarray
) -> np.ndarray | None:
    """Return the first array that has rows of the source, by its numbers."""
    for value in values:
        if found_rows(value, source) is not None:
            return value
    width = source[0].size
    return next(
        (v for v in values if v.size == len(v) * width and width > 1), None
    )


def _keys(values: np.ndarray) -> np.ndarray:
    """Return a number for each row; equal rows have equal numbers."""
    flat = values.reshape(len(values), -1).astype(float)
    by = np.random.default_rng(7).uniform(0.5, 1.5, flat.shape[1])
    return np.asarray(flat @ by)


def found_rows(
    batch: np.ndarray, source: np.ndarray, used: set[int] | None = None
) -> np.ndarray | None:
    """Return which rows of the source a batch has; unused ones first."""
    used = set() if used is None else used
    if not batch.ndim or batch[0].size != source[0].size:
        return None
    keys, wanted = _keys(source), _keys(batch)
    near = NEAR * max(float(np.abs(keys).max()), 1e-30)
    found = []
    mine = set(used)
    for key in wanted:
        places = np.flatnonzero(np.abs(keys - key) <= near)
        if not len(places):
            return None
        free = next((p for p in places if p not in mine), places[0])
        mine.add(int(free))
        found.append(int(free))
    used |= mine
    if len(used) == len(source):
        used.clear()
    return np.array(found)
