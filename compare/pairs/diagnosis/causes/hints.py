"""What the other side hints at of the changes of a recorded model."""

from __future__ import annotations

from dataclasses import dataclass

from compare.pairs.diagnosis.replay import Replay

GATES = {"LSTM": "ifco", "GRU": "zrh"}
"""The parts of the kernels of Keras's layers, in order."""


@dataclass(frozen=True)
class Hints:
    """What the other side hints at.

    Attributes:
        constants: numbers that only it computes with.
        common: those that both compute with, perhaps elsewhere.
        gates: the parts of kernels by Keras's names, where it has such a
            layer.
        bound: see `closeness`.
    """

    constants: frozenset[float]
    common: frozenset[float]
    gates: tuple[str, ...]
    bound: float


def hints_of(other: Replay, side: Replay, bound: float) -> Hints:
    """Return what a side hints at of the other."""
    mine, its = _constants(side), _constants(other)
    return Hints(its - mine, its & mine, gates_of(other), bound)


def gates_of(replay: Replay) -> tuple[str, ...]:
    """Return the parts of the kernels of a side's layers of Keras."""
    kinds = {call.kind for call in replay.update.layers}
    return tuple(own for kind, own in GATES.items() if kind in kinds)


def _constants(replay: Replay) -> frozenset[float]:
    """Return the single numbers that operations take."""
    tensors = replay.update.tensors
    return frozenset(
        float(tensors[number].ravel()[0])
        for operation in replay.operations.values()
        for number in operation.inputs
        if tensors[number].size == 1 and tensors[number].dtype.kind == "f"
    )
