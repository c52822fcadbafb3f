"""Two trajectories -> one verdict."""

from __future__ import annotations

from collections.abc import Callable

from compare.differences import (
    first_divergence,
    first_real_divergence,
    largest_difference,
    largest_ulps,
    movement,
    plain_shape,
    worst_difference,
)
from compare.records import (
    Divergence,
    Failure,
    Outcome,
    Trajectory,
    Verdict,
)

Run = Trajectory | Failure


def judge(
    left: Run, right: Run, rerun: Callable[[], tuple[Run, Run]]
) -> Verdict:
    """Say whether two float32 runs are the same training.

    Args:
        left: the manual run.
        right: the Keras run, in the same mode.
        rerun: runs the same pair in float64; called only when the bits of
            two finite runs of equal length differ.

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
    mismatch = _mismatch(left, right)
    if mismatch:
        return Verdict(left.mode, "could not run", mismatch)
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
            _parting(found, left, right)
            if found
            else (
                f"they agree up to update {min(left.updates, right.updates):,}"
            )
        )
        return _verdict(
            left, right, "different", f"{counts}; {parting}", found
        )
    if found is None:
        reason = f"every parameter has the same bits {_when(left)}"
        if movement(left) == 0:
            reason += ", but none has moved: the learning rate is too small"
        return _verdict(left, right, "identical", reason)
    return _prove(left, right, found, *rerun())


def _when(run: Trajectory) -> str:
    """Say after which updates the parameters were seen."""
    if run.rows > run.updates:
        return f"after each of {run.updates:,} updates"
    seen = [run.update_of(row) for row in range(run.rows)]
    *some, last = [f"{update:,}" for update in seen if update]
    return f"after {', '.join(some)} and {last} updates, runs of their own"


def _parting(found: Divergence, left: Trajectory, right: Trajectory) -> str:
    place = "".join(f"[{i}]" for i in found.index)
    first = left.seen_before(found.step) + 1
    between = f"between update {first:,} and {found.step:,}"
    when = between if first < found.step else f"at update {found.step:,}"
    return (
        f"they part {when} in {found.parameter}{place}: "
        f"{left.side} {found.left:.9g}, {right.side} {found.right:.9g}"
    )


def _mismatch(left: Trajectory, right: Trajectory) -> str | None:
    for kind in ("parameters", "results"):
        a, b = getattr(left, kind), getattr(right, kind)
        if set(a) != set(b):
            return (
                f"the sides give different {kind}: {left.side} "
                f"{', '.join(sorted(a))}; {right.side} {', '.join(sorted(b))}"
            )
    for name, values in left.parameters.items():
        shapes = values.shape[1:], right.parameters[name].shape[1:]
        if plain_shape(shapes[0]) != plain_shape(shapes[1]):
            return (
                f"{name} has shape {shapes[0]} in {left.side} and "
                f"{shapes[1]} in {right.side}"
            )
    for name, values in left.results.items():
        sizes = values.size, right.results[name].size
        if left.updates == right.updates and sizes[0] != sizes[1]:
            return (
                f"the result {name} has {sizes[0]} values in {left.side} and "
                f"{sizes[1]} in {right.side}"
            )
    return None


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
        return _verdict(left, right, "different", reason, found)
    reason = (
        f"{left.side} left the finite numbers at update {ends[0]:,}, "
        f"{right.side} at update {ends[1]:,}"
    )
    before = found and found.step < min(end for end in ends if end is not None)
    return _verdict(
        left, right, "could not run", reason, found if before else None
    )


def _prove(
    left: Trajectory,
    right: Trajectory,
    found: Divergence,
    left64: Run,
    right64: Run,
) -> Verdict:
    """Tell rounding from a real difference by the runs in float64."""
    parting = _parting(found, left, right)
    for run in (left64, right64):
        if isinstance(run, Failure):
            reason = (
                f"{parting}; the float64 run that would tell why failed: "
                f"{run.side}: {run.reason}"
            )
            return _verdict(left, right, "could not run", reason, found)
    assert isinstance(left64, Trajectory)
    assert isinstance(right64, Trajectory)
    unequal = _mismatch(left64, right64)
    if left64.updates != right64.updates:
        unequal = (
            f"{left.side} made {left64.updates:,} updates, "
            f"{right.side} {right64.updates:,}"
        )
    if unequal:
        reason = f"{parting}; in float64 {unequal}"
        return _verdict(left, right, "different", reason, found)
    for run in (left64, right64):
        if run.first_non_finite is not None:
            reason = (
                f"{parting}; in float64 {run.side} left the finite numbers at "
                f"update {run.first_non_finite:,}"
            )
            return _verdict(left, right, "could not run", reason, found)
    difference, bound = worst_difference(left64, right64)
    if difference <= bound:
        reason = (
            f"{parting}; in float64 the difference shrinks to "
            f"{difference:.1e}, so it is rounding"
        )
        return _verdict(
            left, right, "same mathematics", reason, found, difference, bound
        )
    real = first_real_divergence(left64, right64) or found
    parting = _parting(real, left64, right64)
    if real.step > found.step:
        parting += f" (before, from update {found.step:,} on, by rounding)"
    reason = (
        f"{parting}; in float64 the difference is still {difference:.1e}, so "
        "it is not rounding"
    )
    return _verdict(left, right, "different", reason, real, difference, bound)


def _verdict(
    left: Trajectory,
    right: Trajectory,
    outcome: Outcome,
    reason: str,
    divergence: Divergence | None = None,
    float64_difference: float | None = None,
    float64_bound: float | None = None,
) -> Verdict:
    finite = left.first_non_finite is None and right.first_non_finite is None
    return Verdict(
        mode=left.mode,
        outcome=outcome,
        reason=reason,
        updates=(left.updates, right.updates),
        divergence=divergence,
        largest_difference=largest_difference(left, right) if finite else None,
        largest_ulps=largest_ulps(left, right) if finite else None,
        float64_difference=float64_difference,
        float64_bound=float64_bound,
    )
