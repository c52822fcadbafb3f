"""The changes of a recorded model that are tried, operation by operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import Operation
from compare.pairs.diagnosis.causes.activation_changes import (
    activation_changes,
)
from compare.pairs.diagnosis.causes.formula_changes import formula_changes
from compare.pairs.diagnosis.causes.gate_changes import gate_changes
from compare.pairs.diagnosis.causes.hints import Hints
from compare.pairs.diagnosis.causes.layer_again import ACTIVATIONS, activation
from compare.pairs.diagnosis.causes.layer_changes import layer_changes
from compare.pairs.diagnosis.causes.operation_words import (
    UNARY,
    only_here,
    other_kind,
    other_number,
    spoken,
)
from compare.pairs.diagnosis.replay import Change, Replay, Tensors, executed
from compare.records.note import Note, note

MOST_SOURCES = 12
"""Earlier tensors that are tried in the place of one, the nearest first."""

ALIKE = (
    ("Mean", "Max", "Sum", "Min", "Prod"),
    ("MaxPool", "AvgPool"),
    ("AddV2", "Sub", "Mul", "RealDiv", "Maximum"),
)
"""Kinds that take the same inputs."""

TRANSPOSES = ("transpose_a", "transpose_b", "adj_x", "adj_y")


def changes(replay: Replay, hints: Hints) -> Iterator[Change]:
    """Yield what may be done otherwise, one thing at a time.

    Operations of the same line and kind, as those of all time steps, are
    changed together.

    Args:
        replay: of a side.
        hints: of the other side.
    """
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, operation in replay.operations.items():
        groups[operation.kind, operation.site].append(place)
    yield from layer_changes(replay, hints)
    yield from activation_changes(replay, hints.bound)
    yield from formula_changes(replay, groups)
    yield from gate_changes(replay, groups, hints)
    for places in groups.values():
        first = replay.operations[places[0]]
        if len(first.outputs) != 1:
            continue
        yield from _left_out(replay, places)
        yield from _other_kinds(first, places)
        yield from _other_axes(replay, first, places)
        yield from _other_constants(replay, first, places, hints.constants)
    for places in groups.values():
        first = replay.operations[places[0]]
        if len(first.outputs) == 1:
            yield from _other_constants(replay, first, places, hints.common)


def _left_out(replay: Replay, places: list[int]) -> Iterator[Change]:
    """Yield earlier tensors of the same shape in the place of an output."""
    tensors = replay.update.tensors
    whole = list(replay.operations)
    earlier = {place: n for n, place in enumerate(whole)}
    first = replay.operations[places[0]]
    shape = tensors[first.outputs[0]].shape
    wanted = [*first.inputs]
    for place in reversed(whole[: earlier[places[0]]]):
        wanted += replay.operations[place].inputs
    read = replay.read(first.outputs[0])
    taken = [
        n
        for n in dict.fromkeys(wanted)
        if tensors[n].shape == shape
        and tensors[n].dtype.kind == "f"
        and np.ptp(tensors[n])
        and replay.hangs_on_rows(n)
        and replay.read(n) == read  # no parameter is left out
    ]
    for source in taken[:MOST_SOURCES]:
        direct = source in first.inputs
        if len(places) > 1 and not direct:
            continue
        slot = first.inputs.index(source) if direct else -1

        def made(
            operation: Operation,
            found: Tensors,
            slot: int = slot,
            source: int = source,
        ) -> Any:
            return found[operation.inputs[slot] if slot >= 0 else source]

        yield Change(
            tuple(places),
            made,
            only_here(replay, first, slot),
            "layer-left-out",
        )


def _other_kinds(first: Operation, places: list[int]) -> Iterator[Change]:
    """Yield another activation, reduction, pooling or arithmetic."""
    if first.kind in UNARY:
        for name in ACTIVATIONS:

            def activated(
                operation: Operation, found: Tensors, name: str = name
            ) -> Any:
                return activation(name)(found[operation.inputs[0]])

            if name not in (UNARY[first.kind], "linear"):
                title = note(
                    "{side} has the activation {mine} where {other} has "
                    "{its}.",
                    mine=UNARY[first.kind],
                    its=name,
                )
                yield Change(tuple(places), activated, title, "activation")
    for kind in next((kinds for kinds in ALIKE if first.kind in kinds), ()):

        def made(
            operation: Operation, found: Tensors, kind: str = kind
        ) -> Any:
            given = operation.attributes
            if kind in ("MaxPool", "AvgPool"):
                given = _without(given, "explicit_paddings")
            return executed(operation, found, kind, given)[0]

        if kind != first.kind:
            yield Change(tuple(places), made, *other_kind(first.kind, kind))


def _without(attributes: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    pairs = zip(attributes[::2], attributes[1::2], strict=True)
    return tuple(item for pair in pairs if pair[0] != name for item in pair)


def _other_axes(
    replay: Replay, first: Operation, places: list[int]
) -> Iterator[Change]:
    """Yield a softmax over another axis, and transposed products."""
    import tensorflow as tf

    rank = replay.update.tensors[first.outputs[0]].ndim
    if first.kind == "Softmax":
        for axis in range(1, rank - 1):

            def over(
                operation: Operation, found: Tensors, axis: int = axis
            ) -> Any:
                return tf.nn.softmax(found[operation.inputs[0]], axis)

            yield Change(
                tuple(places),
                over,
                note(
                    "{side}'s softmax is over the last axis, {other}'s over "
                    "axis {axis}.",
                    axis=axis,
                ),
                "softmax-axis",
            )
    for name in TRANSPOSES:
        if name in first.attributes[::2]:

            def turned(
                operation: Operation, found: Tensors, name: str = name
            ) -> Any:
                given = list(operation.attributes)
                place = given[::2].index(name) * 2 + 1
                given[place] = not given[place]
                return executed(operation, found, "", tuple(given))[0]

            yield Change(
                tuple(places),
                turned,
                Note(
                    "{side} transposes a matrix in {what} that {other} does "
                    "not, or the other way round."
                ).given(what=spoken(first.kind)),
                "transposed",
            )


def _other_constants(
    replay: Replay,
    first: Operation,
    places: list[int],
    constants: frozenset[float],
) -> Iterator[Change]:
    import tensorflow as tf

    for slot, number in enumerate(first.inputs):
        value = replay.update.tensors[number]
        if value.size != 1 or value.dtype.kind != "f":
            continue
        for constant in constants - {float(value.ravel()[0])}:

            def made(
                operation: Operation,
                found: Tensors,
                slot: int = slot,
                constant: float = constant,
            ) -> Any:
                own = operation.inputs[slot]
                other = tf.cast(
                    tf.fill(found[own].shape, constant), found[own].dtype
                )
                return executed(operation, {**found, own: other})[0]

            yield Change(
                tuple(places),
                made,
                other_number(first.kind, value, np.array(constant)),
                "constant",
            )
