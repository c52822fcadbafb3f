"""Data: other rows, another order, another number of them, scaled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.causes.row_counts import (
    missing_causes,
    size_causes,
)
from compare.pairs.diagnosis.causes.row_order import order_causes
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.rows import Batches, Map
from compare.records.diagnosis import Cause
from compare.records.note import note


def data_causes(case: Case, left: Batches, right: Batches) -> Iterator[Cause]:
    """Yield what differs in the batches of both sides.

    Args:
        case: the sides.
        left: batches of the left side.
        right: batches of the right side.
    """
    yield from _scaled(case, left, right)
    if left.rows is None or right.rows is None:
        yield from size_causes(case, left, right)
        return
    sized = list(size_causes(case, left, right))
    yield from sized
    missing = list(missing_causes(case, left, right))
    yield from missing
    if not sized and not missing:
        yield from order_causes(case, left, right)


def same_data(left: Batches, right: Batches, bound: float) -> bool | None:
    """Whether both sides see the same batches; None if it is not known."""
    if not left.sizes or not right.sizes:
        return None
    if left.rows is not None and right.rows is not None:
        return not (
            _differ(left.x, right.x)
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


def _differ(one: Map | None, other: Map | None) -> bool:
    if one is None or other is None:
        return False
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
        rows = source[batches.rows[0]].reshape(len(seen), -1)
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
            gap(seen, rows * done.scale + done.shift),
            gap(seen, rows * without.scale + without.shift),
            place=side.steps[0].update.place,
        )


def _said(done: Map) -> str:
    """Show a map, such as "/ 255", "* 2 + 1"."""
    if not done.changes:
        return "as it is"
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
