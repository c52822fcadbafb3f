"""Watch tapes: what is on them, and the gradients that are taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import Gradient, Operation, Tensor
from compare.pairs.diagnosis.copying import (
    array_of,
    asking_line,
    is_float,
    is_number,
    user_place,
)
from compare.pairs.diagnosis.recorder import OpenUpdate, Recorder


class TapeWatch(Recorder):
    """Keeps every gradient, and the tensors on its tape."""

    def _enter(self, enter: Any, tape: Any) -> Any:
        from tensorflow.python.framework import op_callbacks

        if not self._tapes:
            self._begin()
            self._trace, self._operations = [], []
            op_callbacks.add_op_callback(self._operation)
        self._tapes += 1
        return enter(tape)

    def _exit(self, leave: Any, tape: Any, *error: Any) -> Any:
        from tensorflow.python.framework import op_callbacks

        self._tapes -= 1
        if not self._tapes:
            op_callbacks.remove_op_callback(self._operation)
        return leave(tape, *error)

    def _operation(
        self,
        kind: str,
        inputs: Any,
        attributes: Any,
        outputs: Any,
        op_name: Any = None,
        graph: Any = None,
    ) -> None:
        if graph is not None:
            return
        kind = kind.decode() if isinstance(kind, bytes) else kind
        # Lists of tensors are cleared by who reads them.
        inputs, outputs = tuple(inputs), tuple(outputs)
        if not self._inside:
            self._trace.append((kind, inputs, outputs))
        if self._deep:
            self._operations.append(
                (
                    kind,
                    attributes,
                    inputs,
                    outputs,
                    asking_line(),
                    self._layer_place() or user_place(),
                )
            )

    def _layer_place(self) -> str:
        """Return where the layer of Keras that is being called was made."""
        import keras

        for layer in self._inside:
            if (
                isinstance(layer, keras.Layer)
                and not isinstance(layer, keras.Model)
                and type(layer).__module__.startswith("keras.")
            ):
                return self._made.get(id(layer), "")
        return ""

    def _gradient(
        self,
        gradient: Any,
        tape: Any,
        target: Any,
        sources: Any,
        *given: Any,
        **named: Any,
    ) -> Any:
        import tensorflow as tf

        seen = self._open
        if seen is None or self._inside or target is None:
            return gradient(tape, target, sources, *given, **named)
        flat = tf.nest.flatten(sources)
        numbers = [self.number(source) for source in flat]
        self._asked |= {n for n in numbers if n is not None}
        if not seen.gradients:
            self._note_first()
            self._keep_operations(set(numbers))
        watched = _outputs(seen)
        others = self._tensors()
        extra = [*(t for *_, t in watched), *(t for _, t in others)]
        asked = [*flat, *(t for t in extra if is_float(t))]
        found = gradient(tape, target, asked, *given, **named)
        own, rest = found[: len(flat)], iter(found[len(flat) :])
        upstream = [next(rest) if is_float(t) else None for t in extra]
        goals = [np.asarray(t, float) for t in tf.nest.flatten(target)]
        outputs: list[list[Tensor]] = [[] for _ in seen.outputs]
        for (number, kind, t), up in zip(watched, upstream, strict=False):
            if up is not None:
                made = Tensor(kind, array_of(t), array_of(up))
                outputs[number].append(made)
        heads = outputs[0] if outputs else []
        seen.gradients.append(
            Gradient(
                loss=float(sum(goal.sum() for goal in goals)),
                shape=goals[0].shape,
                sources=tuple(n for n in numbers if n is not None),
                values={
                    n: array_of(g)
                    for n, g in zip(numbers, own, strict=True)
                    if g is not None and n is not None
                },
                prediction=heads[0] if heads else None,
                outputs=tuple(map(tuple, outputs)) if outputs[1:] else (),
                named=seen.named,
                tape=self._kept_of(others, upstream[len(watched) :]),
                place=user_place(),
            )
        )
        return tf.nest.pack_sequence_as(sources, own)

    def _keep_operations(self, sources: set[int | None]) -> None:
        """Copy the operations up to now, and their tensors.

        Args:
            sources: variables that a gradient is taken of.
        """
        import tensorflow as tf

        assert self._open is not None
        numbers: dict[int, int] = {}
        tensors = self._open.tensors

        def number(tensor: Any) -> int:
            found = numbers.setdefault(id(tensor), len(numbers))
            if found not in tensors:
                kind = getattr(tensor, "dtype", None)
                plain = kind and (
                    kind.is_floating or kind.is_integer or kind.is_bool
                )
                tensors[found] = np.array(tensor if plain else [])
            return found

        for kind, attributes, inputs, outputs, *where in self._operations:
            self._open.operations.append(
                Operation(
                    kind,
                    tuple(map(_plain, attributes)),
                    tuple(map(number, inputs)),
                    tuple(map(number, outputs)),
                    *where,
                )
            )
        self._open.layers = [
            replace(
                call,
                taken=tuple(_numbered(arg, number) for arg in args),
                made=number(result) if tf.is_tensor(result) else None,
            )
            for call, (args, result) in zip(
                self._open.layers, self._open.passed, strict=True
            )
        ]
        self._open.handles = self._handles(numbers)
        self._open.handles |= _read_unseen(self._open, sources)
        self._bytes += sum(value.nbytes for value in tensors.values())

    def _handles(self, numbers: Mapping[int, int]) -> dict[int, int]:
        """Return which tensors stand for variables."""
        return {
            numbers[id(item)]: place
            for place, variable in enumerate(self.variables)
            for item in (variable, getattr(variable, "handle", None))
            if id(item) in numbers
        }

    def _kept_of(
        self, tensors: list[tuple[str, Any]], upstream: list[Any]
    ) -> tuple[Tensor, ...]:
        """Copy tensors and the gradients with respect to them."""
        kept = tuple(
            Tensor(kind, value, array_of(up))
            for (kind, t), up in zip(tensors, upstream, strict=True)
            if (value := array_of(t)) is not None
        )
        self._bytes += sum(tensor.value.nbytes for tensor in kept)
        return kept

    def _tensors(self) -> list[tuple[str, Any]]:
        """Return what is on the tape: what came from outside, what was made.

        Inside of layers, losses and optimizers nothing is looked at; of later
        updates only what came from outside is kept: the batch.
        """
        seen = self._open
        made = {id(out) for _, out, *_ in seen.models} if seen else set()
        found: dict[int, tuple[str, Any]] = {}
        for kind, inputs, outputs in self._trace:
            for t in inputs:
                if id(t) not in made and is_number(t):
                    found.setdefault(id(t), ("", t))
            for t in outputs:
                made.add(id(t))
                if kind != "ReadVariableOp" and is_number(t):
                    found[id(t)] = (kind, t)
        return [(k, t) for k, t in found.values() if self._deep or not k]


def _outputs(seen: OpenUpdate) -> list[tuple[int, str, Any]]:
    """Return a model's outputs by number, each before its logits."""
    import tensorflow as tf

    return [
        (number, kind, tensor)
        for number, output in enumerate(seen.outputs)
        for kind, tensor in (
            ("", output),
            ("logits", getattr(output, "_keras_logits", None)),
        )
        if tf.is_tensor(tensor)
    ]


