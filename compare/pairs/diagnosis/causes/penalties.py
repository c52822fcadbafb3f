"""Loss: weights of samples or classes, penalties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from compare.pairs.diagnosis.causes.loss_factors import reduction
from compare.pairs.diagnosis.causes.naming import Case, cause, figure
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
        case,
        "loss",
        side,
        key,
        title.given(
            least=figure(float(weights.min())),
            most=figure(float(weights.max())),
        ),
        Note("use the same weights of samples on both sides."),
        mine.gap,
        1.0,
    )


ROUNDINGS = 100
"""Of the last place of a loss, in which a penalty is what is left."""


@dataclass(frozen=True)
class Penalty:
    """What a loss has besides the loss of its samples.

    Attributes:
        value: of all of it.
        gap: to what was recorded.
        factor: what its squares, or absolute values, are multiplied by.
        power: 2 or 1.
        names: of the parameters; none where it is not known which.
    """

    value: float = 0.0
    gap: float = 0.0
    factor: float = 0.0
    power: int = 2
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{figure(self.factor)} * sum({('|w|', 'w^2')[self.power - 1]})"

    def slope(self, name: str, value: np.ndarray) -> np.ndarray:
        """Return its gradient with respect to a parameter."""
        own = 2 * value if self.power == 2 else np.sign(value)
        return np.asarray(self.factor * own * (name in self.names))


def penalty_causes(
    case: Case, one: Told, other: Told, update: int
) -> Iterator[Cause]:
    """Yield penalties that differ, where what a loss has besides is one.

    Each side's rest must be the sum of its model's own losses, or a multiple
    of the squares, or absolute values, of some parameters. Of which, is told
    by the gradients: all that parts them is the penalties.
    """
    steps = [side.steps[update] for side in case.sides]
    found = [
        list(_penalties(case, step, told))
        for step, told in zip(steps, (one, other), strict=True)
    ]
    if not found[0] or not found[1]:
        return
    mine, its = found[0][0], found[1][0]
    size = max(abs(step.loss) for step in steps)
    same = named_gap(steps[0].before, steps[1].before) <= case.bound
    if (mine.value and its.value and not same) or (
        abs(mine.value - its.value) <= 10 * case.bound * size
    ):
        return  # other parameters have other penalties
    for a, b in product(*found) if mine.value and its.value else ():
        moved = {
            k: g
            + b.slope(k, steps[0].before[k])
            - a.slope(k, steps[0].before[k])
            for k, g in steps[0].taken.items()
        }
        apart = named_gap(moved, steps[1].taken)
        if a.names and b.names and apart <= case.bound:
            if (a.power, a.names) != (b.power, b.names):
                plain = named_gap(steps[0].taken, steps[1].taken)
                yield _on_others(case, a, b, apart, plain)
                return
            break
    yield _as_much(case, steps, mine, its)


def _on_others(
    case: Case, one: Penalty, other: Penalty, apart: float, plain: float
) -> Cause:
    """Return the cause of penalties on other parameters."""
    side, mine, its = case.right, other, one
    if set(other.names) < set(one.names):
        side, mine, its = case.left, one, other
    title = Note(
        "{side}'s penalty is {mine} over {names}, {other}'s {its} over {rest}."
    )
    added = [k for k in mine.names if k not in its.names]
    if str(mine) == str(its) and set(its.names) < set(mine.names):
        title = Note(
            "{side}'s penalty, {mine}, is on {added} too; {other}'s is on "
            "{rest} alone."
        )
    return cause(
        case,
        "loss",
        side,
        "penalty",
        title.given(
            mine=mine,
            its=its,
            names=", ".join(mine.names),
            rest=", ".join(its.names),
            added=", ".join(added),
        ),
        Note("put the same penalty on the same parameters on both sides."),
        apart,
        plain,
    )


def _as_much(
    case: Case, steps: Sequence[Step], mine: Penalty, its: Penalty
) -> Cause:
    """Return the cause of a penalty that one side has not, or in part."""
    number = 0 if not mine.value else 1
    side, own = case.sides[number], steps[number].update.penalty
    forgotten = not (mine.value and its.value)
    if not forgotten:
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
    return cause(
        case,
        "loss",
        side,
        "penalty-forgotten" if forgotten else "penalty",
        title.given(
            its=figure(its.value),
            mine=figure(mine.value),
            rest=figure(mine.value or its.value),
            times="" if forgotten else figure(its.value / mine.value),
        ),
        Note("loss += tf.add_n(model.losses).")
        if forgotten and own
        else Note("use the same penalties on both sides."),
        its.gap,
        gap(mine.value, its.value),
    )


def _penalties(case: Case, step: Step, told: Told) -> Iterator[Penalty]:
    """Yield what the penalty in a loss may be; nothing if it is none."""
    size = max(abs(step.loss), abs(step.loss - told.rest))
    if abs(told.rest) <= 10 * case.bound * size:
        yield Penalty()
        return
    noise = ROUNDINGS * max(side.unit for side in case.sides) * size
    near = noise + case.bound * abs(told.rest)
    for names, power in product(_kernels(step), (2, 1)):
        total = sum(float((abs(step.before[k]) ** power).sum()) for k in names)
        factor = told.rest / total if total else 0.0
        plain = float(f"{factor:.3g}")  # nobody writes more figures
        apart = abs(told.rest - plain * total)
        if plain > 0 and apart <= near:
            yield Penalty(told.rest, apart / size, plain, power, tuple(names))
    penalty = step.update.penalty or 0.0
    apart = abs(told.rest - penalty)
    if apart <= near:
        yield Penalty(penalty, apart / size)


def _kernels(step: Step) -> Iterator[list[str]]:
    """Yield the parameters that penalties are often on."""
    kernels = [k for k in step.taken if step.before[k].ndim > 1]
    yield kernels
    yield list(step.taken)
    yield [k for k in step.taken if k not in kernels]
    for count in (1, len(kernels) - 1):
        yield from map(list, combinations(kernels, max(count, 1)))
    yield from ([k] for k in step.taken if k not in kernels)


def is_explained(case: Case, told: Told, update: int, number: int) -> bool:
    """Whether the loss is what was recognised, and penalties.

    If not, only plain factors are believed: the gradient may be that of
    something else that is in proportion to it in this one batch.
    """
    step = case.sides[number].steps[update]
    plain = reduction(told).text.count("divisor") == 0
    return plain or any(_penalties(case, step, told))
