"""Gradient: of which parameters, at which, scaled, accumulated."""

from __future__ import annotations

from collections.abc import Iterator

from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.causes.stopped import stopped_causes
from compare.pairs.diagnosis.closeness import gap, named_gap, ratio
from compare.pairs.diagnosis.optimizer_rules import norm
from compare.pairs.diagnosis.steps import Side
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

FEW = 2
"""Gradients that are accumulated."""


def gradient_causes(case: Case, update: int, same: bool) -> Iterator[Cause]:
    """Yield what differs in the gradients of both sides.

    Args:
        case: the sides.
        update: which update, from 0.
        same: whether everything before the gradient is the same.
    """
    stopped = list(stopped_causes(case, update))
    yield from stopped or _forgotten(case)
    for side in case.sides:
        other = case.other(side)
        step = side.steps[update]
        if step.one_by_one and not other.steps[update].one_by_one:
            yield cause(
                case,
                "gradient",
                side,
                "second-gradient",
                note(
                    "{side} takes the gradient of {names} after it has moved "
                    "the other parameters; {other} takes all at once.",
                    names=", ".join(
                        side.anatomy.names[n] for n in step.gradient.sources
                    ),
                ),
                Note("take all gradients first, then move the parameters."),
            )
    yield from _accumulated(case, update)
    yield from _summed(case, update)
    for side in case.sides:
        yield from _never_emptied(case, side)
    if same and not stopped:
        yield from _scaled(case, update)


def _forgotten(case: Case) -> Iterator[Cause]:
    for side in case.sides:
        other = case.other(side)
        gone = sorted(_trained(other) & set(side.numbers) - _trained(side))
        if not gone:
            continue
        key, title, cure = _why_gone(side, gone)
        lengths = [
            norm(g) for k, g in other.steps[0].taken.items() if k in gone
        ]
        yield cause(
            case,
            "gradient",
            side,
            key,
            title.given(
                names=", ".join(gone), size=figure(max(lengths, default=0.0))
            ),
            cure,
            updates=len(side.steps),
        )


def _why_gone(side: Side, gone: list[str]) -> tuple[str, Note, Note]:
    """Return key, title and cure of variables that are not trained."""
    numbers = {side.numbers[name] for name in gone}
    if numbers & side.anatomy.frozen:
        return (
            "frozen-layer",
            Note(
                "{side} does not train {names}: trainable is False there; "
                "{other} has a gradient of length {size} for it."
            ),
            Note("trainable=True on both sides."),
        )
    if all(name in side.steps[0].taken for name in gone):
        return (
            "forgotten-variable",
            Note(
                "{side} takes the gradient of {names}, but never moves it; "
                "{other} does."
            ),
            Note("move all parameters."),
        )
    if numbers & {n for step in side.steps for n in step.gradient.sources}:
        return (
            "disconnected",
            Note(
                "{side}'s loss does not depend on {names}: its gradient is "
                "None; {other} has one of length {size}."
            ),
            Note("compute it with TensorFlow inside of the tape."),
        )
    return (
        "forgotten-variable",
        Note(
            "{side} takes no gradient of {names}, so it never moves; {other} "
            "has one of length {size}."
        ),
        Note("give the tape and the optimizer all parameters."),
    )


def _trained(side: Side) -> set[str]:
    """Return what has a gradient and is moved, in any update."""
    given = {
        name
        for step in side.steps
        for name in (step.taken if step.applied is None else step.applied)
    }
    return given & side.moved


def _accumulated(case: Case, update: int) -> Iterator[Cause]:
    calls = [len(side.steps[update].update.gradients) for side in case.sides]
    if calls[0] == calls[1] or any(
        side.steps[update].one_by_one for side in case.sides
    ):
        return
    number = int(calls[1] > calls[0])
    side = case.sides[number]
    sources = [set(g.sources) for g in side.steps[update].update.gradients]
    if len(sources) > 1 and not sources[0] & sources[1]:
        return
    yield cause(
        case,
        "gradient",
        side,
        "accumulated-sum",
        note(
            "{side} takes {count} gradients per update, {other} {its}.",
            count=calls[number],
            its=calls[1 - number],
        ),
        Note("accumulate as many gradients on both sides."),
    )


def _summed(case: Case, update: int) -> Iterator[Cause]:
    """Yield a sum of accumulated gradients where the other has their mean.

    The sides take the same ones; only one moves by as many times as much.
    """
    one, other = (side.steps[update] for side in case.sides)
    count = len(one.update.gradients)
    if count < FEW or count != len(other.update.gradients):
        return
    if set(one.taken) != set(other.taken) or not one.taken:
        return
    if named_gap(one.taken, other.taken) > 10 * case.bound:
        return
    for side, mine, its in zip(
        case.sides, (one, other), (other, one), strict=True
    ):
        moves = {k: its.change[k] * count for k in its.taken}
        apart = named_gap(mine.change, moves)
        plain = named_gap(mine.change, its.change, moves)
        if case.proves(apart, plain):
            yield cause(
                case,
                "gradient",
                side,
                "accumulated-sum",
                note(
                    "{side} moves by the sum of {count} gradients, {other} by "
                    "their mean.",
                    count=count,
                ),
                note("divide the sum by {count}.", count=count),
                apart,
                plain,
            )


def _never_emptied(case: Case, side: Side) -> Iterator[Cause]:
    """Yield a sum of gradients that goes on over updates."""
    first, second = (side.steps * 2)[:2]
    if first is second or first.applied is None or second.applied is None:
        return
    given, names = second.applied, sorted(second.applied)
    if any(k not in first.taken or k not in second.taken for k in names):
        return
    moved = [k for k in names if first.taken[k].any()]
    if not moved or set(first.applied) != set(given):
        return
    share = ratio(first.applied[moved[0]], first.taken[moved[0]])
    alone = {k: share * second.taken[k] for k in names}
    summed = {k: alone[k] + share * first.taken[k] for k in names}
    apart, plain = named_gap(given, summed), named_gap(given, alone)
    if case.proves(apart, plain):
        yield cause(
            case,
            "gradient",
            side,
            "never-emptied",
            note(
                "{side} accumulates gradients that it never resets: update 2 "
                "gets those of update 1 once more."
            ),
            Note("set the sum of gradients to zero after every update."),
            apart,
            plain,
        )


def _scaled(case: Case, update: int) -> Iterator[Cause]:
    one, other = (side.steps[update].taken for side in case.sides)
    names = sorted(set(one) & set(other))
    if not names or named_gap(one, other) <= case.bound:
        return
    times = {k: ratio(other[k], one[k]) for k in names if one[k].any()}
    if not times:
        return
    first = next(iter(times.values()))
    apart = max(gap(other[k], first * one[k]) for k in names)
    plain = named_gap(one, other)
    if case.proves(apart, plain):
        yield cause(
            case,
            "gradient",
            case.right,
            "gradient-scaled",
            note(
                "{right}'s gradients are {times} times {left}'s, of the same "
                "loss.",
                times=figure(first),
            ),
            Note("use the gradients as the tape gives them."),
            apart,
            plain,
        )
