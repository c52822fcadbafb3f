"""Data: other rows, another order, another number of them, scaled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.rows import Batches, Map
from compare.pairs.diagnosis.steps import Side
from compare.records import Note, note
from compare.records.diagnosis import Cause

KERAS_BATCH = 32


def data_causes(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
    """Yield what differs in the batches of both sides.

    Args:
        case: the sides.
        left: batches of the left side.
        right: batches of the right side.
    """
    yield from _scaled(case, left, right)
    if left.rows is None or right.rows is None:
        yield from _sizes(case, left, right)
        return
    if bool(left.apart) != bool(right.apart):
        yield _apart(case, left, right)
        return
    missing = list(_missing(case, left, right))
    sized = [] if missing else list(_sizes(case, left, right))
    yield from (*missing, *sized)
    if not sized and not missing:
        yield from _order(case, left, right)


def same_data(left: Batches, right: Batches, bound: float) -> bool | None:
    """Whether both sides see the same batches; None if it is not known."""
    if not left.sizes or not right.sizes:
        return None
    if left.rows is not None and right.rows is not None:
        return not (
            bool(left.apart) != bool(right.apart)
            or _differ(left.x, right.x)
            or _differ(left.y, right.y)
            or any(
                set(a.tolist()) != set(b.tolist())
                for a, b in zip(left.rows, right.rows, strict=False)
            )
        )
    known = [
        (a, b)
        for own in ((left.xs, right.xs), (left.ys, right.ys))
        for a, b in zip(*own, strict=False)
        if a is not None and b is not None
    ]
    if not known:
        return None
    return all(gap(a, b) <= bound for a, b in known)


def _apart(case: Case, left: Batches, right: Batches) -> Cause:
    """Say that y comes in another order than x."""
    side, own = (case.left, left) if left.apart else (case.right, right)
    assert own.rows is not None
    assert own.apart is not None
    y = case.problem.y
    seen = own.ys[0]
    assert seen is not None
    return cause(
        "data",
        side,
        "shuffled-apart",
        note(
            "{side} takes y in another order than x: update 1 has x of rows "
            "{rows} with y of rows {others}.",
            side=side.name,
            rows=_some(own.rows[0]),
            others=_some(own.apart[0]),
        ),
        Note("shuffle x and y together."),
        gap(seen, y[own.apart[0]]),
        gap(seen, y[own.rows[0]]),
        place=side.steps[0].update.place or side.steps[0].gradient.place,
    )


def _differ(one: Map | None, other: Map | None) -> bool:
    if one is None or other is None:
        return False
    if one.cast != other.cast:
        return True
    return not (
        np.allclose(one.scale, other.scale, rtol=1e-6)
        and np.allclose(
            one.shift,
            other.shift,
            atol=1e-6 * float(np.abs(one.scale).max()),
            rtol=1e-6,
        )
    )


# --- Scaled


def _scaled(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
    for what, one, other in (
        ("x", left.x, right.x),
        ("y", left.y, right.y),
    ):
        if one is None or other is None or not _differ(one, other):
            continue
        side, done, without = case.right, other, one
        batches = right
        if not other.changes:
            side, done, without, batches = case.left, one, other, left
        seen = batches.xs[0] if what == "x" else batches.ys[0]
        source = case.problem.x if what == "x" else case.problem.y
        if seen is None or batches.rows is None:
            continue
        rows = source[batches.rows[0]]
        yield cause(
            "data",
            side,
            "data-scaled",
            note(
                "{side} trains on {what} {done}, {other} on {what} {without}.",
                side=side.name,
                other=case.other(side).name,
                what=what,
                done=_said(done),
                without=_said(without),
            ),
            note(
                "scale {what} in the same way on both sides, before the "
                "training.",
                what=what,
            ),
            gap(seen, done.of(rows)),
            gap(seen, without.of(rows)),
            place=side.steps[0].update.place,
        )


def _said(done: Map) -> str:
    """Show a map, such as "/ 255", "* 2 + 1"."""
    if not done.changes:
        return "as it is"
    if done.cast:
        return f"rounded to {done.cast}"
    if done.scale.size > 1:
        return "with every feature scaled by itself"
    scale, shift = float(done.scale.ravel()[0]), float(done.shift.ravel()[0])
    text = ""
    if abs(scale - 1) > 1e-6:
        inverse = 1 / scale if scale else 0.0
        whole = abs(inverse) > 1 and abs(inverse - round(inverse)) < 1e-3
        text = f"/ {round(inverse)}" if whole else f"* {figure(scale)}"
    if abs(shift) > 1e-6 * max(abs(scale), 1e-30):
        text += f" {'-' if shift < 0 else '+'} {figure(abs(shift))}"
    return text.strip()


# --- Counted


def _sizes(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
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
                "data",
                dropped,
                "tail-dropped",
                note(
                    "{side} leaves out the last batch of an epoch, of {tail} "
                    "rows; {other} trains on it.",
                    side=dropped.name,
                    other=case.other(dropped).name,
                    tail=tail,
                ),
                Note("batch(..., drop_remainder=False) on both sides."),
                0.0,
                1.0,
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
        "data",
        side,
        "fit-batch-size" if fits else "batch-size",
        title,
        cure,
        0.0,
        abs(size - right_one) / max(size, right_one),
        place=side.anatomy.places.get("fit", ""),
    )


def _epoch_rows(batches: Batches) -> list[int]:
    assert batches.rows is not None
    rows = batches.rows[: batches.epoch or len(batches.rows)]
    return [int(row) for batch in rows for row in batch]


def _missing(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
    """Yield rows that only one side trains on, and rows taken twice."""
    seen = [_epoch_rows(batches) for batches in (left, right)]
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
                "data",
                side,
                "rows-repeated",
                note(
                    "{side} takes {count} rows more than once in an update.",
                    side=side.name,
                    count=len(rows) - len(set(rows)),
                ),
                Note("take every row once per epoch."),
                0.0,
                1.0,
            )


def _left_out(case: Case, side: Side, gone: list[int]) -> Cause:
    fits = side.anatomy.fits
    share = fits[0].validation_split if fits else 0.0
    total = len(case.problem.x)
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
    return cause(
        "data",
        side,
        key,
        title,
        cure,
        0.0,
        len(gone) / total,
        place=side.anatomy.places.get("fit", ""),
    )


# --- In another order


def _order(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
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
    side, batches = case.right, right
    if _in_order(right) and not _in_order(left):
        side, batches = case.left, left
    update = differ[0]
    assert batches.rows is not None
    fits = side.anatomy.fits
    drawn = bool(fits) and fits[0].shuffle
    values = {
        "side": side.name,
        "other": case.other(side).name,
        "update": f"{update + 1:,}",
        "mine": _some(batches.rows[update]),
        "theirs": _some((left if side is case.right else right).rows[update]),  # type: ignore[index]
    }
    if drawn:
        key = "fit-shuffles"
        title = Note(
            "{side}'s fit shuffles the rows in every epoch (shuffle=True is "
            "its default): update {update} takes rows {mine} where {other} "
            "takes {theirs}.",
            values,
        )
        cure = Note("fit(..., shuffle=False), or one order for both sides.")
    else:
        key = "order"
        title = Note(
            "{side} takes the rows in another order: update {update} has rows "
            "{mine} where {other} has {theirs}.",
            values,
        )
        cure = Note("take the rows in one order on both sides.")
    yield cause(
        "data",
        side,
        key,
        title,
        cure,
        0.0,
        1.0,
        place=side.anatomy.places.get("fit", "") or side.steps[0].update.place,
        updates=len(left.rows),
    )


def _in_order(batches: Batches) -> bool:
    rows = np.array(_epoch_rows(batches))
    return bool((np.diff(rows) == 1).all())


def _some(rows: np.ndarray) -> str:
    """Show the first rows, counted from 1."""
    shown = ", ".join(str(int(row) + 1) for row in rows[:4])
    return f"{shown}{', ...' if len(rows) > 4 else ''}"
