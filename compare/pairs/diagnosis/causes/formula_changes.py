"""Changes of a recorded model: paddings, strides, the order of axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from compare.pairs.diagnosis.anatomy import Operation
from compare.pairs.diagnosis.causes.operation_words import spoken
from compare.pairs.diagnosis.replay import (
    Change,
    Groups,
    Replay,
    Tensors,
    executed,
)
from compare.records.note import Note, note

WINDOWS = (
    "Conv2D",
    "Conv3D",
    "DepthwiseConv2dNative",
    "MaxPool",
    "AvgPool",
    "MaxPool3D",
    "AvgPool3D",
)
"""Kinds that go over an image by windows."""

STRIDES = (1, 2)


def formula_changes(replay: Replay, groups: Groups) -> Iterator[Change]:
    """Yield what may be done otherwise, one thing at a time.

    Args:
        replay: of a side.
        groups: of its operations.
    """
    for places in groups.values():
        first = replay.operations[places[0]]
        if first.kind in WINDOWS:
            yield from _other_windows(first, places)
        if first.kind == "Transpose":
            yield from _only_reshaped(replay, first, places)


def _attribute(operation: Operation, name: str) -> Any:
    """Return an attribute; None where it has none."""
    names = operation.attributes[::2]
    if name not in names:
        return None
    value = operation.attributes[names.index(name) * 2 + 1]
    return value.decode() if isinstance(value, bytes) else value


def _with(name: str, value: Any) -> Callable[[Operation, Tensors], Any]:
    """Return what runs an operation with another attribute."""

    def made(operation: Operation, found: Tensors) -> Any:
        given = list(operation.attributes)
        given[given[::2].index(name) * 2 + 1] = value
        return executed(operation, found, "", tuple(given))[0]

    return made


def _other_windows(first: Operation, places: list[int]) -> Iterator[Change]:
    """Yield the other padding, and other strides."""
    own = _attribute(first, "padding")
    for other in ("SAME", "VALID"):
        if own in ("SAME", "VALID") and other != own:
            yield Change(
                tuple(places),
                _with("padding", other),
                note(
                    "{side} pads with {mine} in {what} where {other} has "
                    "{its}.",
                    mine=own,
                    its=other,
                    what=spoken(first.kind),
                ),
                "padding",
                note("use the same {name} on both sides.", name="padding"),
            )
    whole = list(_attribute(first, "strides") or ())
    for stride in STRIDES:
        wanted = [whole[0], *(stride for _ in whole[1:-1]), *whole[-1:]]
        if len(whole) > 2 and wanted != whole:
            yield Change(
                tuple(places),
                _with("strides", wanted),
                note(
                    "{side} has strides of {mine} in {what} where {other} has "
                    "{its}.",
                    mine=" x ".join(map(str, whole[1:-1])),
                    its=" x ".join(map(str, wanted[1:-1])),
                    what=spoken(first.kind),
                ),
                "strides",
                note("use the same {name} on both sides.", name="strides"),
            )


def _only_reshaped(
    replay: Replay, first: Operation, places: list[int]
) -> Iterator[Change]:
    """Yield a transposition that keeps the order of the numbers."""
    import tensorflow as tf

    order = replay.update.tensors[first.inputs[1]].ravel().tolist()
    moved = [replay.operations[place] for place in places]
    shaped = {
        number
        for operation in replay.operations.values()
        if operation.kind == "Reshape"
        for number in (*operation.inputs[:1], *operation.outputs)
    }
    if len(order) < 3 or any(
        shaped.isdisjoint((o.inputs[0], *o.outputs)) for o in moved
    ):
        return

    def made(operation: Operation, found: Tensors) -> Any:
        own = found[operation.inputs[0]]
        return tf.reshape(own, [own.shape[int(axis)] for axis in order])

    yield Change(
        tuple(places),
        made,
        note(
            "{side} transposes axes ({order}) where it reshapes, {other} does "
            "not.",
            order=", ".join(map(str, order)),
        ),
        "axes-transposed",
        Note(
            "transpose on both sides or on neither: reshape alone keeps the "
            "order of the numbers."
        ),
    )
