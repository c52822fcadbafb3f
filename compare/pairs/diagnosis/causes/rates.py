"""Update: another learning rate, a schedule, a state that is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

LEAST_RATES = 3
"""Rates that have to be those of a schedule a step later."""

LEAST_DISTINCT = 2
"""How many of them have to differ from each other."""


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
    ahead = _ahead(case, one.rates, other.rates)
    if ahead is not None:
        key = "schedule"
        title = ahead
    elif one.is_steady and other.is_steady:
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
            its=figure(its), mine=figure(mine), update=f"{first + 1:,}"
        ),
        Note("use the same learning rate on both sides."),
        one,
        other,
        gap_to_rule(case.right, replace(other, rates=one.rates)),
        side,
    )


def _ahead(
    case: Case, one: Sequence[float], other: Sequence[float]
) -> Note | None:
    """Say that one side has always the rate that the other has later."""
    for side, early, late in (
        (case.left, one, other),
        (case.right, other, one),
    ):
        for by in range(1, len(late) - LEAST_RATES + 1):
            pairs = list(zip(early, late[by:], strict=False))
            distinct = {figure(rate) for rate, _ in pairs}
            if len(distinct) < LEAST_DISTINCT or not all(
                abs(a - b) <= SAME_RATE * max(abs(a), abs(b)) for a, b in pairs
            ):
                continue
            epoch = by > 1 and by == case.problem.steps_per_epoch
            text = (
                Note(
                    "{side}'s learning rate is always the one that {other} "
                    "has an epoch later (at update 1: {early} and {late}): "
                    "its schedule is an epoch ahead."
                )
                if epoch
                else Note(
                    "{side}'s learning rate is always the one that {other} "
                    "has {by} updates later (at update 1: {early} and "
                    "{late}): its schedule is ahead."
                )
                if by > 1
                else Note(
                    "{side}'s learning rate is always the one that {other} "
                    "has an update later (at update 1: {early} and {late}): "
                    "its schedule is a step ahead."
                )
            )
            return text.given(
                side=side.name,
                other=case.other(side).name,
                by=by,
                early=figure(early[0]),
                late=figure(late[0]),
            )
    return None


def _key(mine: float, its: float, momentum: float) -> str:
    """Name a pair of rates; what dampened momentum is, is 1 - momentum."""
    if its * mine < 0:
        return "wrong-sign"
    times = min(mine / its, its / mine) if mine and its else 0.0
    dampened = momentum and abs(times / (1 - momentum) - 1) < SAME_RATE
    return "dampened-momentum" if dampened else "learning-rate"


def reset_causes(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    """Yield an optimizer that is made anew on the way."""
    for side, rule, its in ((case.left, one, other), (case.right, other, one)):
        if not rule.resets or its.resets == rule.resets or not rule.has_state:
            continue
        yield from rule_causes(
            case,
            "state",
            "state-lost",
            note(
                "{side} starts with a new optimizer at update {update}, which "
                "has lost its state; {other} keeps one.",
                update=f"{rule.resets[0] + 1:,}",
            ),
            Note("make the optimizer once, before the loop."),
            one,
            other,
            1.0,
            side,
        )
