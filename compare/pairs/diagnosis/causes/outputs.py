"""Loss: of a model with several outputs, the loss and weight of each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.causes.loss_factors import gap_to
from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.loss_recognition import Told, tell_outputs
from compare.pairs.diagnosis.losses import forms
from compare.pairs.diagnosis.steps import Step
from compare.records.diagnosis import Cause
from compare.records.note import Note, note


def has_outputs(case: Case, update: int) -> bool:
    """Whether a side's model has several outputs."""
    return any(s.steps[update].gradient.outputs for s in case.sides)


def output_causes(case: Case, update: int) -> Iterator[Cause]:
    """Yield what differs in the losses of single outputs.

    Args:
        case: the sides.
        update: which update, from 0; both took the same batch.
    """
    steps = [side.steps[update] for side in case.sides]
    tried, ys = forms(steps), [y for step in steps for y in _targets(step)]
    one, other = (
        tell_outputs(step, its, ys, tried, case.bound)
        for step, its in (steps, steps[::-1])
    )
    if len(one) != len(other):
        return
    named = next((s.gradient.named for s in steps if s.gradient.named), ())
    for place, (mine, its) in enumerate(zip(one, other, strict=True)):
        output = named[place] if place < len(named) else str(place + 1)
        names = [t.form.name.removeprefix("sparse_") for t in (mine, its)]
        if names[0] != names[1]:
            yield _named(case, output, mine, its)
        elif abs(mine.factor / its.factor - 1) > 10 * case.bound:
            yield _weighted(case, output, mine, its)


def _targets(step: Step) -> Iterator[np.ndarray]:
    """Yield what may be the target of an output."""
    for call in step.update.losses:
        yield call.y
    for tensor in step.gradient.tape:
        if tensor.upstream is None and tensor.value.ndim:
            yield tensor.value


def _named(case: Case, output: str, mine: Told, its: Told) -> Cause:
    return cause(
        case,
        "loss",
        case.right,
        "loss-function",
        note(
            "{right}'s loss of output {output} is {other}, {left}'s is {one}.",
            output=output,
            other=its.form.name,
            one=mine.form.name,
        ),
        Note("use the same loss on both sides."),
        its.gap,
        gap_to(its, mine.form),
    )


def _weighted(case: Case, output: str, mine: Told, its: Told) -> Cause:
    return cause(
        case,
        "loss",
        case.right,
        f"loss-weight-{output}",
        note(
            "{right} weighs the loss of output {output} {times} times as much "
            "as {left}: its mean times {other}, in {left} times {one}.",
            output=output,
            times=figure(its.factor / mine.factor),
            other=figure(its.factor),
            one=figure(mine.factor),
        ),
        Note("use the same loss_weights on both sides."),
        its.gap,
        gap_to(its, its.form, mine.factor),
    )
