"""Watch the stages of every update of a training, from outside.

As `running.watch` does, functions of TensorFlow and Keras are replaced for as
long as the training runs, by such as keep what passes. Everything runs
eagerly. Tests hold that no bit of the training changes.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import (
    Applied,
    Gradient,
    LayerCall,
    LossCall,
    Tensor,
    Update,
    Values,
)
from compare.pairs.in_float64 import is_users
from compare.running.modes import wrapped
from compare.running.watch import inner_variables

DEEP = 3
"""Updates of which layers and tapes are kept."""

MOST_BYTES = 2**28
"""What may be kept of one side."""


class EnoughError(BaseException):
    """Ends a training of which enough was seen."""


@dataclass
class _Open:
    """An update that has not ended."""

    before: Values
    started: bool = False
    data: Any = None
    models: list[tuple[Any, Any, bool | None, str]] = field(
        default_factory=list
    )
    model: Any = None
    layers: list[LayerCall] = field(default_factory=list)
    losses: list[LossCall] = field(default_factory=list)
    gradients: list[Gradient] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    penalty: float | None = None


class Stages:
    """Keeps what passes in every update of a training.

    Args:
        seconds: after which the training is ended, if it has made `least`
            updates.
        least: updates that are wanted.
        start: values for variables, by the order in which they are made;
            given to them right before the first update.
    """

    def __init__(
        self, seconds: float, least: int, start: Values | None = None
    ) -> None:
        self.variables: list[Any] = []
        self.paths: dict[int, str] = {}
        self.updates: list[Update] = []
        self.places: dict[str, str] = {}
        self.frozen: set[int] = set()
        self.stalled = 0
        self._number: dict[int, int] = {}
        self._until = time.monotonic() + seconds
        self._least = least
        self._start = start or {}
        self._open: _Open | None = None
        self._tapes = 0
        self._inside: list[Any] = []  # layers, losses, optimizers
        self._made: dict[int, str] = {}  # where objects were made
        self._kept: list[Any] = []  # so that no id is given twice
        self._optimizers: list[Any] = []
        self._trace: list[tuple[str, Any, Any]] = []
        self._bytes = 0

    @contextlib.contextmanager
    def watching(self) -> Iterator[Stages]:
        """Watch what runs in this context."""
        import keras
        import tensorflow as tf

        optimizer = keras.optimizers.Optimizer
        with contextlib.ExitStack() as stack:
            stack.enter_context(tf.variable_creator_scope(self._created))
            for kind, name, watched in (
                (tf.GradientTape, "__enter__", self._enter),
                (tf.GradientTape, "__exit__", self._exit),
                (tf.GradientTape, "gradient", self._gradient),
                (keras.Layer, "__init__", self._placed),
                (optimizer, "__init__", self._placed),
                (keras.Layer, "__call__", self._layer),
                (keras.losses.Loss, "__call__", self._loss),
                (optimizer, "apply", self._apply),
                (keras.Model, "train_step", self._train_step),
                (keras.Model, "compile", self._called),
                (keras.Model, "fit", self._called),
            ):
                stack.enter_context(wrapped(kind, name, watched))
            with contextlib.suppress(EnoughError):
                yield self
        self._close()

    # --- Variables

    def _created(self, next_creator: Any, **given: Any) -> Any:
        variable = next_creator(**given)
        number = len(self.variables)
        self.variables.append(variable)
        self._number[id(variable)] = number
        if self._open and number in self._start:
            self._put(number)
        return variable

    def _put(self, number: int) -> None:
        variable, value = self.variables[number], self._start[number]
        kind = variable.dtype.as_numpy_dtype
        variable.assign(value.reshape(variable.shape).astype(kind))
        if self._open:
            self._open.before[number] = np.array(variable)

    def number(self, variable: Any) -> int | None:
        """Return which variable it is, in the order of making."""
        for item in inner_variables(variable):
            if id(item) in self._number:
                return self._number[id(item)]
        return None

    def copies(self) -> Values:
        """Copy every variable."""
        return {i: np.array(v) for i, v in enumerate(self.variables)}

    # --- Updates

    def _begin(self) -> None:
        """Close the update that has been made, if one has, and open one."""
        if self._open is None:
            for number in self._start:
                if number < len(self.variables):
                    self._put(number)
            self._open = _Open(self.copies())
            return
        if not self._open.gradients:
            return
        now = self.copies()
        if self._moved(self._open.before, now):
            self._close(now)
            self._open = _Open(now)
        enough = len(self.updates) >= self._least
        if enough and time.monotonic() > self._until:
            raise EnoughError

    def _close(self, now: Values | None = None) -> None:
        seen, self._open = self._open, None
        if seen is None or not seen.gradients:
            return
        now = now or self.copies()
        if self.updates and not self._moved(seen.before, now):
            self.stalled = len(seen.gradients)
            return
        x, y, weights = _data(seen)
        output = _array(seen.models[-1][1]) if seen.models else None
        made = Update(
            x=x,
            y=y,
            weights=weights,
            training=seen.models[0][2] if seen.models else None,
            layers=tuple(seen.layers),
            output=output,
            mask=_array(getattr(seen.models[-1][1], "_keras_mask", None))
            if seen.models
            else None,
            losses=tuple(seen.losses),
            penalty=seen.penalty,
            gradients=tuple(seen.gradients),
            applied=tuple(seen.applied),
            before={**now, **seen.before},
            after=now,
            place=seen.models[0][3] if seen.models else "",
        )
        self._bytes += sum(v.nbytes for v in now.values())
        if self._bytes < MOST_BYTES:
            self.updates.append(made)

    def _moved(self, before: Values, now: Values) -> bool:
        return any(
            v.trainable
            and i in before
            and not np.array_equal(before[i], now[i], equal_nan=True)
            for i, v in enumerate(self.variables)
        )

    @property
    def _deep(self) -> bool:
        made = len(self.updates)
        return made < DEEP or self._least - 2 <= made < self._least

    # --- Tapes

    def _enter(self, enter: Any, tape: Any) -> Any:
        from tensorflow.python.framework import op_callbacks

        if not self._tapes:
            self._begin()
            self._trace = []
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
        if not self._inside and graph is None:
            self._trace.append((kind, inputs, outputs))

    def _gradient(
        self, gradient: Any, tape: Any, target: Any, sources: Any, **given: Any
    ) -> Any:
        import tensorflow as tf

        seen = self._open
        if seen is None or self._inside or target is None:
            return gradient(tape, target, sources, **given)
        flat = tf.nest.flatten(sources)
        model = seen.models[-1][1] if seen.models else None
        logits = getattr(model, "_keras_logits", None)
        watched = [t for t in (model, logits) if tf.is_tensor(t)]
        others = self._tensors()
        kept = [t for _, t in others] if self._deep else []
        extra = [*watched, *kept]
        found = gradient(
            tape, target, [*flat, *(t for t in extra if _is_float(t))], **given
        )
        own, rest = found[: len(flat)], iter(found[len(flat) :])
        upstream = [next(rest) if _is_float(t) else None for t in extra]
        numbers = [self.number(source) for source in flat]
        goals = [np.asarray(t, float) for t in tf.nest.flatten(target)]
        heads = [
            Tensor("logits" if t is logits else "", _array(t), _array(up))
            for t, up in zip(watched, upstream, strict=False)
            if up is not None
        ]
        seen.gradients.append(
            Gradient(
                loss=float(sum(goal.sum() for goal in goals)),
                shape=goals[0].shape,
                sources=tuple(n for n in numbers if n is not None),
                values={
                    n: _array(g)
                    for n, g in zip(numbers, own, strict=True)
                    if g is not None and n is not None
                },
                prediction=heads[0] if heads else None,
                tape=tuple(
                    Tensor(kind, value, _array(up))
                    for (kind, t), up in zip_longest(
                        others, upstream[len(watched) :]
                    )
                    if (value := _array(t)) is not None
                ),
                place=user_place(),
            )
        )
        return tf.nest.pack_sequence_as(sources, own)

    def _tensors(self) -> list[tuple[str, Any]]:
        """Return what is on the tape: what came from outside, what was made.

        Inside of layers, losses and optimizers nothing is looked at. What
        was made is kept of the deep updates only.
        """
        seen = self._open
        made = {id(out) for _, out, *_ in seen.models} if seen else set()
        found: dict[int, tuple[str, Any]] = {}
        for kind, inputs, outputs in self._trace:
            for t in inputs:
                if id(t) not in made and _is_number(t):
                    found.setdefault(id(t), ("", t))
            for t in outputs:
                made.add(id(t))
                if kind != "ReadVariableOp" and _is_number(t):
                    found[id(t)] = (kind, t)
        return [t for t in found.values() if self._deep or not t[0]]

    # --- Keras

    def _placed(self, init: Any, made: Any, *args: Any, **given: Any) -> Any:
        self._made.setdefault(id(made), user_place())
        self._kept.append(made)
        return init(made, *args, **given)

    def _called(self, call: Any, model: Any, *args: Any, **given: Any) -> Any:
        self.places.setdefault(call.__name__, user_place())
        return call(model, *args, **given)

    def _train_step(self, step: Any, model: Any, data: Any) -> Any:
        import keras

        self._begin()
        if self._open:
            x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
            self._open.data = (_first(x), _first(y), _first(weights))
        return step(model, data)

    def _layer(self, call: Any, layer: Any, *args: Any, **given: Any) -> Any:
        import keras

        if not args or not _is_eager(args[0]):
            return call(layer, *args, **given)
        inner = [i for i in self._inside if not isinstance(i, keras.Model)]
        flag = given.get("training", _flag())
        weights = [np.array(v) for v in layer.weights] if layer.built else []
        self._inside.append(layer)
        try:
            result = call(layer, *args, **given)
        finally:
            self._inside.pop()
        if self._open is None or inner:
            return result
        if not self._inside and self._tapes:
            place = user_place()
            self._open.models.append((args[0], _first(result), flag, place))
            self._note_penalty(layer)
        if self._deep and not isinstance(layer, keras.Model):
            weights = weights or [np.array(v) for v in layer.weights]
            self._open.layers.append(
                LayerCall(
                    name=layer.name,
                    kind=type(layer).__name__,
                    config=_config(layer),
                    arguments=tuple(_arrays(arg) for arg in args),
                    output=_array(result),
                    mask=_array(getattr(args[0], "_keras_mask", None)),
                    training=None if flag is None else bool(flag),
                    weights=tuple(weights),
                    variables=tuple(
                        n
                        for v in layer.weights
                        if (n := self.number(v)) is not None
                    ),
                    place=self._made.get(id(layer), ""),
                )
            )
        return result

    def _note_penalty(self, layer: Any) -> None:
        assert self._open is not None
        for variable in layer.weights:
            number = self.number(variable)
            if number is not None:
                self.paths[number] = variable.path
                if not variable.trainable:
                    self.frozen.add(number)
        self._inside.append(layer)  # what follows is no part of the training
        self._open.penalty = (self._open.penalty or 0.0) + float(
            sum(float(np.sum(np.asarray(loss))) for loss in layer.losses)
        )
        self._inside.pop()

    def _loss(
        self,
        call: Any,
        loss: Any,
        y_true: Any,
        y_pred: Any,
        sample_weight: Any = None,
    ) -> Any:
        self._inside.append(loss)
        try:
            result = call(loss, y_true, y_pred, sample_weight)
        finally:
            self._inside.pop()
        y, prediction = _array(y_true), _array(y_pred)
        if self._open is not None and y is not None and prediction is not None:
            self._open.losses.append(
                LossCall(
                    kind=type(loss).__name__,
                    config=_config(loss),
                    y=y,
                    prediction=prediction,
                    weights=_array(sample_weight),
                    value=float(np.sum(np.asarray(result))),
                )
            )
        return result

    def _apply(
        self,
        apply: Any,
        optimizer: Any,
        grads: Any,
        trainable_variables: Any = None,
    ) -> Any:
        outer = not self._inside and self._open is not None
        if outer:
            grads = list(grads)
            own = trainable_variables
            if own is None:
                own = optimizer._trainable_variables
            trainable_variables = own = list(own)
            if not any(optimizer is other for other in self._optimizers):
                self._optimizers.append(optimizer)
            number = [o is optimizer for o in self._optimizers].index(True)
            seen = Applied(
                kind=type(optimizer).__name__,
                config=_config(optimizer),
                number=number,
                learning_rate=float(np.asarray(optimizer.learning_rate)),
                values={
                    n: _array(g)
                    for v, g in zip(own, grads, strict=False)
                    if g is not None and (n := self.number(v)) is not None
                },
                place=self._made.get(id(optimizer), ""),
            )
            assert self._open is not None
            self._open.applied.append(seen)
        self._inside.append(optimizer)
        try:
            return apply(optimizer, grads, trainable_variables)
        finally:
            self._inside.pop()


def user_place() -> str:
    """Return the line of the user's file that is being run."""
    frame = sys._getframe(1)
    while frame is not None:
        if is_users(frame.f_code.co_filename):
            name = frame.f_code.co_filename.rpartition("/")[2]
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""


