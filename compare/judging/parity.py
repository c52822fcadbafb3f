"""Two trajectories -> one verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compare.judging.differences import first_divergence, movement
from compare.judging.proof import (
    Pairs,
    Run,
    mismatch,
    parting_of,
    prove,
    verdict_on,
)
from compare.records import Divergence, Failure, Trajectory, Verdict


def judge(
    left: Run,
    right: Run,
    rerun: Callable[[], tuple[Run, Run]],
    condition: Callable[[], Pairs] | None = None,
) -> Verdict:
    """Say whether two float32 runs are the same training.

    Args:
        left: the manual run.
        right: the Keras run, in the same mode.
        rerun: runs the same pair in float64; called only when the bits of
            two finite runs of equal length differ.
        condition: runs it in float64 from data and starts that are one unit
            in the last place of float64 away, a few times; called only where
            the runs so far cannot tell what rounding does. Without it, such
            a difference counts as real.

    Returns:
        The verdict; its `reason` is one sentence.
    """
    for run in (left, right):
        if isinstance(run, Failure):
            return Verdict(
                run.mode, "could not run", f"{run.side}: {run.reason}"
            )
    assert isinstance(left, Trajectory)
    assert isinstance(right, Trajectory)
    unlike = mismatch(left, right)
    if unlike:
        return Verdict(left.mode, "could not run", unlike)
    found = first_divergence(left, right)
    ends = left.first_non_finite, right.first_non_finite
    if ends != (None, None):
        return _judge_non_finite(left, right, found)
    if left.updates != right.updates:
        counts = (
            f"{left.side} made {left.updates:,} updates, "
            f"{right.side} {right.updates:,}"
        )
        parting = (
            parting_of(found, left, right)
            if found
            else (
                f"they agree up to update {min(left.updates, right.updates):,}"
            )
        )
        return verdict_on(
            left, right, "different", f"{counts}; {parting}", found
        )
    if found is not None:
        return prove(left, right, found, rerun, condition)
    if nothing := nothing_compared(left):
        return verdict_on(left, right, "could not run", nothing)
    reason = f"every parameter has the same bits {_when(left)}"
    return verdict_on(left, right, "identical", reason)


def nothing_compared(run: Trajectory, names: Sequence[str] = ()) -> str | None:
    """Say why the equal bits of two sides prove nothing, if they do not.

    Args:
        run: one of them.
        names: what training is to move; all parameters if empty.
    """
    if run.updates == 0:
        return "no update was made, so nothing was compared"
    alone = run.rows == 1  # whether anything moved was not seen
    if alone or movement(run, names) > 0:
        return None
    return (
        f"both sides give the same bits {_when(run)}, but none has moved, so "
        "nothing was compared: the learning rate is too small, or the sides "
        "return what they were given"
    )


def _when(run: Trajectory) -> str:
    """Say after which updates the parameters were seen."""
    if run.rows > run.updates:
        return f"after each of {run.updates:,} updates"
    seen = [run.update_of(row) for row in range(run.rows)]
    *some, last = [f"{update:,}" for update in seen if update]
    return f"after {', '.join(some)} and {last} updates, runs of their own"


def _judge_non_finite(
    left: Trajectory, right: Trajectory, found: Divergence | None
) -> Verdict:
    ends = [run.first_non_finite for run in (left, right)]
    if None in ends:
        broken = left if ends[1] is None else right
        reason = (
            f"{broken.side} left the finite numbers at update "
            f"{broken.first_non_finite:,}, the other side did not"
        )
        return verdict_on(left, right, "different", reason, found)
    reason = (
        f"{left.side} left the finite numbers at update {ends[0]:,}, "
        f"{right.side} at update {ends[1]:,}"
    )
    before = found and found.step < min(end for end in ends if end is not None)
    return verdict_on(
        left, right, "could not run", reason, found if before else None
    )
