"""Loss: sum for mean, half, twice, another factor."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from compare.pairs.diagnosis.batch_seen import batch_of
from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.loss_heads import heads_of
from compare.pairs.diagnosis.loss_recognition import Told
from compare.pairs.diagnosis.losses import Form, recomputed
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

FACTORS = ("half-error", "sum-for-mean", "loss-scaled")
"""Keys of the causes that say a factor."""

LEAST = 3
"""Numbers that have to be in the same proportion."""


def gap_to(side: Told, form: Form, factor: float | None = None) -> float:
    """Return how far another loss's gradient is from the recorded one."""
    import tensorflow as tf

    try:
        found = recomputed(form, side.y, side.prediction)
    except (ValueError, TypeError, tf.errors.InvalidArgumentError):
        return np.inf
    if found is None:
        return np.inf
    own = found[1] * (side.factor if factor is None else factor)
    own = own / side.samples
    if side.weights is not None:
        own = own * side.weights.reshape(
            side.weights.shape + (1,) * (own.ndim - side.weights.ndim)
        )
    return gap(side.upstream, own)


def factor_causes(case: Case, one: Told, other: Told) -> Iterator[Cause]:
    """Yield another factor of the loss, such as sum for mean."""
    if (one.weights is None) != (other.weights is None):
        return  # what a factor is hangs on the weights
    alike = [one.factor / other.factor]
    alike.append(alike[0] * other.samples / one.samples)  # both are sums
    if min(abs(times - 1) for times in alike) <= 10 * case.bound:
        return
    side, mine, its = case.right, other, one
    if abs(other.factor - 1) < 1e-6 and abs(one.factor - 1) > 1e-6:
        side, mine, its = case.left, one, other
    times = mine.factor / its.factor
    yield cause(
        case,
        "loss",
        side,
        _factor_key(times, mine),
        note(
            "{side}'s loss is {times} times {other}'s: {mine} where {other} "
            "has {its}.",
            times=figure(times),
            mine=reduction(mine),
            its=reduction(its),
        ),
        Note("take the mean over all samples on both sides."),
        mine.gap,
        gap_to(mine, mine.form, its.factor),
    )


def _factor_key(times: float, mine: Told) -> str:
    if abs(times - 0.5) < 1e-6:
        return "half-error"
    if abs(mine.factor / mine.samples - 1) < 1e-6:
        return "sum-for-mean"
    return "loss-scaled"


def reduction(told: Told) -> Note:
    """Say what is done with the losses of the samples."""
    weights = told.weights
    if (
        weights is not None
        and abs(told.factor * weights.sum() / told.samples - 1) < 1e-6
    ):
        return Note("the sum divided by the sum of the weights")
    for factor, text in (
        (1.0, Note("the mean over {samples} samples")),
        (told.samples, Note("the sum over {samples} samples")),
        (0.5, Note("half the mean over {samples} samples")),
        (2.0, Note("twice the mean over {samples} samples")),
        (told.samples / 2, Note("half the sum over {samples} samples")),
        (
            told.samples / len(told.prediction),
            Note("the sum over {samples} samples, divided by the rows"),
        ),
        (
            float(told.prediction.size / told.samples),
            Note("the mean over the rows of the sum over outputs"),
        ),
    ):
        if abs(told.factor / factor - 1) < 1e-6:
            return text.given(samples=told.samples)
    return note(
        "the sum over {samples} samples, divided by {divisor}",
        samples=told.samples,
        divisor=figure(told.samples / told.factor),
    )


def scaled_causes(case: Case, update: int) -> Iterator[Cause]:
    """Compare losses that are none of Keras's, at the same prediction."""
    steps = [side.steps[update] for side in case.sides]
    for a in heads_of(steps[0], steps[1], case.bound):
        for b in heads_of(steps[1], steps[0], case.bound):
            if a.known and b.known and gap(a.value, b.value) <= case.bound:
                y = batch_of(steps[0], case.problem)[1]
                off = (
                    None
                    if y is None or y.size != a.value.size
                    else np.abs(a.value.ravel() - y.ravel())
                )
                yield from _sloped(case, a.upstream, b.upstream, off)
                return


def _sloped(
    case: Case, one: np.ndarray, other: np.ndarray, off: np.ndarray | None
) -> Iterator[Cause]:
    """Say how much steeper one loss is than the other, in few numbers.

    Args:
        case: the sides.
        one: the gradient of the left's loss, by predictions.
        other: that of the right's.
        off: how far predictions are from targets; None if it is not known.
    """
    a, b = one.ravel(), other.ravel()
    if a.size != b.size or not a.all():
        return
    times = np.array([float(f"{t:.4g}") for t in b / a])
    kinds, counts = np.unique(times, return_counts=True)
    apart, plain = gap(b, times * a), gap(b, a)
    if counts.min() < LEAST or not case.proves(apart, plain):
        return
    title, shown = Note("{right}'s loss is {times} times {left}'s."), ""
    if len(kinds) > 1:
        title = Note(
            "{right}'s loss is no multiple of {left}'s: at the same "
            "predictions its gradient is {times} times as large."
        )
        shown = _where(times, off)
    yield cause(
        case,
        "loss",
        case.right,
        "loss-scaled",
        title.given(times=shown or figure(kinds[0])),
        Note("use the same loss on both sides."),
        apart,
        plain,
    )


def _where(times: np.ndarray, off: np.ndarray | None) -> str:
    """Show how often each number comes, or for which errors."""
    kinds = list(np.unique(times))
    if off is not None:
        kinds.sort(key=lambda kind: off[times == kind].min())
        ranges = [
            (off[times == k].min(), off[times == k].max()) for k in kinds
        ]
        if all(a[1] < b[0] for a, b in pairwise(ranges)):
            return ", ".join(
                f"{figure(kind)} (|y - y_hat| = {low:.3g} ... {high:.3g})"
                for kind, (low, high) in zip(kinds, ranges, strict=True)
            )
    return ", ".join(
        f"{figure(kind)} ({(times == kind).sum()} / {times.size})"
        for kind in kinds
    )
