"""Run the operations of a recorded update again, some of them changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import Operation, Update, Values
from compare.records.note import Note

Tensors = Mapping[int, Any]

Groups = dict[tuple[str, str], list[int]]
"""Operations by kind and line."""

Moved = Mapping[int, Callable[[np.ndarray], Any]]
"""What to make of the values of variables."""

COMPUTE = Note("compute the same on both sides.")

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
        made: gives the output from the operation and all tensors so far; a
            list where the operation has several.
        title: says it, for the side whose operations these are; `{other}` is
            the other side.
        key: of the catalogue of mistakes, or of what is in no catalogue.
        cure: what to do instead.
        at: the line to edit; "" for that of the operation.
    """

    places: tuple[int, ...]
    made: Callable[[Operation, Tensors], Any]
    title: Note
    key: str
    cure: Note = COMPUTE
    at: str = ""


class Replay:
    """The operations of an update, from the batch to its head.

    Attributes:
        update: what was recorded.
        head: number of the tensor that the loss is taken of.
        operations: on the way to the head, by their place in the update.
        makers: tensor -> the place of the operation that makes it.

    Args:
        update: see above.
        head: see above.
        rows: of the batch, where the head has not as many.
    """

    def __init__(
        self, update: Update, head: int, rows: int | None = None
    ) -> None:
        import tensorflow as tf

        if rows is None:
            rows = len(update.tensors[head])

        self.update = update
        self.head = head
        self.makers = makers = {
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
        self._read = {
            tensor: frozenset([variable])
            for tensor, variable in update.handles.items()
        }
        self._fed = {
            number
            for number, value in update.tensors.items()
            if number not in makers and value.ndim and len(value) == rows
        }
        for operation in self.operations.values():
            read = frozenset().union(*map(self.read, operation.inputs))
            self._read |= dict.fromkeys(operation.outputs, read)
            if not self._fed.isdisjoint(operation.inputs):
                self._fed.update(operation.outputs)
        self.tensors = {
            number: tf.constant(value)
            for number, value in update.tensors.items()
            if value.size or value.ndim > 1
        }

    @property
    def trained(self) -> set[int]:
        """The variables that a gradient is taken of."""
        return set(self.update.gradients[0].sources)

    def read(self, tensor: int) -> frozenset[int]:
        """Return the variables that a tensor hangs on."""
        return self._read.get(tensor, frozenset())

    def hangs_on_rows(self, tensor: int) -> bool:
        """Whether a tensor was computed from the batch."""
        return tensor in self._fed

    def is_constant(self, tensor: int) -> bool:
        """Whether a tensor was neither computed, nor read, nor of rows."""
        made = tensor in self.makers or self.read(tensor)
        return not (made or self.hangs_on_rows(tensor))

    def value_of(self, variable: int) -> int | None:
        """Return the number of a tensor with the value of a variable."""
        for tensor, number in self.update.handles.items():
            if number == variable and self.update.tensors[tensor].size:
                return tensor
        for operation in self.operations.values():
            known = self.read(operation.outputs[0])
            if operation.kind == "ReadVariableOp" and known == {variable}:
                return operation.outputs[0]
        return None

    def run(
        self, changes: Sequence[Change], moved: Moved | None = None
    ) -> Tensors | None:
        """Return all tensors with some operations changed.

        Args:
            changes: of operations.
            moved: of variables.

        Returns:
            None where an operation does not take what it would be given.
        """
        import tensorflow as tf

        changed = {place: c for c in changes for place in c.places}
        found = dict(self.tensors)
        new = self._move(found, moved or {})
        for place, operation in self.operations.items():
            other = changed.get(place)
            dirty = other is not None or not new.isdisjoint(operation.inputs)
            if not dirty and all(n in found for n in operation.outputs):
                continue  # lists of tensors are no numbers, so not recorded
            if any(word in operation.kind for word in REPLAYED_NOT):
                continue
            try:
                made = (
                    other.made(operation, found)
                    if other
                    else executed(operation, found)
                )
            except (tf.errors.OpError, ValueError, TypeError, KeyError):
                return None
            several = made if isinstance(made, list) else [made]
            found.update(zip(operation.outputs, several, strict=False))
            if dirty:
                new.update(operation.outputs)
        return found

    def gradients(self, changes: Sequence[Change]) -> Values | None:
        """Return the gradients of the head, by variable.

        Args:
            changes: of operations.

        Returns:
            None where an operation does not take what it would be given.
        """
        import tensorflow as tf

        leaves = {
            number: tf.constant(self.update.before[number])
            for number in self.trained
        }

        def leaf(number: int) -> Callable[[np.ndarray], Any]:
            return lambda value: tf.reshape(leaves[number], value.shape)

        with tf.GradientTape() as tape:
            tape.watch(list(leaves.values()))
            tensors = self.run(changes, {n: leaf(n) for n in leaves})
        if tensors is None:
            return None
        found = tape.gradient(
            tensors[self.head],
            leaves,
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        return {number: np.array(value) for number, value in found.items()}

    def _move(self, found: dict[int, Any], moved: Moved) -> set[int]:
        """Put other values of variables in; return what changes by it."""
        import tensorflow as tf

        new = set()
        for tensor, variable in self.update.handles.items():
            value = self.update.tensors[tensor]
            if variable in moved and value.size:
                found[tensor] = tf.constant(moved[variable](value))
                new.add(tensor)
        for operation in self.operations.values():
            variable = self.update.handles.get((*operation.inputs, -1)[0], -1)
            if variable not in moved:
                continue
            out = operation.outputs[0]
            if operation.kind == "ReadVariableOp":
                value = self.update.tensors[out]
                found[out] = tf.constant(moved[variable](value))
                new.add(out)
            if operation.kind == "ResourceGather":
                whole = moved[variable](self.update.before[variable])
                rows = self.tensors[operation.inputs[1]]
                found[out] = tf.gather(tf.constant(whole), rows)
                new.add(out)
        return new

    def moments(self, tensors: Tensors) -> np.ndarray:
        """Return size and moments of what the operations made, in rows."""
        rows = []
        for operation in self.operations.values():
            value = np.asarray(tensors.get(operation.outputs[0], 0.0))
            if value.size > 1 and value.dtype.kind == "f" and np.ptp(value):
                with np.errstate(all="ignore"):  # changes may make infinities
                    root = np.sqrt(np.mean(value**2))
                    powers = [np.mean((value / root) ** n) for n in POWERS]
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

    given = operation.attributes if attributes is None else attributes
    named = zip(given[::2], given[1::2], strict=True)
    # None stands for an attribute that was not given.
    plain = tuple(x for pair in named if pair[1] is not None for x in pair)
    inputs = [tensors[number] for number in operation.inputs]
    kind = kind or operation.kind
    made = list(
        execute.quick_execute(
            kind, len(operation.outputs), inputs, plain, context.context()
        )
    )
    if execute.must_record_gradient():
        execute.record_gradient(kind, inputs, plain, made)
    return made


def shared(one: np.ndarray, other: np.ndarray, bound: float) -> int:
    """Count the rows of moments that both have."""
    if not len(one) or not len(other):
        return 0
    sizes = one[:, None, 0] == other[None, :, 0]
    roots = np.isclose(one[:, None, 1], other[None, :, 1], rtol=bound, atol=0)
    rest = np.abs(one[:, None, 2:] - other[None, :, 2:]) <= 3 * bound
    return int((sizes & roots & rest.all(axis=2)).any(axis=1).sum())
