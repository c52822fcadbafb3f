"""Whether both sides take the same numbers."""

from __future__ import annotations

import numpy as np

from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.rows import Batches


def in_order(values: np.ndarray, batches: Batches, update: int) -> np.ndarray:
    """Put the rows of a batch in the problem's order, where it is known."""
    rows = batches.rows[update] if batches.rows is not None else None
    if rows is None or not values.ndim or len(rows) != len(values):
        return values
    return np.asarray(values[np.argsort(rows, kind="stable")])


def labels(values: np.ndarray) -> np.ndarray:
    """Return the classes of one-hot rows; other values as they are."""
    flat = values.reshape(len(values), -1)
    one_hot = flat.shape[1] > 1 and ((flat != 0).sum(axis=1) == 1).all()
    return flat.argmax(axis=1) if one_hot else values


def same_batch(
    left: Batches, right: Batches, update: int, bound: float
) -> bool | None:
    """Whether both sides take the same numbers in an update.

    Returns:
        None if it is not known; the order within the batch is left aside.
    """
    if left.sizes[update] != right.sizes[update]:
        return False
    rows = [b.rows[update] for b in (left, right) if b.rows is not None]
    both = len(rows) == 2
    if both and set(rows[0].tolist()) != set(rows[1].tolist()):
        return False
    pairs = [
        (in_order(a, left, update), in_order(b, right, update))
        for a, b in (
            (left.xs[update], right.xs[update]),
            (left.ys[update], right.ys[update]),
        )
        if a is not None and b is not None
    ]
    pairs = [
        (a, b) if a.size == b.size else (labels(a), labels(b))
        for a, b in pairs
    ]
    seen = [gap(a, b) <= bound for a, b in pairs if a.size == b.size]
    return all(seen) if seen else (True if both else None)


def same_data(left: Batches, right: Batches, bound: float) -> bool | None:
    """Whether both sides see the same batches; None if it is not known."""
    known = [
        same_batch(left, right, update, bound)
        for update in range(min(len(left.sizes), len(right.sizes)))
    ]
    if False in known:
        return False
    return True if known and None not in known else None
