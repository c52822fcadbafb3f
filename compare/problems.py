"""One function per lesson -> Problem: data, first parameters, settings."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from compare.records import Scaling, Theory, UsageError
from compare.tables import Table, penguins
from compare.theory import theory

Parameters = Mapping[str, np.ndarray]
Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Problem:
    """One training job, the same for both sides.

    The hyper-parameters in `hyper` read as attributes too:
    `problem.learning_rate`.

    Attributes:
        lesson: name of the exhibits that train it.
        title: what is learnt, in one line.
        data: where the rows come from.
        x: shape (rows,) or (rows, features).
        y: shape (rows,) or (rows, 1).
        initial: first parameters by name; their dtype is the training's.
        epochs: passes over the rows.
        batch_size: rows per update; the last batch of an epoch may be
            smaller.
        loss: (parameters, x, y) -> the loss that training lowers, float64.
        hyper: learning_rate, seed and what the lesson needs besides.
        scaling: how to undo standardisation, or None.
        notes: what was done to the data or the request.
        linear: whether it is least squares, so that `theory` applies.
    """

    lesson: str
    title: str
    data: str
    x: np.ndarray
    y: np.ndarray
    initial: dict[str, np.ndarray]
    epochs: int
    batch_size: int
    loss: Callable[[Parameters, np.ndarray, np.ndarray], float]
    hyper: dict[str, Any] = field(default_factory=dict)
    scaling: Scaling | None = None
    notes: tuple[str, ...] = ()
    linear: bool = True

    def __getattr__(self, name: str) -> Any:
        hyper = self.__dict__.get("hyper", {})
        if name in hyper:
            return hyper[name]
        raise AttributeError(f"a problem of this lesson has no {name!r}")

    @property
    def steps_per_epoch(self) -> int:
        """Updates in one epoch, the one on the tail batch included."""
        return math.ceil(len(self.x) / self.batch_size)

    @property
    def steps(self) -> int:
        """Updates in the whole training."""
        return self.epochs * self.steps_per_epoch

    def replace(self, **changes: Any) -> Problem:
        """Return the problem with other values in some fields."""
        return dataclasses.replace(self, **changes)

    def astype(self, dtype: str) -> Problem:
        """Return the problem with all its float arrays in another dtype."""

        def cast(value: Any) -> Any:
            is_float = (
                isinstance(value, np.ndarray) and value.dtype.kind == "f"
            )
            return value.astype(dtype) if is_float else value

        return self.replace(
            x=cast(self.x),
            y=cast(self.y),
            initial={k: cast(v) for k, v in self.initial.items()},
            hyper={k: cast(v) for k, v in self.hyper.items()},
        )

    def theory(self) -> Theory | None:
        """Return what linear algebra says, where the problem is linear."""
        if not self.linear:
            return None
        return theory(self.x, self.y, self.initial, self.learning_rate)


@dataclass(frozen=True)
class Settings:
    """What the user may set; None leaves a lesson's own value."""

    table: Table | None = None
    steps: int | None = None
    learning_rate: float | None = None
    batch_size: int | None = None


def squared_error(
    parameters: Parameters, x: np.ndarray, y: np.ndarray
) -> float:
    """Return the mean squared error of a linear model, in float64."""
    rows = x.astype(float).reshape(len(x), -1)
    kernel = np.ravel(parameters["kernel"]).astype(float)
    y_hat = rows @ kernel + float(np.ravel(parameters["bias"])[0])
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.mean((np.ravel(y).astype(float) - y_hat) ** 2))


def linear_regression(settings: Settings) -> Problem:
    """Fit y = x + 1 to x = 1..5 from w = b = 0.7, or a user's one feature."""
    table = settings.table
    if table and table.x.shape[1] != 1:
        raise UsageError(
            f"linear_regression fits one feature, the table gives "
            f"{table.x.shape[1]}: name one with --features, or run the lesson "
            "minibatch"
        )
    if settings.batch_size is not None:
        raise UsageError(
            "linear_regression trains on all rows at once: leave --batch-size "
            "out, or run the lesson minibatch"
        )
    x = table.x.ravel() if table else np.arange(1.0, 6.0)
    return Problem(
        lesson="linear_regression",
        title="Fit a line, y = w * x + b",
        data=table.name if table else "x = 1..5, y = x + 1",
        x=x,
        y=table.y.ravel() if table else x + 1,
        initial={"kernel": np.array(0.7), "bias": np.array(0.7)},
        epochs=_given(settings.steps, 1100),
        batch_size=len(x),
        loss=squared_error,
        hyper={"learning_rate": _given(settings.learning_rate, 0.01)},
        scaling=table.scaling if table else None,
        notes=table.notes if table else (),
    ).astype("float32")


def minibatch(settings: Settings) -> Problem:
    """Predict a penguin's mass from three lengths, or a user's own table."""
    table = settings.table or penguins()
    rows, features = table.x.shape
    batch_size = _batch_size(settings, rows, 64)
    epochs, note = _epochs(settings, rows, batch_size, 50)
    return Problem(
        lesson="minibatch",
        title="Fit a plane to rows of features in mini-batches",
        data=table.name,
        x=table.x,
        y=table.y,
        initial={
            "kernel": np.zeros((features, 1)),
            "bias": np.zeros(1),
        },
        epochs=epochs,
        batch_size=batch_size,
        loss=squared_error,
        hyper={
            "learning_rate": _given(settings.learning_rate, 0.05),
            "seed": 1,
        },
        scaling=table.scaling,
        notes=table.notes + note,
    ).astype("float32")


LESSONS: dict[str, Callable[[Settings], Problem]] = {
    function.__name__: function for function in (linear_regression, minibatch)
}


def problem_of(lesson: str, settings: Settings) -> Problem:
    """Return a lesson's problem.

    Raises:
        UsageError: there is no such lesson, or a setting does not suit it.
    """
    if lesson not in LESSONS:
        raise UsageError(
            f"there is no lesson {lesson!r}; the lessons are "
            f"{', '.join(LESSONS)}"
        )
    return LESSONS[lesson](settings)


def _given(value: Number | None, default: Number) -> Number:
    return default if value is None else value


def _batch_size(settings: Settings, rows: int, default: int) -> int:
    """Return the batch size, at most all rows."""
    return min(_given(settings.batch_size, default), rows)


def _epochs(
    settings: Settings, rows: int, batch_size: int, default: int
) -> tuple[int, tuple[str, ...]]:
    """Return the epochs that hold the asked number of updates, and a note."""
    if settings.steps is None:
        return default, ()
    per_epoch = math.ceil(rows / batch_size)
    epochs = math.ceil(settings.steps / per_epoch)
    if epochs * per_epoch == settings.steps:
        return epochs, ()
    return epochs, (
        f"rounded {settings.steps:,} updates up to {epochs * per_epoch:,}: "
        f"{epochs:,} whole epochs of {per_epoch:,}",
    )
