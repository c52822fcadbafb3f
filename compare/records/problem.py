"""The training job that both sides get."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from compare.records import MODES, Dtype, Mode, Side
from compare.records.note import Note
from compare.records.picture import Picture
from compare.records.runs import Trajectory

Parameters = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Scaling:
    """How a table's columns were standardised: (value - mean) / scale."""

    features: tuple[str, ...]
    target: str
    feature_means: np.ndarray
    feature_scales: np.ndarray
    target_mean: float
    target_scale: float


@dataclass(frozen=True)
class SameAs:
    """Another run to the same parameters.

    Attributes:
        title: what it is, for people.
        exhibits: side -> the reference by which a worker loads what runs it.
        hyper: hyper-parameters that it changes; None takes one away.
    """

    title: str
    exhibits: Mapping[Side, str]
    hyper: dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """One training job, the same for both sides.

    The hyper-parameters in `hyper` and the first parameters in `initial`
    read as attributes too: `problem.learning_rate`, `problem.kernel`.

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
        truth: "descent" where it is least squares by plain gradient descent,
            so that all of `theory` applies; "minimiser" where only the
            closed form does; None where there is none.
        modes: the modes in which the lesson can run.
        same_as: another run that must give the same parameters, or None.
        compared: what `train` returns beside the parameters and both sides
            must agree on: "predictions", or names in the history.
        picture: (problem, run) -> what a run has learnt, where the lesson is
            about more than a line or a number per row; None where the run
            does not show it.
        provable: whether its float64 form is the same training, so that it
            can tell rounding from a difference; not where exhibits compute in
            float16 whatever their arrays are.
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
    notes: tuple[Note, ...] = ()
    truth: Literal["descent", "minimiser"] | None = None
    modes: tuple[Mode, ...] = MODES
    same_as: SameAs | None = None
    compared: tuple[str, ...] = ()
    picture: Callable[[Problem, Trajectory], Picture | None] | None = None
    provable: bool = True

    def __getattr__(self, name: str) -> Any:
        for values in ("hyper", "initial"):
            if name in self.__dict__.get(values, {}):
                return self.__dict__[values][name]
        raise AttributeError(f"a problem of this lesson has no {name!r}")

    @property
    def steps_per_epoch(self) -> int:
        """Updates in one epoch, the one on the tail batch included."""
        return math.ceil(len(self.x) / self.batch_size)

    @property
    def steps(self) -> int:
        """Updates in the whole training."""
        return self.epochs * self.steps_per_epoch

    @property
    def workers(self) -> int:
        """Processes that train together; 1 where the lesson names none."""
        return int(self.hyper.get("workers", 1))

    def losses(self, path: Parameters) -> np.ndarray:
        """Return the loss on all rows along a way of the parameters.

        Args:
            path: name -> array of shape (states, *parameter shape).

        Returns:
            float64, shape (states,).
        """
        states = zip(*path.values(), strict=True)
        return np.array(
            [
                self.loss(dict(zip(path, state, strict=True)), self.x, self.y)
                for state in states
            ]
        )

    def replace(self, **changes: Any) -> Problem:
        """Return the problem with other values in some fields."""
        return dataclasses.replace(self, **changes)

    def astype(self, dtype: Dtype) -> Problem:
        """Return the problem with all its floats in another dtype.

        In float64 the hyper-parameters become numpy's float64 of their
        float32 values. Keras rounds some plain floats to float32 whatever the
        dtype policy says (`ops.cast(0.9, "float64")` is 0.8999999762), so
        only so do both sides train with the same numbers.
        """

        def cast(value: Any) -> Any:
            if isinstance(value, np.ndarray) and value.dtype.kind == "f":
                return value.astype(dtype)
            if isinstance(value, float) and dtype == "float64":
                return np.float64(np.float32(value))
            return value

        return self.replace(
            x=cast(self.x),
            y=cast(self.y),
            initial={k: cast(v) for k, v in self.initial.items()},
            hyper={k: cast(v) for k, v in self.hyper.items()},
        )

    def with_hyper(self, **changes: Any) -> Problem:
        """Return the problem with other hyper-parameters, or more of them."""
        return self.replace(hyper={**self.hyper, **changes})

    def first_rows(self, count: int) -> Problem:
        """Return the problem with its first rows, and what belongs to them.

        An array among the hyper-parameters belongs to the rows where it is as
        long: further targets, say.
        """

        def cut(value: Any) -> Any:
            of_rows = isinstance(value, np.ndarray) and value.ndim
            return value[:count] if of_rows and len(value) == rows else value

        rows = len(self.x)
        hyper = {name: cut(value) for name, value in self.hyper.items()}
        return self.replace(x=self.x[:count], y=self.y[:count], hyper=hyper)

    def for_timing(self) -> Problem:
        """Return the problem to be timed at any length.

        Its patience is endless, and no epochs come before those of the whole.
        """
        settings = {"patience": 10**9, "head_epochs": 0}
        return self.with_hyper(
            **{k: v for k, v in settings.items() if k in self.hyper}
        )


@dataclass(frozen=True)
class Table:
    """Numbers ready for training.

    Attributes:
        name: where they come from, for people.
        x: float64, shape (rows, features), every column with mean 0 and
            standard deviation 1.
        y: float64, shape (rows, 1), likewise.
        scaling: how to undo that.
        notes: what was done to the data.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    scaling: Scaling
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Settings:
    """What the user may set; None leaves a lesson's own value."""

    table: Table | None = None
    steps: int | None = None
    learning_rate: float | None = None
    batch_size: int | None = None
