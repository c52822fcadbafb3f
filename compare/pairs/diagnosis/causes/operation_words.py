"""What operations are called in sentences."""

from __future__ import annotations

from collections.abc import Mapping

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
    "Conv2D": Note("a convolution"),
    "Conv3D": Note("a convolution"),
    "DepthwiseConv2dNative": Note("a convolution of each channel"),
}
"""What operations are called in sentences."""

PRODUCTS = ("MatMul", "BatchMatMulV2", "Einsum")

MASKED = -100.0
"""What is added to scores that are not to count is below."""


def spoken(kind: str) -> Note:
    """Say what operations of a kind are."""
    return WORDS.get(kind, note("the operation {kind}", kind=kind))


def other_kind(mine: str, its: str) -> tuple[Note, str]:
    """Say that operations are of another kind; with the key of a cause."""
    if mine in UNARY and its in UNARY:
        return note(
            "{side} has the activation {mine} where {other} has {its}.",
            mine=UNARY[mine],
            its=UNARY[its],
        ), "activation"
    return note(
        "{side} has {mine} where {other} has {its}.",
        mine=spoken(mine),
        its=spoken(its),
    ), "operation"


def other_number(kind: str, mine: np.ndarray, its: np.ndarray) -> Note:
    """Say that operations of a kind take another number."""
    return note(
        "{side} has {mine} in {what} where {other} has {its}.",
        mine=_numbers(mine),
        its=_numbers(its),
        what=spoken(kind),
    )


def _numbers(value: np.ndarray) -> str:
    shown = ", ".join(figure(float(v)) for v in value.ravel()[:3])
    return f"{shown}, ..." if value.size > 3 else shown


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
            if features := _scales_scores(replay, operation):
                text = Note(
                    "{side} divides its attention scores by the root of "
                    "their {number} features, {other} does not."
                )
                return text.given(number=features)
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


def _scales_scores(replay: Replay, operation: Operation) -> int:
    """Return the features of scores that are scaled as in attention.

    A product with a softmax behind it is scaled, or one of its factors, by
    the root of as many features as it sums over; otherwise 0.
    """
    tensors = replay.update.tensors
    numbers = [n for n in operation.inputs if tensors[n].size == 1]
    factor = abs(float(tensors[numbers[0]].ravel()[0])) if numbers else 0.0
    if operation.kind not in ("Mul", "RealDiv") or not factor:
        return 0
    wanted = factor**2 if operation.kind == "RealDiv" else factor**-2
    reached, sums = set(operation.outputs), []
    for other in replay.operations.values():
        if other.kind in PRODUCTS and (
            set(other.outputs) & set(operation.inputs)
            or reached & set(other.inputs)
        ):
            sums.append(_summed(other, tensors))
        if reached.isdisjoint(other.inputs):
            continue
        if other.kind == "Softmax":
            near = any(abs(wanted - n) < 1e-5 * n for n in sums[:1])
            return round(wanted) if near else 0
        if other.kind in (*PRODUCTS, *SHIFTS, "Reshape", "Transpose"):
            reached.update(other.outputs)
    return 0


def _summed(operation: Operation, tensors: Mapping[int, np.ndarray]) -> int:
    """Return how many products a product of tensors sums up."""
    given = dict(
        zip(operation.attributes[::2], operation.attributes[1::2], strict=True)
    )
    shape = tensors[operation.inputs[0]].shape
    if operation.kind != "Einsum":
        turned = given.get("transpose_a") or given.get("adj_x")
        return int(shape[-2 if turned else -1])
    equation = given["equation"]
    text = equation.decode() if isinstance(equation, bytes) else str(equation)
    own, _, made = text.replace(" ", "").partition("->")
    axes = zip(own.split(",")[0], shape, strict=False)
    return int(np.prod([size for axis, size in axes if axis not in made]))


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
