"""Gradient: it is stopped on its way through one side's model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from compare.pairs.diagnosis.causes.naming import Case, cause
from compare.pairs.diagnosis.closeness import gap, named_gap
from compare.pairs.diagnosis.heads import target_of
from compare.pairs.diagnosis.replay import Change, Replay
from compare.pairs.diagnosis.steps import Named, Side
from compare.records.diagnosis import Cause
from compare.records.note import Note, note


def stopped_causes(case: Case, update: int) -> Iterator[Cause]:
    """Yield a stopped gradient: without it, it is the other side's.

    Args:
        case: the sides; where they compute another loss, it is that.
        update: which update, from 0.
    """
    one, other = (side.steps[update].loss for side in case.sides)
    if gap(one, other) > 10 * case.bound:
        return
    for side in case.sides:
        wanted = case.other(side).steps[update].taken
        seen = side.steps[update].update
        goal = target_of(seen)
        if goal is None or not set(side.steps[update].taken) <= set(wanted):
            continue
        replay = Replay(seen, goal, 0)
        for change in _let_through(replay):
            apart = named_gap(_named(side, replay, (change,)), wanted)
            plain = named_gap(_named(side, replay, ()), wanted)
            if case.proves(apart, plain):
                yield cause(
                    case,
                    "gradient",
                    side,
                    "stopped-gradient",
                    change.title,
                    change.cure,
                    apart,
                    plain,
                    place=change.at,
                )
                return


def _let_through(replay: Replay) -> Iterator[Change]:
    """Yield what is stopped, line by line, then all of it."""
    lines: dict[str, list[int]] = defaultdict(list)
    for place, operation in replay.operations.items():
        if operation.kind == "StopGradient":
            lines[operation.site].append(place)
    together = [place for places in lines.values() for place in places]
    for places in [*lines.values(), *([together] if len(lines) > 1 else [])]:
        yield Change(
            tuple(places),
            lambda operation, found: found[operation.inputs[0]],
            note(
                "{side} stops the gradient {count} times per update "
                "(tf.stop_gradient); {other} lets it pass.",
                count=len(places),
            ),
            "stopped-gradient",
            Note("stop the gradient at the same places on both sides."),
            replay.operations[places[0]].place,
        )


def _named(side: Side, replay: Replay, changes: tuple[Change, ...]) -> Named:
    """Return the gradients of a replay under the names of both sides."""
    found = replay.gradients(changes) or {}
    shapes = side.steps[0].before
    return {
        name: found[number].astype(float).reshape(shapes[name].shape)
        for name, number in side.numbers.items()
        if number in found
    }
