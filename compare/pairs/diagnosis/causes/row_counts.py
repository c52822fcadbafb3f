"""Data: another batch size, a tail left out, rows missing or repeated."""

from __future__ import annotations

from collections.abc import Iterator

from compare.pairs.diagnosis.causes.naming import Case, cause
from compare.pairs.diagnosis.rows import Batches
from compare.pairs.diagnosis.steps import Side
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

KERAS_BATCH = 32


def size_causes(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
    """Yield another batch size, or a tail batch that one side drops."""
    one, other = max(left.sizes, default=0), max(right.sizes, default=0)
    if not one or not other:
        return
    if one != other:
        yield _batch_size(case, one, other)
        return
    for side, own, its in ((0, left, right), (1, right, left)):
        tail = _tail(its)
        never = own.rows and its.rows and len(_never(own, its))
        if tail and never == tail:
            dropped = case.sides[side]
            yield cause(
                case,
                "data",
                dropped,
                "tail-dropped",
                note(
                    "{side} leaves out the last batch of an epoch, of {tail} "
                    "rows; {other} trains on it.",
                    tail=tail,
                ),
                Note("batch(..., drop_remainder=False) on both sides."),
                updates=len(own.sizes),
            )


def _never(own: Batches, its: Batches) -> set[int]:
    """Return the rows that one side takes and the other never."""
    seen = [
        {int(row) for batch in b.rows or () for row in batch}
        for b in (own, its)
    ]
    return seen[1] - seen[0]


def _tail(batches: Batches) -> int | None:
    """Return the rows of a smaller last batch of the first epoch."""
    if batches.epoch is None or batches.epoch > len(batches.sizes):
        return None
    last = batches.sizes[batches.epoch - 1]
    return last if last < max(batches.sizes) else None


def _batch_size(case: Case, one: int, other: int) -> Cause:
    wanted = min(case.problem.batch_size, len(case.problem.x))
    side, size, right_one = case.right, other, one
    if other == wanted:
        side, size, right_one = case.left, one, other
    fits = side.anatomy.fits
    default = bool(fits) and fits[0].batch_size is None
    values = {
        "side": side.name,
        "other": case.other(side).name,
        "size": str(size),
        "wanted": str(right_one),
    }
    if default and size == KERAS_BATCH:
        title = Note(
            "{side} takes {size} rows per update, Keras's default, and "
            "{other} {wanted}.",
            values,
        )
    else:
        title = Note(
            "{side} takes {size} rows per update, {other} {wanted}.", values
        )
    cure = (
        Note("fit(..., batch_size={wanted}).", values)
        if fits
        else Note("batches of {wanted} rows.", values)
    )
    return cause(
        case,
        "data",
        side,
        "fit-batch-size" if fits else "batch-size",
        title,
        cure,
    )


def epoch_rows(batches: Batches) -> list[int]:
    """Return the rows of the first epoch, in order."""
    assert batches.rows is not None
    rows = batches.rows[: batches.epoch or len(batches.rows)]
    return [int(row) for batch in rows for row in batch]


def missing_causes(
    case: Case, left: Batches, right: Batches
) -> Iterator[Cause]:
    """Yield rows that only one side trains on, and rows taken twice."""
    seen = [epoch_rows(batches) for batches in (left, right)]
    whole = [set(rows) for rows in seen]
    length = min(map(len, seen))
    for number, side in enumerate(case.sides):
        gone = sorted(whole[1 - number] - whole[number])
        ended = (left, right)[number].epoch is not None
        if not gone or not ended or len(seen[1 - number]) < length:
            continue
        if _tail((left, right)[1 - number]) == len(gone):
            continue
        yield _left_out(case, side, gone)
    for number, side in enumerate(case.sides):
        rows, its = seen[number], seen[1 - number]
        if len(rows) > len(set(rows)) and len(its) == len(set(its)):
            yield cause(
                case,
                "data",
                side,
                "rows-repeated",
                note(
                    "{side} takes {count} rows more than once in an update.",
                    count=len(rows) - len(set(rows)),
                ),
                Note("take every row once per epoch."),
            )


def _left_out(case: Case, side: Side, gone: list[int]) -> Cause:
    fits = side.anatomy.fits
    share = fits[0].validation_split if fits else 0.0
    values = {
        "side": side.name,
        "other": case.other(side).name,
        "count": str(len(gone)),
        "first": str(gone[0] + 1),
        "last": str(gone[-1] + 1),
        "share": f"{share:.0%}",
    }
    if share:
        key = "validation-split"
        title = Note(
            "{side} holds out {count} rows, {first} to {last} "
            "(validation_split, {share}); {other} trains on them.",
            values,
        )
        cure = Note("hold the same rows out on both sides.")
    else:
        key = "rows-missing"
        title = Note(
            "{side} never takes {count} rows, among {first} to {last}; "
            "{other} trains on them.",
            values,
        )
        cure = Note("take all rows on both sides.")
    return cause(case, "data", side, key, title, cure)
