"""Two trajectories -> one verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compare.judging.clauses import counts_of, failed, mismatch, parting_of
from compare.judging.differences import first_divergence, movement
from compare.judging.proof import Pairs, Run, prove, verdict_on
from compare.records.note import Note, note
from compare.records.runs import Failure, Trajectory
from compare.records.verdicts import Divergence, Verdict


def judge(
    left: Run,
    right: Run,
    rerun: Callable[[], tuple[Run, Run]] | None,
    condition: Callable[[], Pairs] | None = None,
) -> Verdict:
    """Say whether two float32 runs are the same training.

    Args:
        left: the manual run.
        right: the Keras run, in the same mode.
        rerun: runs the same pair in float64; called only when the bits of
            two finite runs of equal length differ. None where the sides
            compute in float16 whatever their arrays are: then nothing tells
            rounding from a real difference, and every difference counts.
        condition: runs it in float64 from data and starts that are one unit
            in the last place of float64 away, a few times; called only where
            the runs so far cannot tell what rounding does. Without it, such
            a difference counts as real.

    Returns:
        The verdict.
    """
    for run in (left, right):
        if isinstance(run, Failure):
            return Verdict(run.mode, "could not run", (failed(run),))
    assert isinstance(left, Trajectory)
    assert isinstance(right, Trajectory)
    unlike = mismatch(left, right)
    if unlike:
        return Verdict(left.mode, "could not run", (unlike,))
    found = first_divergence(left, right)
    ends = left.first_non_finite, right.first_non_finite
    if ends != (None, None):
        return _judge_non_finite(left, right, found)
    if left.updates != right.updates:
        parting = (
            parting_of(found, left, right)
            if found
            else note(
                "they agree up to update {update}",
                update=f"{min(left.updates, right.updates):,}",
            )
        )
        why = (counts_of(left, right), parting)
        return verdict_on(left, right, "different", why, found)
    if found is not None:
        if rerun is None:
            unproved = note(
                "they compute in float16, so no run in float64 can show "
                "whether it is rounding"
            )
            why = (parting_of(found, left, right), unproved)
            return verdict_on(left, right, "different", why, found)
        return prove(left, right, found, rerun, condition)
    if nothing := nothing_compared(left):
        return verdict_on(left, right, "could not run", (nothing,))
    return verdict_on(left, right, "identical", (_same_bits(left),))


def nothing_compared(
    run: Trajectory, names: Sequence[str] = ()
) -> Note | None:
    """Say why the equal bits of two sides prove nothing, if they do not.

    Args:
        run: one of them.
        names: what training is to move; all parameters if empty.
    """
    if run.updates == 0:
        return note("no update was made, so nothing was compared")
    alone = run.rows == 1  # whether anything moved was not seen
    if alone or movement(run, names) > 0:
        return None
    return note(
        "both sides give the same bits after {updates} updates, but none has "
        "moved, so nothing was compared: the learning rate is too small, or "
        "the sides return what they were given",
        updates=f"{run.updates:,}",
    )


def _same_bits(run: Trajectory) -> Note:
    """Say after which updates the parameters were compared."""
    seen = [run.update_of(row) for row in range(run.rows)]
    *some, last = [f"{update:,}" for update in seen if update]
    if len(some) + 1 == run.updates:
        return note(
            "every parameter has the same bits after each of {updates} "
            "updates",
            updates=f"{run.updates:,}",
        )
    return note(
        "every parameter has the same bits after {some} and {last} updates, "
        "runs of their own",
        some=", ".join(some),
        last=last,
    )


def _judge_non_finite(
    left: Trajectory, right: Trajectory, found: Divergence | None
) -> Verdict:
    ends = [run.first_non_finite for run in (left, right)]
    if None in ends:
        broken = left if ends[1] is None else right
        why = note(
            "{side} left the finite numbers at update {update}, the other "
            "side did not",
            side=broken.side,
            update=f"{broken.first_non_finite:,}",
        )
        return verdict_on(left, right, "different", (why,), found)
    why = note(
        "{left} left the finite numbers at update {end}, {right} at update "
        "{other_end}",
        left=left.side,
        end=f"{ends[0]:,}",
        right=right.side,
        other_end=f"{ends[1]:,}",
    )
    before = found and found.step < min(end for end in ends if end is not None)
    return verdict_on(
        left, right, "could not run", (why,), found if before else None
    )
