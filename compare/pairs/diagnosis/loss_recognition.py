"""Tell a loss by its gradient: which of Keras's losses, scaled by what.

What was recorded is the gradient of the loss with respect to the prediction,
a number for every element. A loss is recognised only if its own gradient is
that one, but for one factor; the loss's value alone could be anything's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compare.pairs.diagnosis.closeness import gap, ratio
from compare.pairs.diagnosis.loss_heads import Head, heads_of, outputs_of
from compare.pairs.diagnosis.loss_parameters import solved
from compare.pairs.diagnosis.loss_weights import seen_weights
from compare.pairs.diagnosis.losses import Form, recomputed
from compare.pairs.diagnosis.steps import Step

VARIED = 3
"""Slopes that a gradient shows where its loss's value says nothing."""


@dataclass(frozen=True)
class Told:
    """A loss that was recognised.

    Attributes:
        form: which.
        factor: 1 where it is the mean over all samples.
        samples: how many these are.
        weights: one for each sample, as "samples", "classes" or "mask"; else
            None.
        kind: which of them.
        of_logits: whether the last activation was gone round.
        rest: what the loss has besides: penalties.
        gap: of the gradient with respect to the prediction.
        prediction, y: on which it was recomputed.
        upstream: the recorded gradient.
    """

    form: Form
    factor: float
    samples: int
    weights: np.ndarray | None
    kind: str
    of_logits: bool
    rest: float
    gap: float
    prediction: np.ndarray
    y: np.ndarray
    upstream: np.ndarray


def tell(
    step: Step,
    other: Step,
    ys: Sequence[np.ndarray],
    forms: Sequence[Form],
    bound: float,
) -> Told | None:
    """Recognise the loss of an update.

    Args:
        step: the update.
        other: that of the other side.
        ys: the targets that may be meant.
        forms: losses to try, the likeliest first.
        bound: see `closeness`.
    """
    loose: Told | None = None
    for head in heads_of(step, other, bound):
        for given in ys:
            y = given[: len(head.value)]  # of accumulated ones the first
            for form in forms:
                told = _fits(step, head, y, form, bound)
                if told is None:
                    continue
                if confirmed(step, told, bound):
                    return told
                if form.root:  # only its value tells it from the square
                    continue
                solved_for = bool(form.solve) or told.weights is not None
                if (head.known or not solved_for) and _varies(told):
                    loose = loose or told
        if loose:
            return loose
    return None


def tell_outputs(
    step: Step,
    other: Step,
    ys: Sequence[np.ndarray],
    forms: Sequence[Form],
    bound: float,
) -> list[Told]:
    """Recognise the loss of each output; none unless they are all of it.

    Args:
        step: the update, and so on as for `tell`.
        other: that of the other side.
        ys: the targets that may be meant.
        forms: losses to try.
        bound: see `closeness`.
    """
    found: list[Told] = []
    for heads in outputs_of(step, other, bound):
        fits = (
            told
            for head in heads
            for y in ys
            for form in forms
            if not form.solve
            if (told := _fits(step, head, y, form, bound)) is not None
            if told.weights is None
        )
        told = next(fits, None)
        if told is None:
            return []
        found.append(told)
    parts = sum(step.loss - told.rest for told in found)
    rests = step.loss - parts, step.loss - parts - (step.update.penalty or 0.0)
    small = min(map(abs, rests)) <= 10 * bound * abs(step.loss)
    return found if small else []


def _varies(told: Told) -> bool:
    """Whether a gradient shows more than signs, which many losses share."""
    slopes = np.abs(told.upstream[told.upstream != 0])[:100]
    shown = {float(f"{slope:.4g}") for slope in slopes}
    return len(shown) >= VARIED


def confirmed(step: Step, told: Told, bound: float) -> bool:
    """Whether the loss has the value, besides the model's own penalties."""
    rests = told.rest, told.rest - (step.update.penalty or 0.0)
    return min(map(abs, rests)) <= 10 * bound * abs(step.loss)


def _fits(
    step: Step, head: Head, y: np.ndarray, form: Form, bound: float
) -> Told | None:
    import tensorflow as tf

    prediction, upstream = head.value, head.upstream
    try:
        known = solved(form, y, prediction, upstream) if form.solve else form
        found = recomputed(known, y, prediction) if known else None
    except (ValueError, TypeError, tf.errors.InvalidArgumentError):
        return None  # shapes that this loss does not take
    if known is None or found is None:
        return None
    losses, own = found
    if not np.isfinite(own).all() or not own.any():
        return None
    samples = losses.size
    factor = ratio(upstream, own)
    apart = gap(upstream, factor * own)
    weights, kind = None, ""
    if not factor or apart > bound:
        weighted = seen_weights(step, losses, own, upstream, y, bound)
        if weighted is None:
            return None
        factor, weights, kind, apart = weighted
    total = losses.ravel() * (1.0 if weights is None else weights.ravel())
    made = Told(
        form=known,
        factor=factor * samples,
        samples=samples,
        weights=weights,
        kind=kind,
        of_logits=head.of_logits,
        rest=step.loss - factor * float(total.sum()),
        gap=apart,
        prediction=prediction,
        y=y,
        upstream=upstream,
    )
    # What was solved for is believed only if the value of the loss agrees.
    return None if form.solve and not confirmed(step, made, bound) else made
