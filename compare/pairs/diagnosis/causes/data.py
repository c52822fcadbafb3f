"""Data: other rows, another order, another number of them, scaled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.causes.row_counts import (
    missing_causes,
    size_causes,
)
from compare.pairs.diagnosis.causes.row_order import order_causes, some_rows
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.rows import Batches, Map
from compare.pairs.diagnosis.same_batches import labels
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

LEAST = 8
"""Rows that must be seen before targets are said to be shifted."""


def data_causes(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
    """Yield what differs in the batches of both sides.

    Args:
        case: the sides.
        left: batches of the left side.
        right: batches of the right side.
    """
    yield from _scaled(case, left, right)
    taken = [len(side.steps[0].update.gradients) for side in case.sides]
    if taken[0] != taken[1]:
        return  # one side accumulates
    if left.rows is None or right.rows is None:
        yield from size_causes(case, left, right)
        return
    shifted = list(_labels(case, left, right))
    yield from shifted
    if not shifted and bool(left.apart) != bool(right.apart):
        yield _apart(case, left, right)
        return
    missing = list(missing_causes(case, left, right))
    sized = [] if missing else list(size_causes(case, left, right))
    yield from (*missing, *sized)
    if not sized and not missing:
        yield from order_causes(case, left, right)


def _apart(case: Case, left: Batches, right: Batches) -> Cause:
    """Say that y comes in another order than x."""
    side, own = (case.left, left) if left.apart else (case.right, right)
    assert own.rows is not None
    assert own.apart is not None
    y = case.problem.y
    seen = own.ys[0]
    assert seen is not None
    return cause(
        case,
        "data",
        side,
        "shuffled-apart",
        note(
            "{side} takes y in another order than x: update 1 has x of rows "
            "{rows} with y of rows {others}.",
            rows=some_rows(own.rows[0]),
            others=some_rows(own.apart[0]),
        ),
        Note("shuffle x and y together."),
        gap(seen, y[own.apart[0]]),
        gap(seen, y[own.rows[0]]),
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


def _scaled(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
    for what, one, other in (("x", left.x, right.x), ("y", left.y, right.y)):
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
            case,
            "data",
            side,
            "data-scaled",
            note(
                "{side} trains on {what} {done}, {other} on {what} {without}.",
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


def _labels(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
    """Yield targets that are those of rows a fixed distance away."""
    source = labels(case.problem.y)
    for side, own in zip(case.sides, (left, right), strict=True):
        known = [
            (rows, labels(y))
            for rows, y in zip(own.rows or (), own.ys, strict=False)
            if y is not None and len(y) == len(rows)
        ]
        if not known:
            continue
        rows, seen = (
            np.concatenate(part) for part in zip(*known, strict=True)
        )
        if seen.size != source[rows].size or len(set(rows.tolist())) < LEAST:
            continue
        plain = gap(seen, source[rows])
        apart = {
            shift: gap(seen, source[(rows + shift) % len(source)])
            for far in range(1, len(source) // 2 + 1)
            for shift in (-far, far)
        }
        shift = min(apart, key=lambda shift: apart[shift])
        if case.proves(apart[shift], plain):
            yield cause(
                case,
                "data",
                side,
                "labels-shifted",
                note(
                    "{side} trains on y shifted by {shift}: row {row} has the "
                    "target of row {its}.",
                    shift=-shift,
                    row=rows[0] + 1,
                    its=(rows[0] + shift) % len(source) + 1,
                ),
                Note("give every row its own target."),
                apart[shift],
                plain,
                updates=len(known),
            )
