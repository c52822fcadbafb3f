"""Causes out of changes of recorded operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from compare.pairs.diagnosis.causes.naming import Case, cause
from compare.pairs.diagnosis.causes.operation_proof import Chosen
from compare.pairs.diagnosis.replay import Change, Replay
from compare.records.diagnosis import Cause, StageName


def changed_causes(
    case: Case,
    replays: Sequence[Replay],
    chosen: Chosen,
    apart: Callable[[Chosen], float],
    stage: Callable[[Replay, Change], StageName],
) -> Iterator[Cause]:
    """Yield a cause for every change after which both sides agree.

    Args:
        case: the sides.
        replays: of both.
        chosen: the changes.
        apart: how far the sides are apart with some changes.
        stage: of a change.
    """
    left = apart(chosen)
    for number, side in enumerate(case.sides):
        for change in chosen[number]:
            others = [
                tuple(c for c in own if c is not change) for own in chosen
            ]
            without = apart((others[0], others[1]))
            operation = replays[number].operations[change.places[0]]
            if case.proves(left, without):  # else it is not needed
                yield cause(
                    case,
                    stage(replays[number], change),
                    side,
                    change.key,
                    change.title,
                    change.cure,
                    left,
                    without,
                    place=change.at or operation.place,
                )