def _flag() -> Any:
    """Return the training flag that an outer layer set."""
    from keras.src.backend.common import global_state

    context = global_state.get_global_attribute("current_call_ctx")
    found = getattr(context, "training", None)
    if found is None:
        found = getattr(context, "context_args", {}).get("training")
    return found


def _data(seen: _Open) -> tuple[Any, Any, Any]:
    """Return x, y and weights of samples, from where they were seen."""
    x = y = weights = None
    if seen.data:
        x, y, weights = (_array(value) for value in seen.data)
    elif seen.models:
        x = _array(seen.models[0][0])
    if y is None and seen.losses:
        y, weights = seen.losses[-1].y, seen.losses[-1].weights
    return x, y, weights


def _config(item: Any) -> dict[str, Any]:
    """Return the configuration of a layer, loss or optimizer."""
    try:
        return {k: _plain(v) for k, v in item.get_config().items()}
    except (NotImplementedError, AttributeError, TypeError, ValueError):
        return {}


def _plain(value: Any) -> Any:
    """Return what can be sent to another process."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        items = [_plain(v) for v in value]
        return tuple(items) if isinstance(value, tuple) else items
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    known = isinstance(value, str | int | float | bool | None)
    return value if known else type(value).__name__


def _first(value: Any) -> Any:
    import tensorflow as tf

    flat = tf.nest.flatten(value)
    return flat[0] if flat else None


def _array(value: Any) -> Any:
    """Copy a tensor; None where it is none, or several."""
    import tensorflow as tf

    if isinstance(value, tf.IndexedSlices):
        value = tf.convert_to_tensor(value)
    if value is None or isinstance(value, dict):
        return None
    if isinstance(value, list | tuple):
        return _array(value[0]) if len(value) == 1 else None
    try:
        array = np.array(value)
    except (TypeError, ValueError, NotImplementedError):
        return None
    return array if array.dtype.kind in "fiub" else None


def _arrays(value: Any) -> Any:
    """Copy tensors, in lists as they are."""
    if isinstance(value, list | tuple):
        return [_arrays(item) for item in value]
    return _array(value)


def _is_eager(value: Any) -> bool:
    import keras
    import tensorflow as tf

    return not tf.inside_function() and not any(
        isinstance(item, keras.KerasTensor) for item in tf.nest.flatten(value)
    )


def _is_number(tensor: Any) -> bool:
    return bool(
        hasattr(tensor, "numpy")
        and (tensor.dtype.is_floating or tensor.dtype.is_integer)
        and tensor.shape.rank
    )


def _is_float(tensor: Any) -> bool:
    return bool(tensor.dtype.is_floating)
