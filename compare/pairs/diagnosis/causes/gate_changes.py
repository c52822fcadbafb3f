"""Changes of a recorded model: the gates of a recurrent network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

from compare.pairs.diagnosis.anatomy import Operation
from compare.pairs.diagnosis.causes.hints import Hints, gates_of
from compare.pairs.diagnosis.replay import (
    Change,
    Groups,
    Replay,
    Tensors,
    executed,
)
from compare.records.note import Note

MOST_PARTS = 4
"""Parts of a tensor whose orders are all tried: 24 of these."""


def gate_changes(
    replay: Replay, groups: Groups, hints: Hints
) -> Iterator[Change]:
    """Yield what may be done otherwise, one thing at a time.

    Args:
        replay: of a side.
        groups: of its operations.
        hints: of the other side.
    """
    for places in groups.values():
        first = replay.operations[places[0]]
        if first.kind in ("Split", "SplitV"):
            yield from _other_parts(replay, first, places, hints)
        if first.kind == "Sigmoid":
            yield from map(_turned_gate, _gates_of_line(places))
        if first.kind in ("MatMul", "BatchMatMulV2"):
            yield from _gate_behind(replay, places)
    yield from _other_slices(replay, groups, hints)


def _other_parts(
    replay: Replay, first: Operation, places: list[int], hints: Hints
) -> Iterator[Change]:
    """Yield the parts of a split tensor in other orders."""
    shapes = {replay.update.tensors[n].shape for n in first.outputs}
    count = len(first.outputs)
    if len(shapes) > 1 or not 1 < count <= MOST_PARTS:
        return
    for order in permutations(range(count)):

        def made(
            operation: Operation,
            found: Tensors,
            order: tuple[int, ...] = order,
        ) -> Any:
            parts = executed(operation, found)
            return [parts[place] for place in order]

        if order != tuple(range(count)):
            yield _reordered(replay, places, made, order, hints)


def _other_slices(
    replay: Replay, groups: Groups, hints: Hints
) -> Iterator[Change]:
    """Yield the same, where the parts are cut out one by one."""
    cuts: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
    for places in groups.values():
        for place in places:
            operation = replay.operations[place]
            if operation.kind in ("StridedSlice", "Slice"):
                shape = replay.update.tensors[operation.outputs[0]].shape
                cuts[operation.inputs[0], shape].append(place)
    patterns: dict[tuple[str, ...], list[list[int]]] = defaultdict(list)
    for places in cuts.values():
        if 1 < len(places) <= MOST_PARTS:
            own = sorted(places)
            patterns[tuple(replay.operations[p].site for p in own)].append(own)
    for several in patterns.values():
        numbers = range(len(several[0]))
        for order in permutations(numbers):
            sources = {
                own[n]: own[order[n]] for own in several for n in numbers
            }

            def made(
                operation: Operation,
                found: Tensors,
                sources: dict[int, int] = sources,
            ) -> Any:
                place = next(
                    p
                    for p in sources
                    if replay.operations[p].outputs == operation.outputs
                )
                return executed(replay.operations[sources[place]], found)[0]

            if order != tuple(numbers):
                yield _reordered(replay, list(sources), made, order, hints)


def _reordered(
    replay: Replay,
    places: list[int],
    made: Callable[[Operation, Tensors], Any],
    order: tuple[int, ...],
    hints: Hints,
) -> Change:
    """Return the change of an order of parts."""
    count = len(order)
    own = [g for g in gates_of(replay) if len(g) == count]
    its = [g for g in hints.gates if len(g) == count]
    text = Note(
        "{side} cuts a tensor into {count} parts and takes them in the order "
        "{mine}, where {other} takes {its}."
    )
    mine, other = (
        ", ".join(str(n + 1) for n in numbers)
        for numbers in (range(count), order)
    )
    if own or its:
        text = Note(
            "{side} takes the parts of its kernel for the gates {mine}, "
            "{other} for {its}."
        )
        names = (own or its)[0]
        mine = other = ", ".join(names)
        if own:
            other = ", ".join(names[order.index(n)] for n in range(count))
        else:
            mine = ", ".join(names[n] for n in order)
    return Change(
        tuple(places),
        made,
        text.given(count=count, mine=mine, its=other),
        "gate-order",
        Note("cut kernel and bias into the same parts on both sides."),
    )


def _gates_of_line(places: list[int]) -> Iterator[list[int]]:
    """Yield the operations of a line: all, and each of several gates."""
    for count in range(1, MOST_PARTS):
        if count == 1 or len(places) % count == 0:
            for first in range(count):
                yield places[first::count]


def _turned_gate(places: list[int]) -> Change:
    """Return a gate that lets pass what it kept back."""
    import tensorflow as tf

    def made(operation: Operation, found: Tensors) -> Any:
        return 1 - tf.sigmoid(found[operation.inputs[0]])

    return Change(
        tuple(places),
        made,
        Note(
            "{side} has a gate the other way round: it multiplies by g what "
            "{other} multiplies by 1 - g."
        ),
        "gate-turned",
        Note("compare which of both terms the gate multiplies."),
    )


def _gate_behind(replay: Replay, places: list[int]) -> Iterator[Change]:
    """Yield a product of matrices with the gate behind it."""
    factors: dict[int, tuple[int, int]] = {}
    makers = {
        out: operation
        for operation in replay.operations.values()
        for out in operation.outputs
    }
    tensors = replay.update.tensors
    for place in places:
        operation = replay.operations[place]
        before = makers.get(operation.inputs[0])
        if before is None or before.kind != "Mul":
            return
        a, b = before.inputs
        if (
            not tensors[a].shape
            == tensors[b].shape
            == tensors[operation.outputs[0]].shape
        ):
            return
        gates = [
            n for n in (a, b) if n in makers and makers[n].kind == "Sigmoid"
        ]
        if len(gates) != 1:
            return
        gate = gates[0]
        factors[operation.outputs[0]] = gate, b if gate == a else a

    def made(operation: Operation, found: Tensors) -> Any:
        gate, rest = factors[operation.outputs[0]]
        given = {**found, operation.inputs[0]: found[rest]}
        return found[gate] * executed(operation, given)[0]

    yield Change(
        tuple(places),
        made,
        Note(
            "{side} multiplies by a gate before the matrix product, {other} "
            "behind it (for a GRU of Keras: reset_after)."
        ),
        "gate-before-product",
        Note("apply the reset gate at the same place on both sides."),
    )
