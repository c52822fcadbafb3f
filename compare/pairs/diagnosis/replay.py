"""Run the operations of a recorded update again, some of them changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import Operation, Update
from compare.pairs.diagnosis.closeness import gap
from compare.records.note import Note

Tensors = Mapping[int, Any]

REPLAYED_NOT = ("Variable", "Random", "Assign")
"""What kinds of operations are called that hang on more than their inputs."""

POWERS = (1, 3)
"""Of the moments by which arrays are compared, whatever their layout; the
second is the size."""


@dataclass(frozen=True)
class Change:
    """Something that is done otherwise by operations of one line.

    Attributes:
        places: which operations, by their place in the update.
        made: gives the output from the operation and all tensors so far.
        title: says it, for the side whose operations these are; `{other}` is
            the other side.
        key: of the catalogue of mistakes, or of what is in no catalogue.
    """

    places: tuple[int, ...]
    made: Callable[[Operation, Tensors], Any]
    title: Note
    key: str


class Replay:
    """The operations of an update, from the batch to its head.

    Attributes:
        update: what was recorded.
        head: number of the tensor that the loss is taken of.
        operations: on the way to the head, by their place in the update.
    """

    def __init__(self, update: Update, head: int) -> None:
        import tensorflow as tf

        self.update = update
        self.head = head
        makers = {
            out: place
            for place, operation in enumerate(update.operations)
            for out in operation.outputs
        }
        needed: set[int] = set()
        waiting = [head]
        while waiting:
            place = makers.get(waiting.pop())
            if place is not None and place not in needed:
                needed.add(place)
                waiting += update.operations[place].inputs
        self.operations = {n: update.operations[n] for n in sorted(needed)}
        self._read: dict[int, frozenset[int]] = {}
        self._fed = {
            number
            for number, value in update.tensors.items()
            if number not in makers
            and value.ndim
            and len(value) == len(update.tensors[head])
        }
        for operation in self.operations.values():
            read = frozenset().union(*map(self.read, operation.inputs))
            if operation.kind == "ReadVariableOp":
                read = frozenset(operation.inputs)
            self._read |= dict.fromkeys(operation.outputs, read)
            if not self._fed.isdisjoint(operation.inputs):
                self._fed.update(operation.outputs)
        self.tensors = {
            number: tf.constant(value)
            for number, value in update.tensors.items()
            if value.size or value.ndim > 1
        }

    def read(self, tensor: int) -> frozenset[int]:
        """Return the variables that a tensor hangs on."""
        return self._read.get(tensor, frozenset())

    def hangs_on_rows(self, tensor: int) -> bool:
        """Whether a tensor was computed from the batch."""
        return tensor in self._fed

    def run(self, changes: Sequence[Change]) -> Tensors | None:
        """Return all tensors with some operations changed.

        Returns:
            None where an operation does not take what it would be given.
        """
        import tensorflow as tf

        changed = {place: c for c in changes for place in c.places}
        found = dict(self.tensors)
        new: set[int] = set()
        for place, operation in self.operations.items():
            other = changed.get(place)
            dirty = other is not None or not new.isdisjoint(operation.inputs)
            if not dirty and all(n in found for n in operation.outputs):
                continue  # lists of tensors are no numbers, so not recorded
            if any(word in operation.kind for word in REPLAYED_NOT):
                continue
            try:
                made = (
                    [other.made(operation, found)]
                    if other
                    else executed(operation, found)
                )
            except (tf.errors.OpError, ValueError, TypeError, KeyError):
                return None
            found.update(zip(operation.outputs, made, strict=False))
            if dirty:
                new.update(operation.outputs)
        return found

    def moments(self, tensors: Tensors) -> np.ndarray:
        """Return size and moments of what the operations made, in rows."""
        rows = []
        for operation in self.operations.values():
            value = np.asarray(tensors.get(operation.outputs[0], 0.0))
            if value.size > 1 and value.dtype.kind == "f" and np.ptp(value):
                root = np.sqrt(np.mean(value**2))
                scaled = value / root
                powers = [np.mean(scaled**power) for power in POWERS]
                rows.append([value.size, root, *powers])
        return np.array(rows).reshape(-1, 2 + len(POWERS))


def executed(
    operation: Operation,
    tensors: Tensors,
    kind: str = "",
    attributes: tuple[Any, ...] | None = None,
) -> list[Any]:
    """Run one operation, perhaps as one of another kind.

    Args:
        operation: gives all that is not given.
        tensors: its inputs, by number.
        kind: another kind.
        attributes: others.
    """
    from tensorflow.python.eager import context, execute

    return list(
        execute.quick_execute(
            kind or operation.kind,
            len(operation.outputs),
            [tensors[number] for number in operation.inputs],
            operation.attributes if attributes is None else attributes,
            context.context(),
        )
    )


def shared(one: np.ndarray, other: np.ndarray, bound: float) -> int:
    """Count the rows of moments that both have."""
    if not len(one) or not len(other):
        return 0
    sizes = one[:, None, 0] == other[None, :, 0]
    roots = np.isclose(one[:, None, 1], other[None, :, 1], rtol=bound, atol=0)
    rest = np.abs(one[:, None, 2:] - other[None, :, 2:]) <= 3 * bound
    return int((sizes & roots & rest.all(axis=2)).any(axis=1).sum())


def head_of(update: Update, value: np.ndarray) -> int | None:
    """Return the number of the tensor that is a prediction."""
    found = None
    for operation in update.operations:
        for number in operation.outputs:
            made = update.tensors[number]
            if made.size == value.size and made.dtype.kind == "f":
                found = number if gap(made, value) == 0 else found
    return found


def before_activation(replay: Replay) -> list[int]:
    """Return the logits, where a head is a softmax or sigmoid of them."""
    return [
        operation.inputs[0]
        for operation in replay.operations.values()
        if replay.head in operation.outputs
        and operation.kind in ("Softmax", "Sigmoid")
    ]
