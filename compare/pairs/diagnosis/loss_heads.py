"""Where a loss begins: the prediction, and the gradient at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.steps import Step


@dataclass(frozen=True)
class Head:
    """A tensor that may be the prediction.

    Attributes:
        value: its numbers.
        upstream: the gradient of the loss with respect to it.
        of_logits: whether the last activation was gone round.
        known: whether it is one: Keras shows it, a loss of Keras's was given
            it, or it is the other side's. Else it is a guess.
    """

    value: np.ndarray
    upstream: np.ndarray
    of_logits: bool
    known: bool


def heads_of(step: Step, other: Step, bound: float) -> list[Head]:
    """Return what may be the prediction in an update, the likeliest first.

    Args:
        step: the update.
        other: that of the other side.
        bound: see `closeness`.
    """
    head = step.head
    if head is not None and head.upstream is not None:
        logits = head.kind == "logits"
        return [Head(head.value, head.upstream, logits, True)]
    tape = [
        (tensor.value, tensor.upstream)
        for tensor in step.gradient.tape
        if tensor.upstream is not None
        and tensor.value.ndim
        and tensor.kind != ""
        and tensor.upstream.any()
    ]
    predictions = list(_predictions(step, other))
    heads = [
        Head(*pair, False, any(gap(pair[0], p) <= bound for p in predictions))
        for pair in tape
    ]
    # What equals the other side's prediction may be a step before one's own.
    return sorted(heads, key=lambda head: not head.known)


def _predictions(step: Step, other: Step) -> Iterator[np.ndarray]:
    for call in step.update.losses:
        yield call.prediction
    if other.head is not None:
        yield other.head.value
    if other.update.output is not None:
        yield other.update.output


def outputs_of(step: Step, other: Step, bound: float) -> list[list[Head]]:
    """Return the heads of each output, where a model has several.

    Args:
        step: the update.
        other: that of the other side, whose outputs are looked for on a tape
            that shows none.
        bound: see `closeness`.
    """
    own = step.gradient.outputs
    if own:
        return [
            [
                Head(t.value, t.upstream, t.kind == "logits", True)
                for t in tensors
                if t.upstream is not None
            ]
            for tensors in own
        ]
    return [
        [
            Head(t.value, t.upstream, False, True)
            for t in step.gradient.tape
            if t.kind and t.upstream is not None and t.upstream.any()
            if any(gap(t.value, o.value) <= bound for o in tensors)
        ]
        for tensors in other.gradient.outputs
    ]
