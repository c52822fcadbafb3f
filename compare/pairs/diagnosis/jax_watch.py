"""Watch the stages of every update that Keras's `fit` makes on JAX.

There are no tapes to look at, and no operations: an update is a function of
the parameters. So what is kept is what goes into it and comes out: rows,
prediction, loss, gradient, and the parameters before and after.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from compare.pairs.diagnosis.anatomy import (
    Applied,
    Gradient,
    Tensor,
    Update,
    Values,
)
from compare.pairs.diagnosis.copying import array_of, config_of, first_of
from compare.pairs.diagnosis.recorder import EnoughError
from compare.running.modes import replaced, wrapped


class JaxStages:
    """Keeps updates of `fit`, under the names that `Recorder` gives them."""

    def __init__(self, seconds: float, least: int, start: Values) -> None:
        self.variables: list[Any] = []
        self.paths: dict[int, str] = {}
        self.updates: list[Update] = []
        self.places: dict[str, str] = {}
        self.frozen: set[int] = set()
        self.stalled = 0
        self._until = time.monotonic() + seconds
        self._least = least
        self._start = start
        self._seen: list[Any] = []  # (loss, (loss, prediction, ...)), gradient

    @contextlib.contextmanager
    def watching(self) -> Iterator[JaxStages]:
        """Watch what runs in this context, eagerly."""
        import jax
        import keras

        original = jax.value_and_grad

        def value_and_grad(*args: Any, **given: Any) -> Any:
            function = original(*args, **given)

            def kept(*inner: Any, **named: Any) -> Any:
                self._seen = list(function(*inner, **named))
                return tuple(self._seen)

            return kept

        with (
            replaced(jax, "value_and_grad", value_and_grad),
            wrapped(keras.Model, "train_step", self._train_step),
            contextlib.suppress(EnoughError),
        ):
            yield self

    def number(self, variable: Any) -> int | None:
        """Return which variable it is, in the order of its model."""
        known = [variable is other for other in self.variables]
        return known.index(True) if True in known else None

    def copies(self) -> Values:
        """Copy every variable."""
        return {i: np.array(v) for i, v in enumerate(self.variables)}

    def _train_step(self, step: Any, model: Any, state: Any, data: Any) -> Any:
        import keras

        own = model.trainable_variables, model.non_trainable_variables
        trained, others = ([self._numbered(v) for v in part] for part in own)
        self.frozen |= set(others)
        if not self.updates:
            state = (self._started(trained, state[0]), *state[1:])
        before = _values(trained + others, [*state[0], *state[1]])
        held = list(zip(model.optimizer.variables, state[2], strict=True))
        with keras.StatelessScope(state_mapping=held):
            optimizer = _optimizer(model.optimizer)
        logs, state = step(model, state, data)
        after = _values(trained + others, [*state[0], *state[1]])
        self.updates.append(
            self._update(optimizer, data, trained, before, after)
        )
        enough = len(self.updates) >= self._least
        if enough and time.monotonic() > self._until:
            raise EnoughError
        return logs, state

    def _numbered(self, variable: Any) -> int:
        number = self.number(variable)
        if number is None:
            number = len(self.variables)
            self.variables.append(variable)
            self.paths[number] = variable.path
        return number

    def _started(self, numbers: Sequence[int], values: Any) -> list[Any]:
        """Return first parameters, those that are given in their place."""
        import jax

        return [
            jax.numpy.asarray(self._start[n], v.dtype).reshape(v.shape)
            if n in self._start
            else v
            for n, v in zip(numbers, values, strict=True)
        ]

    def _update(
        self,
        optimizer: Applied,
        data: Any,
        trained: Sequence[int],
        before: Values,
        after: Values,
    ) -> Update:
        import keras

        (loss, (_, output, *_)), gradients = self._seen
        x, y, weights = keras.utils.unpack_x_y_sample_weight(data)
        prediction = array_of(output)
        values = _values(trained, gradients)
        return Update(
            x=array_of(first_of(x)),
            y=array_of(first_of(y)),
            weights=array_of(first_of(weights)),
            training=True,
            layers=(),
            output=prediction,
            mask=None,
            losses=(),
            penalty=None,
            gradients=(
                Gradient(
                    loss=float(loss),
                    shape=(),
                    sources=tuple(trained),
                    values=values,
                    prediction=None
                    if prediction is None
                    else Tensor("", prediction, None),
                    outputs=(),
                    named=(),
                    tape=(),
                    place="",
                ),
            ),
            applied=(replace(optimizer, values=values),),
            operations=(),
            tensors={},
            handles={},
            before=before,
            after=after,
            place="",
            moved_at="",
        )


def _optimizer(optimizer: Any) -> Applied:
    """Describe an optimizer; `fit` keeps its variables elsewhere meanwhile."""
    return Applied(
        kind=type(optimizer).__name__,
        config=config_of(optimizer),
        number=0,
        learning_rate=float(np.asarray(optimizer.learning_rate)),
        values={},
        place="",
    )


def _values(numbers: Sequence[int], values: Sequence[Any]) -> Values:
    return {
        n: np.array(value) for n, value in zip(numbers, values, strict=True)
    }
