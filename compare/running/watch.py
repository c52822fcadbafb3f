"""Watch the updates of a training from outside.

An exhibit is what a textbook would print: it knows nothing of watchers. So a
few functions of TensorFlow and Keras are replaced for as long as it runs, by
such as copy numbers besides; tests hold that no bit of a training changes.
"""

from __future__ import annotations

import contextlib
import inspect
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from compare.running.modes import function_type, wrapped

MOST_BYTES = 2**31
"""What copies may take. A network of a user's may be large: then its updates
are counted, and no value is kept."""

OnUpdate = Callable[[int, float], None]
"""Called as on_update(updates made, when the copying began) after each."""


class Watch:
    """Copies all variables after every update of a training.

    An update is a call of a `tf.function` in which a gradient is taken, a
    batch of Keras's `fit`, or a call of `train_on_batch`. In a loop without
    any of these it is a call of a `tf.function` that changes a variable, for
    some write their gradients out, or else what lies between two gradient
    tapes.

    Attributes:
        variables: every `tf.Variable`, in the order in which they were made.
    """

    def __init__(self, on_update: OnUpdate | None = None) -> None:
        self.variables: list[Any] = []
        self._on_update = on_update or (lambda update, start: None)
        self._rows: list[dict[int, np.ndarray]] = []
        self._changes: list[dict[int, np.ndarray]] = []
        self._between: list[dict[int, np.ndarray]] = []
        self._inside = 0
        self._gradient_taken = False
        self._steps: weakref.WeakSet[Any] = weakref.WeakSet()
        self._models: list[Any] = []
        self._asked: set[int] = set()
        self._bytes = 0

    @contextlib.contextmanager
    def watching(self) -> Iterator[Watch]:
        """Watch what runs in this context."""
        import keras

        with contextlib.ExitStack() as stack:
            if keras.backend.backend() == "tensorflow":
                stack.enter_context(self._tensorflow())
            for name, watched in (
                ("fit", self._fit),
                ("train_on_batch", self._train_on_batch),
            ):
                stack.enter_context(wrapped(keras.Model, name, watched))
            yield self
        if not self._rows:
            ends = [self._copies()] if self._between else []
            self._rows = self._changes or [*self._between[1:], *ends]

    @property
    def updates(self) -> int:
        """How many updates were seen."""
        return len(self._rows)

    def path(self, variable: Any) -> list[np.ndarray] | None:
        """Return a variable's value after each update.

        None if the variable is not one that was seen after every update.
        """
        for key in map(id, inner_variables(variable)):
            if self._rows and all(key in row for row in self._rows):
                return [row[key] for row in self._rows]
        return None

    def trained(self, variable: Any) -> bool:
        """Whether a gradient with respect to a variable was taken."""
        return any(id(v) in self._asked for v in inner_variables(variable))

    def path_to(self, value: np.ndarray) -> list[np.ndarray] | None:
        """Return the path of the one variable that ends at a value.

        For what was returned as an array. None if several variables end
        there, or none.
        """
        last = self._rows[-1] if self._rows else {}
        keys = [
            key
            for key, end in last.items()
            if end.dtype == value.dtype and np.array_equal(end, value)
        ]
        if len(keys) != 1 or any(keys[0] not in row for row in self._rows):
            return None
        return [row[keys[0]] for row in self._rows]

    @contextlib.contextmanager
    def _tensorflow(self) -> Iterator[None]:
        import tensorflow as tf

        with (
            tf.variable_creator_scope(self._created),
            wrapped(function_type(), "__call__", self._call),
            wrapped(tf.GradientTape, "gradient", self._gradient),
            wrapped(tf.GradientTape, "__enter__", self._tape),
        ):
            yield

    def _created(self, next_creator: Any, **given: Any) -> Any:
        variable = next_creator(**given)
        self.variables.append(variable)
        return variable

    def _call(self, call: Any, function: Any, *args: Any, **given: Any) -> Any:
        if self._inside or _tracing():
            return call(function, *args, **given)
        self._gradient_taken = False
        before = {} if self._rows else self._copies()
        with self._one_level_down():
            result = call(function, *args, **given)
        if self._gradient_taken:
            self._steps.add(function)
        if function in self._steps:
            self._seen()
        elif not self._rows:
            self._note_change(before)
        return result

    def _note_change(self, before: dict[int, np.ndarray]) -> None:
        start = time.perf_counter()
        after = self._copies()
        if any(
            not np.array_equal(before[key], after[key], equal_nan=True)
            for key in before.keys() & after.keys()
        ):
            self._changes.append(after)
            self._on_update(len(self._changes), start)

    def _gradient(
        self,
        gradient: Any,
        tape: Any,
        target: Any,
        sources: Any,
        *rest: Any,
        **given: Any,
    ) -> Any:
        import tensorflow as tf

        self._gradient_taken = True
        for source in tf.nest.flatten(sources):
            self._asked |= set(map(id, inner_variables(source)))
        return gradient(tape, target, sources, *rest, **given)

    def _tape(self, enter: Any, tape: Any) -> Any:
        if not (self._inside or _tracing()):
            start = time.perf_counter()
            self._between.append(self._copies())
            if len(self._between) > 1:
                self._on_update(len(self._between) - 1, start)
        return enter(tape)

    def _fit(self, fit: Any, model: Any, *args: Any, **given: Any) -> Any:
        import keras

        class Seen(keras.callbacks.Callback):  # type: ignore[misc]
            """Copies the variables after every batch."""

            def on_train_batch_end(_, batch: int, logs: Any = None) -> None:  # noqa: N805
                self._seen()

        self._met(model)
        bound = inspect.signature(fit).bind(model, *args, **given)
        add_callback(bound.arguments, Seen())
        with self._one_level_down():
            return fit(*bound.args, **bound.kwargs)

    def _train_on_batch(
        self, train: Any, model: Any, *args: Any, **given: Any
    ) -> Any:
        self._met(model)
        with self._one_level_down():
            result = train(model, *args, **given)
        self._seen()
        return result

    def _met(self, model: Any) -> None:
        if not any(model is other for other in self._models):
            self._models.append(model)

    @contextlib.contextmanager
    def _one_level_down(self) -> Iterator[None]:
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def _seen(self) -> None:
        start = time.perf_counter()
        self._rows.append(self._copies())
        self._on_update(len(self._rows), start)

    def _copies(self) -> dict[int, np.ndarray]:
        """Copy every variable, by its id; none once they take too much."""
        if self._bytes > MOST_BYTES:
            return {}
        row = {id(v): v.numpy() for v in self.variables}
        for weight in (w for model in self._models for w in model.weights):
            held = row.get(id(weight.value))  # in TensorFlow, as it was made
            row[id(weight)] = np.array(weight) if held is None else held
        copies = {id(value): value for value in row.values()}.values()
        self._bytes += sum(value.nbytes for value in copies)
        if self._bytes > MOST_BYTES:
            for kept in (*self._rows, *self._changes, *self._between, row):
                kept.clear()
        return row


def _tracing() -> bool:
    import tensorflow as tf

    return bool(tf.inside_function())


def add_callback(given: dict[str, Any], callback: Any) -> None:
    """Add a callback, as the last one, to the arguments of a call of `fit`."""
    import keras

    callbacks = given.get("callbacks")
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks.append(callback)
        return
    if not isinstance(callbacks, list | tuple):
        callbacks = [] if callbacks is None else [callbacks]
    given["callbacks"] = [*callbacks, callback]


def give(variable: Any, value: np.ndarray) -> None:
    """Assign a value of the same size, in the variable's shape and dtype."""
    import tensorflow as tf

    kind = variable.dtype.as_numpy_dtype
    with tf.init_scope():  # it may be asked for while a step is traced
        variable.assign(value.reshape(variable.shape).astype(kind))


def inner_variables(variable: Any) -> Sequence[Any]:
    """Return a variable and what it keeps its value in.

    Keras keeps it in a variable of TensorFlow, a distribution strategy in one
    per replica.
    """
    value = getattr(variable, "value", None)  # a method elsewhere
    held = [variable, *([] if callable(value) else [value])]
    for item in list(held):
        values = getattr(item, "values", ())
        held += [] if callable(values) else values
    return held
