"""One function per lesson -> Problem: data, first parameters, settings."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np

from compare.problem import (
    Problem,
    SameAs,
    Settings,
    cross_entropy,
    hidden_layer_error,
    ridge_error,
    squared_error,
)
from compare.records import UsageError
from compare.tables import penguin_species, penguins

Number = TypeVar("Number", int, float)

ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
"""Adam's defaults in Keras."""

HIDDEN_UNITS = 16
HELD_OUT = 0.2
"""Share of the rows that validation gets."""


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
        truth="descent",
    ).astype("float32")


def minibatch(settings: Settings) -> Problem:
    """Predict a penguin's mass from three lengths, or a user's own table."""
    return _plane(
        settings,
        "minibatch",
        "Fit a plane to rows of features in mini-batches",
        epochs=50,
    )


def momentum(settings: Settings) -> Problem:
    """Fit the plane with momentum."""
    return _plane(
        settings,
        "momentum",
        "Keep moving: SGD with momentum",
        truth="minimiser",
        hyper={"momentum": 0.9, "nesterov": False},
    )


def adam(settings: Settings) -> Problem:
    """Fit the plane with Adam."""
    return _plane(
        settings,
        "adam",
        "A step length for each parameter: Adam",
        truth="minimiser",
        hyper=ADAM,
    )


def lr_schedule(settings: Settings) -> Problem:
    """Fit the plane with a learning rate that falls to zero."""
    return _plane(
        settings,
        "lr_schedule",
        "A learning rate that falls as a cosine",
        truth="minimiser",
        hyper={"decay_steps": 120},
    )


def regularization(settings: Settings) -> Problem:
    """Fit the plane with an L2 penalty and clipped gradients."""
    problem = _plane(
        settings,
        "regularization",
        "An L2 penalty and clipped gradients",
        truth="minimiser",
        hyper={"l2": 0.01, "clip_norm": 0.5},
    )
    return problem.replace(loss=partial(ridge_error, l2=problem.l2))


def early_stopping(settings: Settings) -> Problem:
    """Fit the plane until the error on held-out rows stops falling."""
    return _plane(
        settings,
        "early_stopping",
        "Stop when validation no longer improves; keep the best",
        truth="minimiser",
        batch_size=32,
        holds_out=True,
        hyper={"patience": 3},
    )


def dropout_mlp(settings: Settings) -> Problem:
    """Fit a hidden layer with dropout."""
    problem = _plane(
        settings,
        "dropout_mlp",
        "A hidden layer, and dropout in training only",
        truth=None,
        epochs=8,
        hyper={"rate": 0.25},
    )
    return _with_hidden_layer(problem)


def classification(settings: Settings) -> Problem:
    """Tell three species of penguins apart by four measurements."""
    if settings.table:
        raise UsageError(
            "classification has data of its own: leave --data out, or run "
            "another lesson"
        )
    x, y, table = penguin_species()
    plane = _plane(settings, "classification", "Softmax regression", epochs=15)
    kernel = np.random.default_rng(1).normal(0, 0.1, (x.shape[1], 3))
    return plane.replace(
        title="Tell classes apart: softmax and cross-entropy",
        data=table.name,
        x=x,
        y=y,
        initial={"kernel": kernel, "bias": np.zeros(3)},
        loss=cross_entropy,
        hyper={
            **plane.hyper,
            "learning_rate": _given(settings.learning_rate, 0.5),
        },
        scaling=None,
        notes=table.notes,
        truth=None,
    ).astype("float32")


def checkpoint_resume(settings: Settings) -> Problem:
    """Stop momentum half-way; resume it in a fresh process."""
    return _plane(
        settings,
        "checkpoint_resume",
        "Stop, save, and go on in a fresh process",
        truth="minimiser",
        epochs=10,
        hyper={"momentum": 0.9, "nesterov": False, "checkpoint": ""},
    ).replace(
        same_as=SameAs(
            "the run that never stopped", "momentum", {"checkpoint": None}
        )
    )


