"""Which recorded tensor is a prediction, its logits, or the loss."""

from __future__ import annotations

import numpy as np

from compare.pairs.diagnosis.anatomy import Update
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.replay import Replay

UNCHANGED = (
    "AddV2",
    "BiasAdd",
    "Cast",
    "ExpandDims",
    "Identity",
    "Reshape",
    "Squeeze",
)
"""Kinds that may leave a prediction as it is, and are no part of a loss."""


def head_of(update: Update, value: np.ndarray) -> int | None:
    """Return the number of the tensor that is a prediction.

    It is the first with these numbers, or what an addition of zeros or a new
    shape makes of it: in a loss there may be more such tensors.
    """
    found = None
    for operation in update.operations:
        if found is not None and operation.kind not in UNCHANGED:
            continue
        for number in operation.outputs:
            made = update.tensors[number]
            if made.size == value.size and made.dtype.kind == "f":
                found = number if gap(made, value) == 0 else found
    return found


def target_of(update: Update) -> int | None:
    """Return the number of the tensor that the first gradient is taken of."""
    goal = update.gradients[0]
    for operation in reversed(update.operations):
        for number in operation.outputs:
            made = update.tensors[number]
            if made.dtype.kind != "f" or made.shape != goal.shape:
                continue
            if float(made.astype(float).sum()) == goal.loss:
                return number
    return None


def before_activation(replay: Replay) -> list[int]:
    """Return the logits, where a head is a softmax or sigmoid of them."""
    return [
        operation.inputs[0]
        for operation in replay.operations.values()
        if replay.head in operation.outputs
        and operation.kind in ("Softmax", "Sigmoid")
    ]