def _read_unseen(seen: OpenUpdate, sources: set[int | None]) -> dict[int, int]:
    """Return tensors with the value of a variable, read without being seen.

    TensorFlow does that where an operation is given a variable as it is.
    Which of several that are equal it is, is told by the order of use.
    """
    told = {n for o in seen.operations for n in o.outputs} | set(seen.handles)
    found: dict[int, int] = {}
    known: dict[tuple[str, str, int], int] = {}
    taken = set(seen.handles.values())
    for operation in seen.operations:
        for slot, tensor in enumerate(operation.inputs):
            if tensor in told or tensor in found:
                continue
            value = seen.tensors[tensor]
            if value.dtype.kind != "f" or not value.ndim or not value.size:
                continue
            where = operation.site, operation.kind, slot
            equal = [
                n
                for n, own in seen.before.items()
                if own.dtype == value.dtype
                and n in sources
                and np.array_equal(own, value)
            ]
            if known.get(where) not in equal:
                free = [n for n in equal if n not in taken] or equal
                known.pop(where, None)
                if free:
                    known[where] = free[0]
            if where in known:
                found[tensor] = known[where]
                taken.add(known[where])
    return found


def _numbered(value: Any, number: Callable[[Any], int]) -> Any:
    """Return the numbers of tensors, in lists as they are."""
    import tensorflow as tf

    if isinstance(value, list | tuple):
        return [_numbered(item, number) for item in value]
    return number(value) if tf.is_tensor(value) else None


def _plain(attribute: Any) -> Any:
    """Return an attribute as a process without TensorFlow can hold it."""
    import tensorflow as tf

    if isinstance(attribute, tf.DType):
        return attribute.as_datatype_enum
    if isinstance(attribute, tf.TensorShape):
        return None if attribute.rank is None else attribute.as_list()
    return list(attribute) if isinstance(attribute, list) else attribute
