"""Watch the stages of every update of a training, from outside.

As `running.watch` does, functions of TensorFlow and Keras are replaced for as
long as the training runs, by such as keep what passes. Everything runs
eagerly. Tests hold that no bit of the training changes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import Applied, LayerCall, LossCall
from compare.pairs.diagnosis.copying import (
    array_of,
    arrays_of,
    config_of,
    first_of,
    is_eager,
    slices_of,
    training_flag,
    user_place,
)
from compare.pairs.diagnosis.recorder import EnoughError
from compare.pairs.diagnosis.tape_watch import TapeWatch
from compare.running.modes import wrapped


class Stages(TapeWatch):
    """Keeps what passes in every update of a training, see `Recorder`."""

    @contextlib.contextmanager
    def watching(self) -> Iterator[Stages]:
        """Watch what runs in this context."""
        import keras
        import tensorflow as tf
        from tensorflow.python.ops import resource_variable_ops

        optimizer = keras.optimizers.Optimizer
        variable = resource_variable_ops.ResourceVariable
        with contextlib.ExitStack() as stack:
            stack.enter_context(tf.variable_creator_scope(self._created))
            for kind, name, watched in (
                (tf.GradientTape, "__enter__", self._enter),
                (tf.GradientTape, "__exit__", self._exit),
                (tf.GradientTape, "gradient", self._gradient),
                (keras.Layer, "__init__", self._placed),
                (optimizer, "__init__", self._placed),
                (keras.losses.Loss, "__init__", self._placed),
                (variable, "assign", self._assigned),
                (variable, "assign_add", self._assigned),
                (variable, "assign_sub", self._assigned),
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

    def _placed(self, init: Any, made: Any, *args: Any, **given: Any) -> Any:
        self._made.setdefault(id(made), user_place())
        self._kept.append(made)
        return init(made, *args, **given)

    def _assigned(
        self, assign: Any, variable: Any, *args: Any, **given: Any
    ) -> Any:
        seen, number = self._open, self.number(variable)
        outer = seen is not None and seen.gradients and not self._inside
        if seen and outer and number in self._asked and not seen.moved_at:
            seen.moved_at = user_place()
        return assign(variable, *args, **given)

    def _called(self, call: Any, model: Any, *args: Any, **given: Any) -> Any:
        self.places.setdefault(call.__name__, user_place())
        return call(model, *args, **given)

    def _train_step(self, step: Any, model: Any, data: Any) -> Any:
        import keras

        self._begin()
        if self._open:
            x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
            given = first_of(x), first_of(y), first_of(weights)
            self._open.data.append(given)
        return step(model, data)

    def _layer(self, call: Any, layer: Any, *args: Any, **given: Any) -> Any:
        import keras
        import tensorflow as tf

        if not args or not is_eager(args[0]):
            return call(layer, *args, **given)
        inner = [i for i in self._inside if not isinstance(i, keras.Model)]
        flag = given.get("training", training_flag())
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
            self._open.models.append((args[0], first_of(result), flag, place))
            self._open.outputs = tf.nest.flatten(result)
            self._open.named = _names(layer, result)
            if not self._open.gradients:
                self._note_penalty(layer)
        first = self._deep and not self._open.gradients
        if first and not isinstance(layer, keras.Model):
            weights = weights or [np.array(v) for v in layer.weights]
            self._open.passed.append((args, result))
            self._open.layers.append(
                LayerCall(
                    name=layer.name,
                    kind=type(layer).__name__,
                    config=config_of(layer),
                    arguments=tuple(arrays_of(arg) for arg in args),
                    output=array_of(result),
                    mask=array_of(getattr(args[0], "_keras_mask", None)),
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
        y, prediction = array_of(y_true), array_of(y_pred)
        if self._open is not None and y is not None and prediction is not None:
            self._open.losses.append(
                LossCall(
                    kind=type(loss).__name__,
                    config=config_of(loss),
                    y=y,
                    prediction=prediction,
                    weights=array_of(sample_weight),
                    value=float(np.sum(np.asarray(result))),
                    place=self._made.get(id(loss), ""),
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
                config=config_of(optimizer),
                number=number,
                learning_rate=float(np.asarray(optimizer.learning_rate)),
                values={
                    n: array_of(g)
                    for v, g in zip(own, grads, strict=False)
                    if g is not None and (n := self.number(v)) is not None
                },
                place=self._made.get(id(optimizer), ""),
                slices={
                    n: rows
                    for v, g in zip(own, grads, strict=False)
                    if (n := self.number(v)) is not None
                    and (rows := slices_of(g)) is not None
                },
            )
            assert self._open is not None
            self._open.applied.append(seen)
        self._inside.append(optimizer)
        try:
            return apply(optimizer, grads, trainable_variables)
        finally:
            self._inside.pop()


def _names(layer: Any, result: Any) -> tuple[str, ...]:
    """Return the names of a model's outputs, as they are flattened."""
    if isinstance(result, dict):
        return tuple(map(str, sorted(result)))
    return tuple(map(str, getattr(layer, "output_names", ())))
