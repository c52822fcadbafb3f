"""Gradient: of which parameters, at which, scaled, accumulated."""

from __future__ import annotations

from collections.abc import Iterator

from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.closeness import gap, named_gap, ratio
from compare.pairs.diagnosis.optimizers import CLIPS, clip, norm
from compare.pairs.diagnosis.steps import Named, Side, Step
from compare.records import Note, note
from compare.records.diagnosis import Cause


def gradient_causes(case: Case, update: int, same: bool) -> Iterator[Cause]:
    """Yield what differs in the gradients of both sides.

    Args:
        case: the sides.
        update: which update, from 0.
        same: whether everything before the gradient is the same.
    """
    yield from _forgotten(case)
    for side in case.sides:
        other = case.other(side)
        step = side.steps[update]
        if step.one_by_one and not other.steps[update].one_by_one:
            yield cause(
                "gradient",
                side,
                "second-gradient",
                note(
                    "{side} takes the gradient of {names} after it has moved "
                    "the other parameters; {other} takes all at once.",
                    side=side.name,
                    names=", ".join(
                        side.anatomy.names[n] for n in step.gradient.sources
                    ),
                    other=other.name,
                ),
                Note("take all gradients first, then move the parameters."),
                0.0,
                1.0,
                place=step.gradient.place,
            )
    yield from _accumulated(case, update)
    if same:
        yield from _scaled(case, update)


def _forgotten(case: Case) -> Iterator[Cause]:
    for side in case.sides:
        other = case.other(side)
        gone = [
            name
            for name in _trained(other)
            if name not in _trained(side) and name in side.numbers
        ]
        if not gone:
            continue
        step = side.steps[0]
        sources = {n for s in side.steps for n in s.gradient.sources}
        asked = [name for name in gone if side.numbers[name] in sources]
        frozen = [
            name for name in gone if side.numbers[name] in side.anatomy.frozen
        ]
        values = {
            "side": side.name,
            "other": other.name,
            "names": ", ".join(gone),
            "size": figure(
                max(norm(other.steps[0].taken[k]) for k in gone)
                if all(k in other.steps[0].taken for k in gone)
                else 0.0
            ),
        }
        if frozen:
            key = "frozen-layer"
            title = Note(
                "{side} does not train {names}: trainable is False there; "
                "{other} has a gradient of length {size} for it.",
                values,
            )
            cure = Note("trainable=True on both sides.")
        elif asked:
            key = "disconnected"
            title = Note(
                "{side}'s loss does not depend on {names}: its gradient is "
                "None; {other} has one of length {size}.",
                values,
            )
            cure = Note("compute it with TensorFlow inside of the tape.")
            if all(k in step.taken for k in gone):
                key = "forgotten-variable"
                title = Note(
                    "{side} takes the gradient of {names}, but never moves "
                    "it; {other} does.",
                    values,
                )
                cure = Note("move all parameters.")
        else:
            key = "forgotten-variable"
            title = Note(
                "{side} takes no gradient of {names}, so it never moves; "
                "{other} has one of length {size}.",
                values,
            )
            cure = Note("give the tape and the optimizer all parameters.")
        yield cause(
            "gradient",
            side,
            key,
            title,
            cure,
            max(gap(step.after[k], step.before[k]) for k in gone),
            1.0,
            place=step.gradient.place,
            updates=len(side.steps),
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
        "gradient",
        side,
        "accumulated-sum",
        note(
            "{side} takes {count} gradients per update, {other} {its}.",
            side=side.name,
            other=case.other(side).name,
            count=calls[number],
            its=calls[1 - number],
        ),
        Note("move the parameters after every gradient on both sides."),
        0.0,
        1.0,
        place=side.steps[update].gradient.place,
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
            "gradient",
            case.right,
            "gradient-scaled",
            note(
                "{right}'s gradients are {times} times {left}'s, of the same "
                "loss.",
                right=case.right.name,
                left=case.left.name,
                times=figure(first),
            ),
            Note("use the gradients as the tape gives them."),
            apart,
            plain,
            place=case.right.steps[update].gradient.place,
        )


# --- Between the tape and the optimizer


def between(step: Step, bound: float) -> tuple[str, float, float] | None:
    """Tell what was done to gradients before the optimizer got them.

    Returns:
        "" for nothing, one of `CLIPS` or "scaled"; its limit or factor; and
        the gap. None if it is none of these, or no optimizer was seen.
    """
    given, taken = step.applied, step.taken
    if given is None or set(given) - set(taken):
        return None
    own = {k: taken[k] for k in given}
    if named_gap(given, own) <= bound:
        return "", 0.0, named_gap(given, own)
    for kind in CLIPS:
        limit = _limit(kind, given, own)
        apart = named_gap(given, clip(kind, limit, own))
        if apart <= bound:
            return kind, limit, apart
    flat = [(given[k], own[k]) for k in given if own[k].any()]
    times = ratio(*flat[0]) if flat else 0.0
    apart = max((gap(a, times * b) for a, b in flat), default=1.0)
    return ("scaled", times, apart) if apart <= bound else None


def _limit(kind: str, given: Named, own: Named) -> float:
    """Return the limit that a clipping would have had."""
    if kind == "clipvalue":
        return max(float(abs(g).max(initial=0)) for g in given.values())
    if kind == "clipnorm":
        return max(
            (
                norm(g)
                for k, g in given.items()
                if norm(g) < norm(own[k]) * (1 - 1e-6)
            ),
            default=0.0,
        )
    return float(sum(norm(g) ** 2 for g in given.values()) ** 0.5)