def multi_worker(settings: Settings) -> Problem:
    """Fit the plane in two processes that share each batch."""
    problem = _plane(
        settings,
        "multi_worker",
        "One training on several machines",
        epochs=6,
        hyper={"workers": 2},
    )
    note = (
        "two processes on this machine stand for two machines; no xla mode: "
        "XLA has no all-reduce between processes on CPUs"
    )
    return problem.replace(
        notes=(*problem.notes, note),
        modes=("eager", "graph"),
        same_as=SameAs(
            "one process on the whole batch", "multi_worker", {"workers": 1}
        ),
    )


LESSONS: dict[str, Callable[[Settings], Problem]] = {
    function.__name__: function
    for function in (
        linear_regression,
        minibatch,
        momentum,
        adam,
        lr_schedule,
        regularization,
        early_stopping,
        dropout_mlp,
        classification,
        checkpoint_resume,
        multi_worker,
    )
}
"""Lesson -> its problem, in the order in which they are best read."""


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


def _plane(
    settings: Settings,
    lesson: str,
    title: str,
    truth: Any = "descent",
    epochs: int = 20,
    batch_size: int = 64,
    holds_out: bool = False,
    hyper: dict[str, Any] | None = None,
) -> Problem:
    """Fit a plane to penguins or to a user's table, in mini-batches."""
    table = settings.table or penguins()
    x, y, notes = table.x, table.y, table.notes
    hyper = {"seed": 1, **(hyper or {})}
    if holds_out:
        held, kept = _split(lesson, table.name, len(x))
        hyper |= {"x_val": x[held], "y_val": y[held]}
        notes += (f"held {len(held)} of {len(x)} rows out for validation",)
        x, y = x[kept], y[kept]
    batch_size = min(_given(settings.batch_size, batch_size), len(x))
    if settings.steps is not None:
        epochs, note = _whole_epochs(settings.steps, len(x), batch_size)
        notes += note
    return Problem(
        lesson=lesson,
        title=title,
        data=table.name,
        x=x,
        y=y,
        initial={"kernel": np.zeros((x.shape[1], 1)), "bias": np.zeros(1)},
        epochs=epochs,
        batch_size=batch_size,
        loss=squared_error,
        hyper={
            "learning_rate": _given(settings.learning_rate, 0.05),
            **hyper,
        },
        scaling=table.scaling,
        notes=notes,
        truth=truth,
    ).astype("float32")


def _split(lesson: str, data: str, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose a random fifth of the rows; return them and the others."""
    held = max(round(HELD_OUT * rows), 1)
    if rows - held < 2:
        raise UsageError(
            f"{data} has {rows} rows; {lesson} needs at least 3, to hold some "
            "out for validation"
        )
    order = np.random.default_rng(1).permutation(rows)
    return order[:held], order[held:]


def _with_hidden_layer(problem: Problem) -> Problem:
    """Give the problem a hidden layer with Glorot-uniform kernels."""
    generator = np.random.default_rng(0)
    features = problem.x.shape[1]

    def kernel(rows: int, columns: int) -> np.ndarray:
        limit = math.sqrt(6 / (rows + columns))
        return generator.uniform(-limit, limit, (rows, columns))

    return problem.replace(
        initial={
            "hidden_kernel": kernel(features, HIDDEN_UNITS),
            "hidden_bias": np.zeros(HIDDEN_UNITS),
            "output_kernel": kernel(HIDDEN_UNITS, 1),
            "output_bias": np.zeros(1),
        },
        loss=hidden_layer_error,
        scaling=None,  # there is no slope per column to give in its units
    ).astype("float32")


def _given(value: Number | None, default: Number) -> Number:
    return default if value is None else value


def _whole_epochs(
    steps: int, rows: int, batch_size: int
) -> tuple[int, tuple[str, ...]]:
    """Return the epochs that hold so many updates, and a note if rounded."""
    per_epoch = math.ceil(rows / batch_size)
    epochs = math.ceil(steps / per_epoch)
    if epochs * per_epoch == steps:
        return epochs, ()
    return epochs, (
        f"rounded {steps:,} updates up to {epochs * per_epoch:,}: "
        f"{epochs:,} whole epochs of {per_epoch:,}",
    )
