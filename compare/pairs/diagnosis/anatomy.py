"""What was seen of the updates of a side. Plain numpy, sent by value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compare.pairs.sides import Returned
from compare.records.pairs import FitFacts

Values = dict[int, np.ndarray]
"""Variables by the order in which they were made."""


@dataclass(frozen=True)
class LayerCall:
    """One call of a Keras layer that holds no model.

    Attributes:
        name, kind: the layer's, and its class's.
        config: as `get_config` gives it.
        arguments: what went in; tensors in lists as they were given.
        output: what came out; None where that is no one tensor.
        mask: of the first input, None where it has none.
        training: the flag in force, None where nobody set it.
        weights: before the call, in the layer's order.
        variables: which variables these are.
        place: where the layer was made, as "file.py:12".
        taken: numbers of the tensors in `arguments`, see `Update.tensors`;
            None for what is none.
        made: number of the output; None where that is no one tensor.
    """

    name: str
    kind: str
    config: Mapping[str, Any]
    arguments: tuple[Any, ...]
    output: np.ndarray | None
    mask: np.ndarray | None
    training: bool | None
    weights: tuple[np.ndarray, ...]
    variables: tuple[int, ...]
    place: str
    taken: tuple[Any, ...] = ()
    made: int | None = None

    @property
    def inputs(self) -> np.ndarray | None:
        """What went in, where it is one tensor."""
        first = self.arguments[0] if self.arguments else None
        one = len(self.arguments) == 1 and isinstance(first, np.ndarray)
        return first if one else None


@dataclass(frozen=True)
class LossCall:
    """One call of a `keras.losses.Loss`; its place is where it was made."""

    kind: str
    config: Mapping[str, Any]
    y: np.ndarray
    prediction: np.ndarray
    weights: np.ndarray | None
    value: float
    place: str


@dataclass(frozen=True)
class Tensor:
    """A tensor that was seen on a tape.

    Attributes:
        kind: of the operation that made it; "" for what came from outside.
        value: its numbers.
        upstream: the target's gradient with respect to it; None where the
            target does not depend on it.
    """

    kind: str
    value: np.ndarray
    upstream: np.ndarray | None


@dataclass(frozen=True)
class Gradient:
    """One call of `tape.gradient`.

    Attributes:
        loss: the target, summed: what is differentiated.
        shape: the target's.
        sources: variables that were asked for.
        values: their gradients; none for one that is not connected.
        prediction: what the model gave, or its logits where the loss went
            round the last activation.
        outputs: for each output of a model that has several, what it gave,
            and its logits, as far as the target depends on them.
        named: the names of these outputs.
        tape: the other tensors on the tape.
        place: as "file.py:12".
    """

    loss: float
    shape: tuple[int, ...]
    sources: tuple[int, ...]
    values: Values
    prediction: Tensor | None
    outputs: tuple[tuple[Tensor, ...], ...]
    named: tuple[str, ...]
    tape: tuple[Tensor, ...]
    place: str


@dataclass(frozen=True)
class Operation:
    """One operation of TensorFlow on the way from a batch to its loss.

    Attributes:
        kind: such as "MatMul".
        attributes: as TensorFlow passes them: a name, its value, a name, ...
        inputs, outputs: numbers of the tensors, see `Update.tensors`.
        site: the line of Keras or of the user that asked for it.
        place: the user's line, as "file.py:12"; inside of a layer of Keras
            the one that makes it.
    """

    kind: str
    attributes: tuple[Any, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    site: str
    place: str


@dataclass(frozen=True)
class Applied:
    """One call of a Keras optimizer.

    Attributes:
        kind, config: of the optimizer.
        number: which optimizer object it is, from 0.
        learning_rate: in force.
        values: gradients as they were given to it.
        place: where the optimizer was made.
        slices: those that were given as rows, of which some may come twice:
            the rows, and which they are.
    """

    kind: str
    config: Mapping[str, Any]
    number: int
    learning_rate: float
    values: Values
    place: str
    slices: Mapping[int, tuple[np.ndarray, np.ndarray]] = field(
        default_factory=dict
    )


@dataclass(frozen=True)
class Update:
    """All that was seen from one change of the parameters to the next.

    Attributes:
        x, y, weights: the batch, and weights of samples, as the model and
            the loss got them; None where they were not seen.
        training: the flag that the model was called with.
        layers: the calls of layers, in order.
        output: what the model gave.
        mask: of the output, where a layer set one.
        losses: calls of Keras's losses.
        penalty: the sum of the model's own losses; None without a model.
        gradients: calls of `tape.gradient`.
        applied: calls of optimizers.
        operations: in order, up to the first gradient.
        tensors: what these took and made, by number.
        handles: by number too, which variable a tensor is, or is read from.
        before, after: all variables.
        place: of the model's call.
        moved_at: the line that moves a variable without an optimizer, or "".
    """

    x: np.ndarray | None
    y: np.ndarray | None
    weights: np.ndarray | None
    training: bool | None
    layers: tuple[LayerCall, ...]
    output: np.ndarray | None
    mask: np.ndarray | None
    losses: tuple[LossCall, ...]
    penalty: float | None
    gradients: tuple[Gradient, ...]
    applied: tuple[Applied, ...]
    operations: tuple[Operation, ...]
    tensors: Mapping[int, np.ndarray]
    handles: Mapping[int, int]
    before: Values
    after: Values
    place: str
    moved_at: str

    @property
    def rows(self) -> int | None:
        """How many rows the batch has."""
        for seen in (self.x, self.y, self.output):
            if seen is not None and seen.ndim:
                return len(seen)
        return None


@dataclass(frozen=True)
class Anatomy:
    """What was seen of the updates of a side.

    Attributes:
        side: its name.
        names: of the variables, in the order in which they were made.
        keys: what was returned -> the variable that it is.
        returned: None where the run was ended early.
        updates: in order.
        fits: its calls of Keras's fit.
        places: of the calls "compile" and "fit", as "file.py:12".
        frozen: variables that Keras was told not to train.
        stalled: gradients that were taken after the last update, and moved
            nothing.
    """

    side: str
    names: tuple[str, ...]
    keys: Mapping[str, int]
    returned: Returned | None
    updates: tuple[Update, ...]
    fits: tuple[FitFacts, ...]
    places: Mapping[str, str]
    frozen: frozenset[int]
    stalled: int = 0
