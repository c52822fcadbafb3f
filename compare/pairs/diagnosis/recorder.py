"""Keep the updates of a training: variables before and after."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import (
    Applied,
    Gradient,
    LayerCall,
    LossCall,
    Operation,
    Update,
    Values,
)
from compare.pairs.diagnosis.copying import (
    array_of,
)
from compare.running.watch import give, inner_variables

MOST_BYTES = 2**28
"""What may be kept of one side."""

DEEP = 3
"""Updates of which layers and tapes are kept."""


class EnoughError(BaseException):
    """Ends a training of which enough was seen."""


@dataclass
class OpenUpdate:
    """An update that has not ended."""

    before: Values
    made: set[int] = field(default_factory=set)
    data: list[tuple[Any, Any, Any]] = field(default_factory=list)
    models: list[tuple[Any, Any, bool | None, str]] = field(
        default_factory=list
    )
    outputs: list[Any] = field(default_factory=list)
    named: tuple[str, ...] = ()
    layers: list[LayerCall] = field(default_factory=list)
    passed: list[tuple[Any, Any]] = field(default_factory=list)
    losses: list[LossCall] = field(default_factory=list)
    gradients: list[Gradient] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    tensors: dict[int, np.ndarray] = field(default_factory=dict)
    handles: dict[int, int] = field(default_factory=dict)
    penalty: float | None = None


class Recorder:
    """Keeps what passes in every update of a training.

    Args:
        seconds: after which the training is ended, if it has made `least`
            updates.
        least: updates that are wanted.
        start: values for variables, by the order in which they are made;
            given to them right before the first update.
    """

    def __init__(
        self, seconds: float, least: int, start: Values | None = None
    ) -> None:
        self.variables: list[Any] = []
        self.paths: dict[int, str] = {}
        self.updates: list[Update] = []
        self.places: dict[str, str] = {}
        self.frozen: set[int] = set()
        self.stalled = 0
        self._number: dict[int, int] = {}
        self._until = time.thread_time() + seconds
        self._least = least
        self._start = start or {}
        self._open: OpenUpdate | None = None
        self._tapes = 0
        self._inside: list[Any] = []  # layers, losses, optimizers
        self._made: dict[int, str] = {}  # where objects were made
        self._asked: set[int] = set()  # of which gradients were taken
        self._kept: list[Any] = []  # so that no id is given twice
        self._optimizers: list[Any] = []
        self._trace: list[tuple[str, Any, Any]] = []
        self._operations: list[tuple[Any, ...]] = []
        self._bytes = 0

    def _created(self, next_creator: Any, **given: Any) -> Any:
        variable = next_creator(**given)
        number = len(self.variables)
        self.variables.append(variable)
        self._number[id(variable)] = number
        if self._open:
            if number in self._start:
                self._put(number)
            self._open.made.add(number)
            self._open.before[number] = _value(variable)
        return variable

    def _put(self, number: int) -> None:
        variable = self.variables[number]
        give(variable, self._start[number])

    def _note_first(self) -> None:
        """Copy what was made in this update, before it is moved.

        A model that is built by its first call has no variables until then,
        and may be given others right after.
        """
        assert self._open is not None
        for number in self._open.made:
            variable = self.variables[number]
            if variable.trainable:
                self._open.before[number] = _value(variable)

    def number(self, variable: Any) -> int | None:
        """Return which variable it is, in the order of making."""
        for item in inner_variables(variable):
            if id(item) in self._number:
                return self._number[id(item)]
        return None

    def copies(self) -> Values:
        """Copy every variable."""
        return {i: np.array(v) for i, v in enumerate(self.variables)}

    def _begin(self) -> None:
        """Close the update that has been made, if one has, and open one."""
        if self._open is None:
            for number in self._start:
                if number < len(self.variables):
                    self._put(number)
            self._open = OpenUpdate(self.copies())
            return
        if not self._open.gradients:
            return
        now = self.copies()
        if self._moved(self._open.before, now):
            self._close(now)
            self._open = OpenUpdate(now)
        enough = len(self.updates) >= self._least
        if enough and time.thread_time() > self._until:
            raise EnoughError

    def _close(self, now: Values | None = None) -> None:
        seen, self._open = self._open, None
        if seen is None or not seen.gradients:
            return
        now = now or self.copies()
        if self.updates and not self._moved(seen.before, now):
            self.stalled = len(seen.gradients)
            return
        x, y, weights = _data(seen)
        last = seen.models[-1][1] if seen.models else None
        made = Update(
            x=x,
            y=y,
            weights=weights,
            training=seen.models[0][2] if seen.models else None,
            layers=tuple(seen.layers),
            output=array_of(last),
            mask=array_of(getattr(last, "_keras_mask", None)),
            losses=tuple(seen.losses),
            penalty=seen.penalty,
            gradients=tuple(seen.gradients),
            applied=tuple(seen.applied),
            operations=tuple(seen.operations),
            tensors=seen.tensors,
            handles=seen.handles,
            before={**now, **seen.before},
            after=now,
            place=seen.models[0][3] if seen.models else "",
        )
        self._bytes += sum(v.nbytes for v in now.values())
        if self._bytes < MOST_BYTES:
            self.updates.append(made)

    def _moved(self, before: Values, now: Values) -> bool:
        """Whether anything changed of which a gradient was taken.

        What a loop keeps besides, such as sums of gradients, is no parameter.
        """
        return any(
            v.trainable
            and (i in self._asked or not self._asked)
            and i in before
            and not np.array_equal(before[i], now[i], equal_nan=True)
            for i, v in enumerate(self.variables)
        )

    @property
    def _deep(self) -> bool:
        made = len(self.updates)
        return made < DEEP or self._least - 2 <= made < self._least


def _value(variable: Any) -> np.ndarray:
    """Copy a variable, also while a function is traced."""
    import tensorflow as tf

    with tf.init_scope():
        return np.array(variable)


def _data(seen: OpenUpdate) -> tuple[Any, Any, Any]:
    """Return x, y and weights of samples, from where they were seen.

    Where gradients are accumulated, those of all of them.
    """
    count = len(seen.gradients)
    if seen.data:
        x, y, weights = (
            _joined(part) for part in zip(*seen.data, strict=True)
        )
    else:
        inputs = [model[0] for model in seen.models]
        x = _joined(inputs if len(inputs) == count else inputs[:1])
        y = weights = None
    if y is None and seen.losses:
        losses = seen.losses if len(seen.losses) == count else seen.losses[-1:]
        y = _joined([loss.y for loss in losses])
        weights = _joined([loss.weights for loss in losses])
    return x, y, weights


def _joined(parts: Sequence[Any]) -> Any:
    """Return the rows of all parts; None where one has none."""
    arrays = [array_of(part) for part in parts]
    if not arrays or any(a is None for a in arrays):
        return None
    shapes = {a.shape[1:] for a in arrays}
    many = len(shapes) == 1 < len(arrays) and arrays[0].ndim
    return np.concatenate(arrays) if many else arrays[0]
