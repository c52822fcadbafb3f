"""Data: the same rows in another order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.causes.naming import Case, cause
from compare.pairs.diagnosis.causes.row_counts import epoch_rows
from compare.pairs.diagnosis.rows import Batches
from compare.records.diagnosis import Cause
from compare.records.note import Note


def order_causes(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
    """Yield updates with other rows, where all rows are the same."""
    assert left.rows is not None
    assert right.rows is not None
    differ = [
        update
        for update, (a, b) in enumerate(
            zip(left.rows, right.rows, strict=False)
        )
        if set(a.tolist()) != set(b.tolist())
    ]
    if not differ:
        return
    side, rows, others = case.right, right.rows, left.rows
    if _in_order(right) and not _in_order(left):
        side, rows, others = case.left, left.rows, right.rows
    fits = side.anatomy.fits
    if fits and fits[0].shuffle:
        key = "fit-shuffles"
        title = Note(
            "{side}'s fit shuffles the rows in every epoch (shuffle=True is "
            "its default): update {update} takes rows {mine} where {other} "
            "takes {theirs}."
        )
        cure = Note("fit(..., shuffle=False), or one order for both sides.")
    else:
        key = "order"
        title = Note(
            "{side} takes the rows in another order: update {update} has rows "
            "{mine} where {other} has {theirs}."
        )
        cure = Note("take the rows in one order on both sides.")
    yield cause(
        case,
        "data",
        side,
        key,
        title.given(
            update=f"{differ[0] + 1:,}",
            mine=some_rows(rows[differ[0]]),
            theirs=some_rows(others[differ[0]]),
        ),
        cure,
        updates=len(left.rows),
    )


def _in_order(batches: Batches) -> bool:
    rows = np.array(epoch_rows(batches))
    return bool((np.diff(rows) == 1).all())


def some_rows(rows: np.ndarray) -> str:
    """Show the first rows, counted from 1."""
    shown = ", ".join(str(int(row) + 1) for row in rows[:4])
    return f"{shown}{', ...' if len(rows) > 4 else ''}"
