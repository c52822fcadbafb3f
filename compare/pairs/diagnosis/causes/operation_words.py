"""What operations are called in sentences."""

from __future__ import annotations

import numpy as np

from compare.pairs.diagnosis.anatomy import Operation
from compare.pairs.diagnosis.causes.naming import figure
from compare.pairs.diagnosis.replay import Replay
from compare.records.note import Note, note

UNARY = {
    "Relu": "relu",
    "LeakyRelu": "leaky_relu",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Elu": "elu",
    "Selu": "selu",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Softmax": "softmax",
}
"""Kinds of operations that are activations, as Keras calls them."""

SHIFTS = ("AddV2", "Sub", "BiasAdd", "Mul", "RealDiv")

WORDS = {
    "AddV2": Note("an addition"),
    "BiasAdd": Note("the addition of a bias"),
    "Sub": Note("a subtraction"),
    "Mul": Note("a multiplication"),
    "RealDiv": Note("a division"),
    "MatMul": Note("a matrix product"),
    "Softmax": Note("a softmax"),
    "ReverseV2": Note("a reversal of the order"),
    "Transpose": Note("a transposition, so that it goes along another axis"),
    "Mean": Note("a mean"),
    "Max": Note("a maximum"),
    "Sum": Note("a sum"),
    "MaxPool": Note("a pooling by the maximum"),
    "AvgPool": Note("a pooling by the average"),
}
"""What operations are called in sentences."""

MASKED = -100.0
"""What is added to scores that are not to count is below."""


def spoken(kind: str) -> Note:
    """Say what operations of a kind are."""
    return WORDS.get(kind, note("the operation {kind}", kind=kind))


def only_here(replay: Replay, operation: Operation, slot: int) -> Note:
    """Say what only one side has."""
    what = spoken(operation.kind)
    others = [
        replay.update.tensors[n]
        for i, n in enumerate(operation.inputs)
        if i != slot
    ]
    if slot < 0:
        text = Note("{side} has steps before {what} that {other} has not.")
        return text.given(what=what)
    if operation.kind in SHIFTS and others:
        value = others[0]
        if value.size == 1:
            text = Note("{side} has {what} by {number}, {other} has none.")
            return text.given(
                what=what, number=figure(float(value.ravel()[0]))
            )
        if (value == 0).any() and ((value == 0) | (value < MASKED)).all():
            return _masks(value == 0)
        if (
            operation.kind == "AddV2"
            and value.ndim > 1
            and _made(replay, operation, slot)
        ):
            return Note(
                "{side} adds two branches (a residual connection), {other} "
                "takes one."
            )
    if operation.kind in UNARY:
        text = Note("{side} has the activation {what}, {other} has none.")
        return text.given(what=UNARY[operation.kind])
    if operation.kind == "SelectV2":
        return _masks(replay.update.tensors[operation.inputs[0]])
    return Note("{side} has {what}, {other} has none.").given(what=what)


def _masks(allowed: np.ndarray) -> Note:
    """Say a mask on scores, by what it lets pass."""
    square = np.squeeze(allowed)
    while square.ndim > 2:
        square = square[0]
    if square.ndim == 2 and (np.tril(square) == square).all():
        return Note(
            "{side} has a causal mask (a step does not see those behind it), "
            "{other} has none."
        )
    return Note("{side} has a mask on its scores, {other} has none.")


def _made(replay: Replay, operation: Operation, slot: int) -> bool:
    """Whether all inputs but one were computed."""
    made = {n for o in replay.operations.values() for n in o.outputs}
    return all(n in made for i, n in enumerate(operation.inputs) if i != slot)
