"""Loss: weights of samples or classes, penalties."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.causes.loss_factors import reduction
from compare.pairs.diagnosis.causes.naming import (
    Case,
    cause,
    figure,
    place_of_loss,
)
from compare.pairs.diagnosis.closeness import gap, named_gap
from compare.pairs.diagnosis.loss_recognition import Told
from compare.pairs.diagnosis.steps import Step
from compare.records.diagnosis import Cause
from compare.records.note import Note

WEIGHTS = {
    "samples": (
        "sample-weights",
        Note(
            "{side} weights its samples (from {least} to {most}), {other} "
            "does otherwise."
        ),
    ),
    "classes": (
        "class-weights",
        Note(
            "{side} weights its classes (up to {most} times the least), "
            "{other} does otherwise."
        ),
    ),
    "mask": (
        "mask",
        Note(
            "{side} leaves masked steps out of the loss, {other} does "
            "otherwise."
        ),
    ),
}
"""Key and title by what the weights are of."""


def weight_causes(case: Case, one: Told, other: Told) -> Iterator[Cause]:
    """Yield weights of samples that only one side has, or others."""
    sides = zip(case.sides, (one, other), strict=True)
    weighted = [(s, t, t.weights) for s, t in sides if t.weights is not None]
    if not weighted:
        return
    seen = [np.sort(weights, None) for *_, weights in weighted]
    if len(seen) == 2 and gap(*seen) <= 10 * case.bound:
        return
    side, mine, weights = weighted[-1]
    key, title = WEIGHTS[mine.kind]
    yield cause(
        "loss",
        side,
        key,
        title.given(
            side=side.name,
            other=case.other(side).name,
            least=figure(float(weights.min())),
            most=figure(float(weights.max())),
        ),
        Note("use the same weights of samples on both sides."),
        mine.gap,
        1.0,
        place=place_of_loss(side),
    )


def penalty_causes(
    case: Case, one: Told, other: Told, update: int
) -> Iterator[Cause]:
    """Yield penalties that differ, where what a loss has besides is one.

    Each side's rest must be the sum of its model's own losses, or a multiple
    of the squares of its kernels.
    """
    steps = [side.steps[update] for side in case.sides]
    found = [
        penalty_in(case, step, told)
        for step, told in zip(steps, (one, other), strict=True)
    ]
    one_rest, other_rest = found
    if one_rest is None or other_rest is None:
        return
    (mine, _), (its, apart) = one_rest, other_rest
    size = max(abs(step.loss) for step in steps)
    same = named_gap(steps[0].before, steps[1].before) <= case.bound
    if abs(mine - its) <= 10 * case.bound * size or (
        mine and its and not same
    ):
        return  # other parameters have other penalties
    number = 0 if not mine else 1
    side, step = case.sides[number], steps[number]
    own = step.update.penalty
    if mine and its:
        title = Note(
            "{right}'s penalties are {its}, {left}'s {mine}: {times} times as "
            "much."
        )
    elif own:
        title = Note(
            "{side}'s model has penalties, of {rest}, that its loss leaves "
            "out; {other} adds them."
        )
    else:
        title = Note(
            "{other}'s loss has penalties, of {rest}; {side}'s has none."
        )
    forgotten = not (mine and its)
    yield cause(
        "loss",
        side,
        "penalty-forgotten" if forgotten else "penalty",
        title.given(
            right=case.right.name,
            left=case.left.name,
            side=side.name,
            other=case.other(side).name,
            its=figure(its),
            mine=figure(mine),
            rest=figure(mine or its),
            times=figure(its / mine) if mine else "",
        ),
        Note("loss += tf.add_n(model.losses).")
        if forgotten and own
        else Note("use the same penalties on both sides."),
        apart,
        gap(mine, its),
        place=place_of_loss(side),
    )


def penalty_in(
    case: Case, step: Step, told: Told
) -> tuple[float, float] | None:
    """Return the penalty in a loss and its gap; None if it is none."""
    size = max(abs(step.loss), abs(step.loss - told.rest))
    if abs(told.rest) <= 10 * case.bound * size:
        return 0.0, 0.0
    penalty = step.update.penalty or 0.0
    apart = abs(told.rest - penalty) / size
    if apart <= 10 * case.bound:
        return penalty, apart
    for names in _kernels(step):
        squares = sum(float((step.before[k] ** 2).sum()) for k in names)
        factor = told.rest / squares if squares else 0.0
        plain = float(f"{factor:.3g}")  # nobody writes more figures
        apart = abs(told.rest - plain * squares) / size
        if plain > 0 and apart <= 10 * case.bound:
            return told.rest, apart
    return None


def _kernels(step: Step) -> Iterator[list[str]]:
    """Yield the parameters that penalties are often on."""
    yield [k for k, v in step.before.items() if v.ndim > 1]
    yield [k for k in step.before if k in step.taken]
    yield from ([k] for k in step.taken)


def is_explained(case: Case, told: Told, update: int, number: int) -> bool:
    """Whether the loss is what was recognised, and penalties.

    If not, only plain factors are believed: the gradient may be that of
    something else that is in proportion to it in this one batch.
    """
    step = case.sides[number].steps[update]
    plain = reduction(told).text.count("divisor") == 0
    return plain or penalty_in(case, step, told) is not None
