"""Whole scripts as sides: run as they are, and watched from outside."""

from __future__ import annotations

import builtins
import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from compare.judging.differences import plain_shape
from compare.lessons.losses import no_loss
from compare.records.problem import Problem
from compare.running.modes import turned, wrapped
from compare.running.processes import Advance, RunError
from compare.running.watch import give, inner_variables
from compare.running.worker import prepare, prepare_user_side

UNTRAINED = (
    "it took no gradient with a tf.GradientTape nor in fit: give a script "
    "that trains, or a function as file.py:function"
)


@dataclass
class Script:
    """A script that trains, at top level or in its `main`.

    As a side it is called with a problem: the problem's first parameters take
    the place of its own, in the order in which they are made, right before
    its first gradient tape; all else of the problem it brings itself.

    Attributes:
        path: of the file.
        changed: what is done to its code before it is run.
        importing: stands for `__import__` in it.
    """

    path: str
    changed: Callable[[CodeType], CodeType] | None = None
    importing: Callable[..., Any] | None = None

    def __call__(self, problem: Problem) -> list[Any]:
        """Run it; return its parameters, and what layers keep besides.

        Raises:
            RunError: it trained nothing.
        """
        trained = Trained(list(problem.initial.values()))
        with trained.watching():
            self.run()
        if not trained.asked:
            raise RunError(UNTRAINED)
        states = trained.states if problem.hyper["states"] else []
        return [*trained.made, *states]

    def run(self) -> None:
        """Run it as Python runs a script without arguments.

        Raises:
            Exception: what it raised, or what its exit said.
        """
        path = Path(self.path).resolve()
        main = ModuleType("__main__")
        main.__file__ = str(path)
        code = compile(path.read_bytes(), str(path), "exec")
        if self.changed and self.importing:
            code = self.changed(code)
            names = {**vars(builtins), "__import__": self.importing}
            vars(main)["__builtins__"] = names
        sys.modules["__main__"] = main
        sys.argv = [str(path)]
        sys.path.insert(0, str(path.parent))
        try:
            exec(code, vars(main))
        except SystemExit as ended:
            if ended.code:
                raise RunError(f"it ended itself: {ended.code}") from ended


class Trained:
    """Finds the parameters of whatever trains meanwhile.

    These are the variables that can be trained, and what layers keep besides,
    such as moving averages.

    Attributes:
        made: the variables that can be trained, in this order.
        asked: those of which a gradient was taken.

    Args:
        start: first values for them; none where they keep their own.
    """

    def __init__(self, start: Sequence[np.ndarray] = ()) -> None:
        self.made: list[Any] = []
        self.asked: list[Any] = []
        self._start = start
        self.states: list[Any] = []
        self._begun = False

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Look at what runs in this context."""
        import keras
        import tensorflow as tf

        with (
            tf.variable_creator_scope(self._created),
            wrapped(tf.GradientTape, "__enter__", self._entered),
            wrapped(keras.Model, "train_step", self._entered),
            wrapped(tf.GradientTape, "gradient", self._gradient),
            wrapped(keras.Layer, "add_weight", self._added),
        ):
            yield

    def _created(self, next_creator: Any, **given: Any) -> Any:
        variable = next_creator(**given)
        if variable.trainable and variable.dtype.is_floating:
            self.made.append(variable)
            if self._begun:
                self._put(len(self.made) - 1)
        return variable

    def _added(self, add: Any, layer: Any, *args: Any, **given: Any) -> Any:
        import keras

        weight = add(layer, *args, **given)
        floats = keras.backend.is_float_dtype(weight.dtype)
        if floats and not weight.trainable:
            self.states.append(weight)
        return weight

    def _entered(self, enter: Any, *given: Any) -> Any:
        if not self._begun:
            self._begun = True
            for place in range(len(self.made)):
                self._put(place)
        return enter(*given)

    def _put(self, place: int) -> None:
        if place < len(self._start):
            variable, value = self.made[place], self._start[place]
            if value.size == np.prod(variable.shape, dtype=int):
                give(variable, value)

    def _gradient(
        self, gradient: Any, tape: Any, target: Any, sources: Any, **given: Any
    ) -> Any:
        import tensorflow as tf

        for source in tf.nest.flatten(sources):
            self.asked += inner_variables(source)
        self.began()
        return gradient(tape, target, sources, **given)

    def began(self) -> None:
        """Take note of a gradient; before the first nothing has moved."""


class _BegunError(BaseException):
    """Ends a script whose first parameters are known."""


class _Starting(Trained):
    def began(self) -> None:
        raise _BegunError


@dataclass(frozen=True)
class First:
    """The first parameters of a script.

    Attributes:
        values: of the variables that can be trained, by name, as they were
            made.
        states: what layers keep besides.
    """

    values: dict[str, np.ndarray]
    states: list[np.ndarray]

    def fits(self, other: First) -> bool:
        """Whether the parameters have the same shapes."""
        shapes = [
            [plain_shape(v.shape) for v in own.values.values()]
            for own in (self, other)
        ]
        return shapes[0] == shapes[1]

    def equals(self, other: First) -> bool:
        """Whether the parameters have the same bits."""
        pairs = zip(self.values.values(), other.values.values(), strict=True)
        return all(np.array_equal(a.ravel(), b.ravel()) for a, b in pairs)

    def problem(self, states: bool) -> Problem:
        """Return a problem of which only the first parameters are known.

        Args:
            states: whether both scripts' layers keep the same ones.
        """
        nothing = np.zeros((1, 1))
        kept = dict(enumerate(self.states)) if states else {}
        return Problem(
            lesson="your own",
            title="A pair of scripts",
            data="what the scripts read",
            x=nothing,
            y=nothing,
            initial={
                **{k: v.astype(float) for k, v in self.values.items()},
                **{f"state {n + 1}": v.astype(float) for n, v in kept.items()},
            },
            epochs=1,
            batch_size=1,
            loss=no_loss,
            hyper={"states": states},
        )


def first_parameters(script: Script, advance: Advance) -> First:
    """Run a script up to its first gradient; return its first parameters.

    It is run eagerly: what a step makes while it is traced has no value yet.

    Args:
        script: the script.
        advance: told nothing.

    Raises:
        RunError: it takes no gradient.
        Exception: what it raised before.
    """
    import tensorflow as tf

    prepare_user_side(First({}, []).problem(False))
    prepare("float32")
    trained = _Starting()
    with (
        turned("eager"),
        trained.watching(),
        contextlib.suppress(_BegunError),
    ):
        script.run()
    if not trained.asked:
        raise RunError(UNTRAINED)
    with tf.init_scope():
        values = [np.array(v) for v in trained.made]
        states = [np.array(v) for v in trained.states]
    names = [v.name.partition(":")[0] for v in trained.made]
    if len(set(names)) < len(names):
        names = [f"{name} {n}" for n, name in enumerate(names, 1)]
    return First(dict(zip(names, values, strict=True)), states)
