"""What can be seen in two trajectories that differ. Pure numpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.judging.differences import first_ratios, first_update
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.records.runs import Trajectory
from compare.records.verdicts import Verdict

SAME = 1e-6
"""Relative difference below which two ratios are called equal: float32 gives
first updates to about 1e-7 of the parameter."""

NOISE = 1e-7
"""Relative difference of two first updates that is rounding."""


def facts(
    problem: Problem, verdict: Verdict, left: Trajectory, right: Trajectory
) -> Iterator[Note]:
    """Yield what the trajectories show, a sentence each.

    Args:
        problem: what both were given.
        verdict: says where they part.
        left: in float64 where that was possible.
        right: likewise.
    """
    if left.updates != right.updates:
        yield note(
            "{left} made {updates} updates, {right} {others}.",
            left=left.side,
            updates=f"{left.updates:,}",
            right=right.side,
            others=f"{right.updates:,}",
        )
    if _start_differs(left, right):
        yield note("the sides start from different parameters.")
    else:
        yield from _first_update(left, right, verdict)
    for run in (left, right):
        yield from _frozen(run)
    yield from _swapped(left, right)
    yield from _coincidence(problem, verdict, left)


def _start_differs(left: Trajectory, right: Trajectory) -> bool:
    return left.update_of(0) == 0 and any(
        (a[0] != right.parameters[name][0].reshape(a[0].shape)).any()
        for name, a in left.parameters.items()
    )


def parallel_ratios(left: Trajectory, right: Trajectory) -> dict[str, float]:
    """Return how long left's first update is in units of right's.

    Parameters are left out that the right does not move, or that move in
    another direction altogether (the ratio differs between elements).
    """
    if left.rows < 2 or left.update_of(1) != right.update_of(1):
        return {}
    ours, theirs = first_update(left), first_update(right)
    return {
        name: ratio
        for name, ratio in first_ratios(left, right).items()
        if np.allclose(ours[name], ratio * theirs[name], rtol=1e-3, atol=0)
    }


def _first_update(
    left: Trajectory, right: Trajectory, verdict: Verdict
) -> Iterator[Note]:
    if left.update_of(0) != 0 or left.rows < 2 or left.update_of(1) != 1:
        return
    ratios = parallel_ratios(left, right)
    found = verdict.divergence
    if found is None or found.step > 1:
        if all(abs(ratio - 1) < SAME for ratio in ratios.values()):
            yield note("the first update is the same on both sides.")
        return
    equal = [n for n, ratio in ratios.items() if abs(ratio - 1) <= NOISE]
    if equal and len(equal) < len(left.parameters):
        yield note(
            "the first update is the same in {names}, and in nothing else.",
            names=", ".join(equal),
        )
    near = any(0 < abs(ratio - 1) < 1e-5 for ratio in ratios.values())
    shown = {
        name: f"{ratio:.9g}" if near else f"{ratio:.6g}"
        for name, ratio in ratios.items()
        if abs(ratio - 1) > NOISE
    }
    said = [f"{name} {ratio}" for name, ratio in shown.items()]
    if said:
        yield note(
            "first update of {left} in units of {right}'s: {ratios}.",
            left=left.side,
            right=right.side,
            ratios=", ".join(said),
        )
    for name in left.parameters:
        start = np.ravel(left.parameters[name][0]).astype(float)
        gap = np.ravel(left.parameters[name][1]) - np.ravel(
            right.parameters[name][1]
        )
        if len(start) < 2 or not start.any() or not gap.any():
            continue
        share = float(gap @ start / (start @ start))
        if np.allclose(gap, share * start, rtol=1e-3, atol=0):
            yield note(
                "after the first update {name} differs by {share} times its "
                "own value, as weight decay or a penalty would do.",
                name=name,
                share=f"{share:.4g}",
            )


def _frozen(run: Trajectory) -> Iterator[Note]:
    """Say which parameters stand still, and from when on."""
    for name, values in run.parameters.items():
        moved = [
            row
            for row in range(1, len(values))
            if (values[row] != values[row - 1]).any()
        ]
        if not moved:
            yield note(
                "{name} never moves in {side}.", name=name, side=run.side
            )
        elif moved[-1] < len(values) - 2:
            yield note(
                "{name} stands still in {side} after update {update}.",
                name=name,
                side=run.side,
                update=f"{run.update_of(moved[-1]):,}",
            )


def _swapped(left: Trajectory, right: Trajectory) -> Iterator[Note]:
    first = 1 if left.update_of(0) == 0 else 0  # starts are often alike

    def alike(a: np.ndarray, b: np.ndarray) -> bool:
        one, other = np.ravel(a[first:]), np.ravel(b[first:])
        return bool(
            one.size
            and one.size == other.size
            and np.allclose(one, other, rtol=SAME)
        )

    mine, theirs = left.parameters, right.parameters
    names = list(mine)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            if (
                alike(mine[one], theirs[other])
                and alike(mine[other], theirs[one])
                and not alike(mine[one], mine[other])
            ):
                yield note(
                    "{one} and {other} are swapped: each side's {one} is the "
                    "other's {other}; return them in the same order.",
                    one=one,
                    other=other,
                )


def _coincidence(
    problem: Problem, verdict: Verdict, left: Trajectory
) -> Iterator[Note]:
    """Say what the first update that differs coincides with."""
    found = verdict.divergence
    if found is None or found.step < 2:
        return
    per_epoch = problem.steps_per_epoch
    equal = left.seen_before(found.step)
    if equal:
        yield _the_same_for(equal)
    tail = len(problem.x) % problem.batch_size
    if per_epoch > 1 and equal and equal % per_epoch == 0:
        yield note(
            "they part in epoch {epoch}, not before: look at what happens "
            "between epochs (shuffling, an exhausted iterator, a schedule).",
            epoch=equal // per_epoch + 1,
        )
    elif per_epoch > 1 and found.step % per_epoch == 0 and tail:
        yield note(
            "update {update} is on the tail batch, of {tail} rows instead of "
            "{size}.",
            update=f"{found.step:,}",
            tail=tail,
            size=problem.batch_size,
        )
    elif found.step == 2:
        yield note(
            "they part at the second update: look at what has a memory "
            "(momentum, a rebound variable, a schedule, a counter)."
        )


def _the_same_for(updates: int) -> Note:
    if updates == 1:
        return note("the sides are the same training for 1 update.")
    return note(
        "the sides are the same training for {updates} updates.",
        updates=f"{updates:,}",
    )
