"""Model and loss: two programs that compute alike but for an expression.

Where both sides are written out, their operations are followed back from the
loss, side by side; tensors with equal numbers are left alone. So it is found
where the same expression takes another number, or is another. Nothing is
searched for: no two causes can stand in for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import Operation
from compare.pairs.diagnosis.causes.changed import changed_causes
from compare.pairs.diagnosis.causes.naming import Case
from compare.pairs.diagnosis.causes.operation_proof import Chosen, Made, Proof
from compare.pairs.diagnosis.causes.operation_words import (
    only_here,
    other_kind,
    other_number,
    spoken,
)
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.heads import target_of
from compare.pairs.diagnosis.replay import (
    Change,
    Moved,
    Replay,
    Tensors,
    executed,
)
from compare.records.diagnosis import Cause, StageName
from compare.records.note import Note, note

MOST = 3
"""Places that differ: with more, two programs are written otherwise."""

SWAPPED = ("AddV2", "Mul", "Maximum", "Minimum")
"""Kinds whose two inputs may change places."""

SHOWN = (bool, float, str, bytes, list)
"""Attributes that people wrote; others are types and places."""

Pair = tuple[int, int]
"""A number of the left side and one of the right."""


def expression_causes(
    case: Case, update: int, y: np.ndarray | None
) -> Iterator[Cause]:
    """Yield the expressions in which two sides part, if these are all.

    Args:
        case: the sides.
        update: which update, from 0; both took the same batch.
        y: the targets, which tell a loss from a model.
    """
    steps = [side.steps[update].update for side in case.sides]
    rows = (steps[0].rows if y is None else len(y)) or 0
    goals = [target_of(step) for step in steps]
    if goals[0] is None or goals[1] is None:
        return
    replays = (
        Replay(steps[0], goals[0], rows),
        Replay(steps[1], goals[1], rows),
    )
    chosen = _Walk(case, replays).parts((goals[0], goals[1]))
    if not 0 < len([*chosen[0], *chosen[1]]) <= MOST:
        return

    def made(
        number: int, own: Sequence[Change], moved: Moved | None = None
    ) -> Made | None:
        tensors = replays[number].run(own, moved)
        if tensors is None:
            return None
        goal = np.asarray(tensors[replays[number].head])
        return Made([goal], np.zeros((0, 4)))

    def apart(chosen: Chosen) -> float:
        one, other = (made(n, own) for n, own in enumerate(chosen))
        return one.apart(other, True) if one and other else np.inf

    if apart(chosen) <= case.bound and Proof(case, made).holds(chosen):
        yield from changed_causes(
            case, replays, chosen, apart, lambda r, c: _stage(r, c, y)
        )


def _stage(replay: Replay, change: Change, y: np.ndarray | None) -> StageName:
    """Return the stage of a change: what meets targets is in the loss."""
    tensors = replay.update.tensors
    targets = {
        n for n, v in tensors.items() if y is not None and _same(v, y, 0)
    }
    changed: set[int] = set()
    for place, operation in replay.operations.items():
        if not targets.isdisjoint(operation.inputs):
            targets.update(operation.outputs)
        if place in change.places or not changed.isdisjoint(operation.inputs):
            changed.update(operation.outputs)
            if replay.hangs_on_rows(operation.outputs[0]):
                if not tensors[operation.outputs[0]].ndim:
                    return "loss"  # behind a mean over all rows
                met = not targets.isdisjoint(operation.outputs)
                return "loss" if met else "model"
    return "loss"


def _shown(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _same(a: np.ndarray, b: np.ndarray, bound: float) -> bool:
    return a.size == b.size > 0 and gap(a, b) <= bound


class _Walk:
    """Goes back through the operations of both sides at once."""

    def __init__(self, case: Case, replays: tuple[Replay, Replay]) -> None:
        self._bound = case.bound
        self._replays = replays
        self._found: dict[tuple[int, str, str], Change] = {}

    def parts(self, goals: Pair) -> Chosen:
        """Return where two tensors part; nothing if that cannot be told."""
        waiting, seen = [goals], set()
        while waiting:
            pair = waiting.pop()
            if pair in seen or self._equal(pair):
                continue
            seen.add(pair)
            places = [
                replay.makers.get(tensor)
                for replay, tensor in zip(self._replays, pair, strict=True)
            ]
            if any(
                place is not None and self._extra(number, place, pair)
                for number, place in enumerate(places)
            ):
                continue
            one, other = places
            if one is None or other is None:
                return (), ()
            differ = self._differ((one, other))
            if differ is None:
                return (), ()
            waiting += differ
        left, right = (
            tuple(c for (n, *_), c in self._found.items() if n == number)
            for number in (0, 1)
        )
        return left, right

    def _equal(self, pair: Pair) -> bool:
        values = [
            r.update.tensors[n]
            for r, n in zip(self._replays, pair, strict=True)
        ]
        return _same(values[0], values[1], self._bound)

    def _extra(self, number: int, place: int, pair: Pair) -> bool:
        """Whether an operation of one side is all that it has besides."""
        operation = self._replays[number].operations[place]
        for slot, tensor in enumerate(operation.inputs):
            if self._equal((pair[0], tensor) if number else (tensor, pair[1])):

                def made(
                    operation: Operation, found: Tensors, slot: int = slot
                ) -> Any:
                    return found[operation.inputs[slot]]

                title = only_here(self._replays[number], operation, slot)
                self._note(number, place, made, title, "layer-left-out")
                return True
        return False

    def _differ(self, places: Pair) -> list[Pair] | None:
        """Return the inputs in which two operations differ.

        What differs here is noted; None where nothing can be told.
        """
        one, other = (
            r.operations[p] for r, p in zip(self._replays, places, strict=True)
        )
        if len(one.inputs) != len(other.inputs):
            return None
        pairs = list(zip(one.inputs, other.inputs, strict=True))
        turned = list(zip(one.inputs, other.inputs[::-1], strict=True))
        if one.kind in SWAPPED and any(map(self._equal, turned)):
            pairs = turned
        differ = [pair for pair in pairs if not self._equal(pair)]
        if one.kind == other.kind and differ:
            return [p for p in differ if not self._number(places[1], other, p)]
        same = differ or not self._another(places[1], one, other)
        return None if same else []

    def _number(self, place: int, other: Operation, pair: Pair) -> bool:
        """Whether two inputs are numbers that people wrote."""
        import tensorflow as tf

        left, right = self._replays
        if not (left.is_constant(pair[0]) and right.is_constant(pair[1])):
            return False
        mine = left.update.tensors[pair[0]]
        slot = other.inputs.index(pair[1])

        def made(operation: Operation, found: Tensors) -> Any:
            given = {operation.inputs[slot]: tf.constant(mine)}
            return executed(operation, {**found, **given})[0]

        its = right.update.tensors[pair[1]]
        title = other_number(other.kind, its, mine)
        self._note(1, place, made, title, "constant")
        return True

    def _another(self, place: int, one: Operation, other: Operation) -> bool:
        """Whether equal inputs go to another operation, or attribute."""
        own, its = (
            dict(zip(o.attributes[::2], o.attributes[1::2], strict=True))
            for o in (other, one)
        )
        title, key = other_kind(other.kind, one.kind)
        if one.kind == other.kind:
            names = [k for k in own if own[k] != its.get(k)]
            key = next((k for k in names if type(own[k]) in SHOWN), "")
            title = note(
                "{side} has {name}={mine} in {what} where {other} has {its}.",
                name=key,
                mine=_shown(own.get(key)),
                its=_shown(its.get(key)),
                what=spoken(one.kind),
            )
        if key:
            self._note(
                1,
                place,
                lambda operation, found: executed(
                    operation, found, one.kind, one.attributes
                )[0],
                title,
                key,
            )
        return bool(key)

    def _note(
        self,
        number: int,
        place: int,
        made: Callable[[Operation, Tensors], Any],
        title: Note,
        key: str,
    ) -> None:
        """Note a change, together with those of other time steps."""
        at = self._replays[number].operations[place].place
        said = number, at, str(title)
        change = Change((place,), made, title, key, at=at)
        known = self._found.get(said, change)
        places = (*known.places, place) if known is not change else (place,)
        self._found[said] = replace(known, places=places)
