"""Start, state and count: first parameters, statistics, updates made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.rows import Batches
from compare.pairs.diagnosis.steps import Side
from compare.records.diagnosis import Cause
from compare.records.note import Note, note


def start_causes(case: Case) -> Iterator[Cause]:
    """Yield the first parameters that differ."""
    one, other = (side.steps[0].before for side in case.sides)
    differ = [k for k in one if gap(one[k], other[k]) > case.bound]
    if not differ:
        return
    name = differ[0]
    alike = _moved_rows(one[name], other[name])
    yield cause(
        case,
        "start",
        case.right,
        "other-start",
        note(
            "the sides start from other parameters: {names} ({name} has mean "
            "{mine} and standard deviation {spread} in {left}, {its} and "
            "{other} in {right}){alike}.",
            names=", ".join(differ[:4]) + (", ..." if differ[4:] else ""),
            name=name,
            mine=figure(float(one[name].mean())),
            its=figure(float(other[name].mean())),
            spread=figure(float(one[name].std())),
            other=figure(float(other[name].std())),
            alike=alike,
        ),
        Note(
            "give both sides the same first parameters: one seed, or "
            "set_weights."
        ),
    )


def _finite(side: Side) -> bool:
    return all(np.isfinite(v).all() for v in side.steps[-1].after.values())


def _moved_rows(one: np.ndarray, other: np.ndarray) -> str:
    if one.size == other.size and np.array_equal(
        np.sort(one.ravel()), np.sort(other.ravel())
    ):
        return ", the same numbers in other places"
    return ""


def state_causes(case: Case, update: int, same_flag: bool) -> Iterator[Cause]:
    """Yield statistics that move otherwise, such as moving averages.

    Args:
        case: the sides.
        update: which update, from 0.
        same_flag: whether layers were called with the same training flag; if
            not, that is why.
    """
    if not same_flag:
        return
    one, other = (side.steps[update] for side in case.sides)
    trained = set(one.taken) | set(other.taken)
    for name in one.before:
        if name in trained or name not in other.before:
            continue
        if gap(one.before[name], other.before[name]) > case.bound:
            continue
        moves = [step.change[name] for step in (one, other)]
        if gap(moves[0], moves[1]) <= case.bound or not (
            "moving" in name or "mean" in name or "variance" in name
        ):
            continue
        yield _statistic(case, name, moves)
        return


def _statistic(case: Case, name: str, moves: list[np.ndarray]) -> Cause:
    still = [not move.any() for move in moves]
    if any(still):
        side = case.sides[still.index(True)]
        return cause(
            case,
            "state",
            side,
            "statistics-not-moved",
            note("{side} never moves {name}; {other} does.", name=name),
            Note("model(x, training=True)."),
            place=side.steps[0].update.place,
        )
    flat = [np.ravel(move) for move in moves]
    times = float(flat[1] @ flat[0]) / float(flat[0] @ flat[0])
    return cause(
        case,
        "state",
        case.right,
        "moving-average",
        note(
            "{right} moves {name} by {times} times what {left} does: the "
            "moving average has another momentum.",
            name=name,
            times=figure(times),
        ),
        Note("use the same momentum of the moving average on both sides."),
        gap(moves[1], times * moves[0]),
        gap(moves[1], moves[0]),
    )


def count_causes(
    case: Case,
    left: Batches,
    right: Batches,
    made: tuple[int | None, int | None],
) -> Iterator[Cause]:
    """Yield how many updates the sides make, where that differs.

    Args:
        case: the sides.
        left: batches of the left side.
        right: batches of the right side.
        made: updates of each over the whole problem; None if it is not
            known.
    """
    one, other = made
    if one is None or other is None or one == other:
        return
    if not all(map(_finite, case.sides)):
        return  # numbers that are not finite stand still
    passes = [
        count / batches.epoch if batches.epoch else 0.5  # not known
        for count, batches in zip((one, other), (left, right), strict=True)
    ]
    if left.epoch and right.epoch and passes[0] == passes[1]:
        return  # the batches say why
    stopped = [side for side in case.sides if side.anatomy.stalled]
    if len(stopped) == 1:
        yield _stalled(case, stopped[0])
        return
    whole = all(each == int(each) for each in passes)
    title = (
        Note(
            "{right} makes {its} passes over the rows (epochs), {left} {mine}."
        )
        if whole
        else Note("{right} makes {its} updates, {left} {mine}.")
    )
    shown = [f"{n:g}" for n in passes] if whole else [f"{one:,}", f"{other:,}"]
    side = case.left if other == case.problem.steps else case.right
    yield cause(
        case,
        "count",
        side,
        "epochs" if whole else "updates",
        title.given(mine=shown[0], its=shown[1]),
        Note("make as many passes over the rows on both sides."),
        place=side.anatomy.places.get("fit", ""),
    )


def _stalled(case: Case, side: Side) -> Cause:
    return cause(
        case,
        "count",
        side,
        "stands-still",
        note(
            "{side} moves no more after update {update}, though it still "
            "takes gradients ({count}); {other} goes on.",
            update=f"{len(side.steps):,}",
            count=f"{side.anatomy.stalled:,}",
        ),
        Note("move the variables themselves (assign_sub), every time."),
        place=side.steps[-1].gradient.place,
    )
