"""Updates of two sides under common names, ready to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from compare.judging.differences import plain_shape
from compare.pairs.diagnosis.anatomy import (
    Anatomy,
    Applied,
    Gradient,
    Tensor,
    Update,
)
from compare.pairs.matching import match
from compare.running.processes import RunError

Named = dict[str, np.ndarray]
"""Parameters, or their gradients, by the names that both sides share."""


@dataclass(frozen=True)
class Step:
    """One update.

    Attributes:
        update: what was seen.
        taken: gradients as the tape gave them; several calls are summed.
        applied: gradients as the optimizer got them; None without one.
        before, after: parameters.
        one_by_one: whether a later gradient was taken at parameters that an
            earlier one had moved.
    """

    update: Update
    taken: Named
    applied: Named | None
    before: Named
    after: Named
    one_by_one: bool = False

    @property
    def change(self) -> Named:
        """What the update did to each parameter."""
        return {k: self.after[k] - v for k, v in self.before.items()}

    @property
    def optimizer(self) -> Applied | None:
        """The optimizer that made the update."""
        return self.update.applied[-1] if self.update.applied else None

    @property
    def gradient(self) -> Gradient:
        """The first gradient that was taken."""
        return self.update.gradients[0]

    @property
    def head(self) -> Tensor | None:
        """What the model gave to the loss, where Keras shows it."""
        return self.gradient.prediction

    @property
    def loss(self) -> float:
        """What was differentiated."""
        return self.gradient.loss


@dataclass(frozen=True)
class Side:
    """A side's updates, under names that both sides share.

    Attributes:
        name: the side's.
        anatomy: what was seen.
        numbers: name -> its variable.
        trained: names of the parameters that Keras, or a tape, trains.
        steps: the updates.
    """

    name: str
    anatomy: Anatomy
    numbers: Mapping[str, int]
    steps: tuple[Step, ...]

    @property
    def moved(self) -> set[str]:
        """The parameters that some update changes."""
        return {
            name
            for step in self.steps
            for name, change in step.change.items()
            if change.any()
        }

    @property
    def unit(self) -> float:
        """The last place of its parameters, relative to their size."""
        before = self.steps[0].update.before
        kinds = [before[n].dtype for n in self.numbers.values()]
        return max(float(np.finfo(k).eps) for k in kinds if k.kind == "f")


def matched(
    left: Anatomy, right: Anatomy, initial: Sequence[str]
) -> tuple[Side, Side] | None:
    """Name the parameters of both sides, and their updates by these names.

    Args:
        left: one side.
        right: the other, of the same problem.
        initial: names of the problem's first parameters.

    Returns:
        None where it cannot be told which parameter is which.
    """
    keys = _keys(left, right, initial)
    if not keys:
        return None
    own = [{name: pair[i] for name, pair in keys.items()} for i in (0, 1)]
    shapes = {
        name: left.updates[0].before[number].shape
        for name, number in own[0].items()
    }
    one, other = (
        Side(a.side, a, numbers, tuple(_steps(a, numbers, shapes)))
        for a, numbers in zip((left, right), own, strict=True)
    )
    return one, other


def _keys(
    left: Anatomy, right: Anatomy, initial: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """Match what was returned; else what gradients were taken of, in order."""
    if not left.updates or not right.updates:
        return {}
    if left.returned and right.returned:
        try:
            pairs = match(left.returned, right.returned, initial)
        except RunError:
            pairs = {}
        found = {
            name: (left.keys[a], right.keys[b])
            for name, (a, b) in pairs.items()
            if a in left.keys and b in right.keys
        }
        if found:
            return found
    sources = [_sources(anatomy) for anatomy in (left, right)]
    shapes = [
        [plain_shape(a.updates[0].before[n].shape) for n in own]
        for a, own in zip((left, right), sources, strict=True)
    ]
    if shapes[0] != shapes[1]:
        return {}
    names = [left.names[n] for n in sources[0]]
    unique = len(set(names)) == len(names)
    return {
        (name if unique else f"parameter {place}"): pair
        for place, (name, pair) in enumerate(
            zip(names, zip(*sources, strict=True), strict=True), 1
        )
    }


def _sources(anatomy: Anatomy) -> list[int]:
    found = {
        n
        for update in anatomy.updates
        for g in update.gradients
        for n in g.sources
    }
    return sorted(found)


def _steps(
    anatomy: Anatomy,
    numbers: Mapping[str, int],
    shapes: Mapping[str, tuple[int, ...]],
) -> list[Step]:
    def named(values: Mapping[int, np.ndarray]) -> Named:
        return {
            name: values[n].astype(float).reshape(shapes[name])
            for name, n in numbers.items()
            if n in values
        }

    found: list[Step] = []
    for update in anatomy.updates:
        calls = [named(gradient.values) for gradient in update.gradients]
        given = [named(applied.values) for applied in update.applied]
        step = Step(
            update,
            _added(calls),
            _added(given) if given else None,
            named(update.before),
            named(update.after),
        )
        if found and _goes_on(found[-1], step):
            step = _joined(found.pop(), step)
        found.append(step)
    return found


def _added(parts: Sequence[Named]) -> Named:
    """Add gradients of several calls, such as are accumulated."""
    total: Named = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total[name] + value if name in total else value
    return total


def _goes_on(first: Step, second: Step) -> bool:
    """Whether a second gradient is of other parameters and the same rows."""
    return (
        not set(first.taken) & set(second.taken)
        and bool(first.taken and second.taken)
        and _alike(first.update.x, second.update.x)
        and all(
            _alike(a.value, b.value)
            for a, b in zip(
                first.gradient.tape, second.gradient.tape, strict=False
            )
            if not (a.kind or b.kind)
        )
    )


def _alike(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    if a is None or b is None:
        return a is b
    return np.array_equal(a, b)


def _joined(first: Step, second: Step) -> Step:
    return replace(
        second,
        taken={**first.taken, **second.taken},
        applied=None
        if first.applied is None or second.applied is None
        else {**first.applied, **second.applied},
        before=first.before,
        one_by_one=True,
    )
