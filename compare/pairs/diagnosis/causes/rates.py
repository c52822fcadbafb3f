"""Update: another learning rate, a schedule, a state that is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compare.pairs.diagnosis.causes.naming import Case, figure
from compare.pairs.diagnosis.causes.rule_cause import (
    gap_to_rule,
    nearly_equal,
    rule_causes,
)
from compare.pairs.diagnosis.optimizer_rules import Rule
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

SAME_RATE = 1e-6


def rate_causes(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    """Yield another learning rate, or one that changes on the way."""
    pairs = list(zip(one.rates, other.rates, strict=False))
    differ = [
        update
        for update, (a, b) in enumerate(pairs)
        if abs(a - b) > SAME_RATE * max(abs(a), abs(b))
    ]
    if not differ:
        return
    first = differ[0]
    mine, its = pairs[first]
    side = case.right
    wanted = float(case.problem.hyper.get("learning_rate", 0.0))
    if nearly_equal(its, wanted) and not nearly_equal(mine, wanted):
        side = case.left
    if one.is_steady and other.is_steady:
        key = _key(mine, its, float(one.settings.get("momentum") or 0.0))
        title = (
            Note(
                "{right} has the learning rate {its}, {left} {mine}: 1 - "
                "momentum is between them, as in a running mean of gradients."
            )
            if key == "dampened-momentum"
            else Note("{right} has the learning rate {its}, {left} {mine}.")
        )
    else:
        key = "schedule"
        title = Note(
            "the learning rate changes on the way: at update {update} {right} "
            "has {its}, {left} {mine}."
        )
    yield from rule_causes(
        case,
        "update",
        key,
        title.given(
            right=case.right.name,
            left=case.left.name,
            its=figure(its),
            mine=figure(mine),
            update=f"{first + 1:,}",
        ),
        Note("use the same learning rate on both sides."),
        one,
        other,
        gap_to_rule(case.right, replace(other, rates=one.rates)),
        side,
    )


def _key(mine: float, its: float, momentum: float) -> str:
    """Name a pair of rates; what dampened momentum is, is 1 - momentum."""
    if its * mine < 0:
        return "wrong-sign"
    times = min(mine / its, its / mine) if mine and its else 0.0
    dampened = momentum and abs(times / (1 - momentum) - 1) < SAME_RATE
    return "dampened-momentum" if dampened else "learning-rate"


def reset_causes(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    """Yield an optimizer that is made anew on the way."""
    for side, rule, its in (
        (case.left, one, other),
        (case.right, other, one),
    ):
        if not rule.resets or its.resets == rule.resets or not rule.has_state:
            continue
        yield from rule_causes(
            case,
            "state",
            "state-lost",
            note(
                "{side} starts with a new optimizer at update {update}, which "
                "has lost its state; {other} keeps one.",
                side=side.name,
                other=case.other(side).name,
                update=f"{rule.resets[0] + 1:,}",
            ),
            Note("make the optimizer once, before the loop."),
            one,
            other,
            1.0,
            side,
        )
