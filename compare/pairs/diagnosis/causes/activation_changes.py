"""Changes of a recorded model: activations made of several operations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import Operation
from compare.pairs.diagnosis.causes.layer_again import ACTIVATIONS, activation
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.replay import Change, Replay, Tensors
from compare.records.note import note

ONE_BY_ONE = (
    "AddV2",
    "Sub",
    "Mul",
    "RealDiv",
    "Neg",
    "Pow",
    "Square",
    "Exp",
    "Log",
    "Log1p",
    "Expm1",
    "Erf",
    "Erfc",
    "Tanh",
    "Sigmoid",
    "Softplus",
    "Relu",
    "Relu6",
    "Maximum",
    "Minimum",
    "Abs",
    "Greater",
    "GreaterEqual",
    "Less",
    "Select",
    "SelectV2",
    "Cast",
    "Identity",
)
"""Kinds that make every number of one number."""

MADE_UP = (
    "gelu",
    "gelu(approximate=True)",
    "swish",
    "mish",
    "elu",
    "leaky_relu",
    "hard_sigmoid",
    "sigmoid",
    "softplus",
)
"""Activations that are recognised in several operations."""


def activation_changes(replay: Replay, bound: float) -> Iterator[Change]:
    """Yield another activation where several operations make one."""
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for place, source, name in _made_up(replay, bound):
        found[name, replay.operations[place].site][place] = source
    names = {name for name, _ in found}
    for name in names:
        every = {
            place: source
            for (own, _), sources in found.items()
            if own == name
            for place, source in sources.items()
        }
        single = [s for (own, _), s in found.items() if own == name]
        for sources in [every, *(single if len(single) > 1 else [])]:
            for other in (*ACTIVATIONS, *MADE_UP):
                if other not in (name, "softmax"):
                    yield _activated(replay, sources, name, other)


def _activated(
    replay: Replay, sources: dict[int, int], name: str, other: str
) -> Change:
    outputs = {
        replay.operations[place].outputs: source
        for place, source in sources.items()
    }

    def made(operation: Operation, found: Tensors) -> Any:
        return activation(other)(found[outputs[operation.outputs]])

    return Change(
        tuple(sources),
        made,
        note(
            "{side} has the activation {mine} where {other} has {its}.",
            mine=name,
            its=other,
        ),
        "activation",
        note("use the same {name} on both sides.", name="activation"),
    )


def _made_up(replay: Replay, bound: float) -> Iterator[tuple[int, int, str]]:
    """Yield where an activation ends, of what, and which it is."""
    tensors = replay.update.tensors
    readers: dict[int, list[int]] = defaultdict(list)
    for place, operation in replay.operations.items():
        for number in operation.inputs:
            readers[number].append(place)
    for source in list(readers):
        value = tensors[source]
        if len(readers[source]) < 2 or not replay.hangs_on_rows(source):
            continue
        if value.dtype.kind != "f" or value.ndim < 2:
            continue
        known: dict[str, np.ndarray] = {}
        for place, out in _made_of(replay, source, readers):
            if tensors[out].shape != value.shape:
                continue
            if not known:
                known = {
                    name: np.asarray(activation(name)(value))
                    for name in MADE_UP
                }
            for name, wanted in known.items():
                if gap(wanted, tensors[out]) <= bound:
                    yield place, source, name
                    break


def _made_of(
    replay: Replay, source: int, readers: dict[int, list[int]]
) -> Iterator[tuple[int, int]]:
    """Yield what is made of every number of a tensor alone."""
    reached = {source}
    waiting = sorted(readers[source])
    while waiting:
        place = waiting.pop(0)
        operation = replay.operations[place]
        others = [n for n in operation.inputs if n not in reached]
        if operation.kind not in ONE_BY_ONE or any(
            replay.hangs_on_rows(n) or replay.read(n) for n in others
        ):
            continue
        for out in operation.outputs:
            if out not in reached:
                reached.add(out)
                yield place, out
                waiting = sorted({*waiting, *readers[out]})
