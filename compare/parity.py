"""Two trajectories -> one verdict. Pure numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from compare.records import (
    Divergence,
    Failure,
    Outcome,
    Trajectory,
    Verdict,
)

Run = Trajectory | Failure

FLOAT64_BOUND = 1e-12
"""Largest float64 difference that is rounding, relative to how far training
moved the parameter; for a result, relative to its size.

Rounding shrinks by 2^29 = 5e8 from float32 to float64, from some 1e-7 to some
1e-16; the bound leaves a factor of 1e4 for sums over many rows and updates. A
real difference stays as large as it was: of the planted mistakes the smallest
(a learning rate off by 0.2 %) is 1e8 times the bound.
"""

LAST_PLACES = 64
"""Units in the last place of the largest value that are rounding in any case:
a parameter may hardly move."""


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
        reason = (
            "every parameter has the same bits after each of "
            f"{left.updates:,} updates"
        )
        if movement(left) == 0:
            reason += ", but none has moved: the learning rate is too small"
        return _verdict(left, right, "identical", reason)
    return _prove(left, right, found, *rerun())


def first_divergence(left: Trajectory, right: Trajectory) -> Divergence | None:
    """Find the first update after which any bit differs.

    Only the updates that both sides made are compared. The results that the
    exhibits returned count as after the last update, and only where both made
    equally many. NaN differs from everything, itself included.
    """
    common = min(left.updates, right.updates) + 1
    candidates = []
    for name, values in left.parameters.items():
        a = values[:common]
        b = right.parameters[name][:common].reshape(a.shape)
        for step, *index in np.argwhere(_differ(a, b))[:1].tolist():
            place = (step, *index)
            candidates.append(
                _divergence(step, name, tuple(index), a[place], b[place])
            )
    if candidates:
        return min(candidates, key=lambda found: found.step)
    if left.updates == right.updates:
        for name, a in left.results.items():
            b = right.results[name].reshape(a.shape)
            for index in np.argwhere(_differ(a, b))[:1].tolist():
                place = tuple(index)
                return _divergence(
                    left.updates, name, place, a[place], b[place]
                )
    return None


def largest_difference(left: Trajectory, right: Trajectory) -> float:
    """Return the largest absolute difference on the way and in the results.

    NaN if there is one.
    """
    gaps = [np.abs(a.astype(float) - b).max() for a, b in _pairs(left, right)]
    return float(np.max(gaps, initial=0.0))


def largest_ulps(left: Trajectory, right: Trajectory) -> int:
    """Return the largest difference in float32 units in the last place."""
    return max(
        (
            int(np.abs(_ordered(a) - _ordered(b)).max())
            for a, b in _pairs(left, right)
        ),
        default=0,
    )


def movement(run: Trajectory) -> float:
    """Return how far training moved any parameter, at the farthest."""
    return max(
        float(np.abs(values.astype(float) - values[0]).max())
        for values in run.parameters.values()
    )


def _pairs(
    left: Trajectory, right: Trajectory
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    common = min(left.updates, right.updates) + 1
    for name, values in left.parameters.items():
        yield (
            np.ravel(values[:common]),
            np.ravel(right.parameters[name][:common]),
        )
    if left.updates == right.updates:
        for name, values in left.results.items():
            if values.size:
                yield np.ravel(values), np.ravel(right.results[name])


def _differ(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compare bits where the dtypes are equal, else values."""
    if a.dtype == b.dtype and a.dtype.kind == "f":
        bits = f"i{a.dtype.itemsize}"
        different = np.asarray(a).view(bits) != np.asarray(b).view(bits)
    else:
        different = a != b
    return np.asarray(different | np.isnan(a) | np.isnan(b))


def _ordered(values: np.ndarray) -> np.ndarray:
    """Map float32 to integers that are neighbours where the floats are."""
    bits = values.astype(np.float32).view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(2**31) - bits, bits)


def _divergence(
    step: int, name: str, index: tuple[int, ...], a: np.generic, b: np.generic
) -> Divergence:
    left, right = float(a), float(b)
    return Divergence(step, name, index, left, right, right - left)


def _parting(found: Divergence, left: Trajectory, right: Trajectory) -> str:
    place = "".join(f"[{i}]" for i in found.index)
    return (
        f"they part at update {found.step:,} in {found.parameter}{place}: "
        f"{left.side} {found.left:.9g}, {right.side} {found.right:.9g}"
    )


def plain_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without axes of length 1: () and (1, 1) are alike."""
    return tuple(length for length in shape if length != 1)


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
    difference, bound = _worst_difference(left64, right64)
    outcome: Outcome
    if difference <= bound:
        outcome, finding = "same mathematics", "shrinks to"
    else:
        outcome, finding = "different", "is still"
    reason = (
        f"{parting}; in float64 the largest difference {finding} "
        f"{difference:.1e}, so it is "
        f"{'rounding' if difference <= bound else 'not rounding'}"
    )
    return _verdict(left, right, outcome, reason, found, difference, bound)


def _worst_difference(
    left: Trajectory, right: Trajectory
) -> tuple[float, float]:
    """Return the difference that is largest against its bound, and both."""
    found = []
    for name, a in left.parameters.items():
        b = right.parameters[name].reshape(a.shape)
        moved = max(np.abs(x - x[0]).max() for x in (a, b))
        found.append(_difference(a, b, moved))
    for name, a in left.results.items():
        if a.size:
            b = right.results[name].reshape(a.shape)
            found.append(_difference(a, b, np.abs(a).max()))
    return max(found, key=lambda pair: pair[0] / pair[1])


def _difference(
    a: np.ndarray, b: np.ndarray, scale: float
) -> tuple[float, float]:
    """Return the largest difference and what of it may be rounding."""
    places = LAST_PLACES * np.finfo(float).eps * float(np.abs(a).max())
    bound = FLOAT64_BOUND * float(scale) + places + np.finfo(float).tiny
    return float(np.abs(a.astype(float) - b).max()), float(bound)


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
