"""The rows of scripts, which bring their own: what was seen of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compare.pairs.diagnosis.anatomy import Anatomy, Update
from compare.pairs.diagnosis.batch_seen import leaves_of
from compare.records.problem import Problem


def with_rows(problem: Problem, sides: Sequence[Anatomy]) -> Problem:
    """Give a problem the rows that a side takes, each once.

    Args:
        problem: of two scripts.
        sides: both; they are taken of the one that shows more of them.
    """
    found = [_with_rows(problem, side) for side in sides]
    known = [p for p in found if p is not None]
    return max(known, key=lambda p: len(p.x)) if known else problem


def _with_rows(problem: Problem, side: Anatomy) -> Problem | None:
    if side.updates:
        pairs = [_batch(update) for update in side.updates]
        seen = [pair for pair in pairs if pair is not None]
        shapes = {(x.shape[1:], y.shape[1:]) for x, y in seen}
        if len(seen) == len(pairs) and len(shapes) == 1:
            x, y = (np.concatenate(part) for part in zip(*seen, strict=True))
            flat = x.reshape(len(x), -1)
            _, first = np.unique(flat, axis=0, return_index=True)
            rows = np.sort(first)
            size = max(len(x) for x, _ in seen)
            return problem.replace(
                x=x[rows].astype(float),
                y=y[rows].astype(float),
                batch_size=size,
                epochs=max(1, round(problem.steps * size / len(rows))),
            )
    return None


def _batch(update: Update) -> tuple[np.ndarray, np.ndarray] | None:
    """Return x and y of an update, from the tape where Keras shows none."""
    x, y = update.x, update.y
    if x is None or y is None:
        rest = leaves_of(update.gradients[0])
        x = rest.pop(0) if x is None and rest else x
        if y is None:
            y = next((v for v in rest if x is None or len(v) == len(x)), None)
    if x is None or y is None or not x.ndim or len(x) != len(y):
        return None
    return x, y
