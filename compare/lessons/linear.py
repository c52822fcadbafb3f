"""What lessons on linear models share: a plane, fitted in mini-batches."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from compare.lessons.losses import squared_error
from compare.lessons.penguins import penguins
from compare.records import UsageError
from compare.records.note import Note, note
from compare.records.problem import Parameters, Problem, Settings

Number = TypeVar("Number", int, float)

HELD_OUT = 0.2
"""Share of the rows that validation gets."""


def linear_problem(
    settings: Settings,
    lesson: str,
    title: str,
    truth: Any = "descent",
    epochs: int = 20,
    batch_size: int = 64,
    holds_out: bool = False,
    hyper: dict[str, Any] | None = None,
    compared: tuple[str, ...] = (),
) -> Problem:
    """Fit a plane to penguins or to a user's table, in mini-batches.

    The rows come in a random order: tables are often sorted, and `fit` draws
    its own orders where no loop by hand can draw the same.
    """
    table = settings.table or penguins()
    x, y, notes = table.x, table.y, table.notes
    if holds_out:
        held, kept = _split(lesson, table.name, len(x))
        hyper = {**(hyper or {}), "x_val": x[held], "y_val": y[held]}
        out = note(
            "held {held} of {rows} rows out for validation",
            held=len(held),
            rows=len(x),
        )
        notes += (out,)
        x, y = x[kept], y[kept]
    return batched_problem(
        settings,
        lesson,
        title,
        table.name,
        *mixed(x, y),
        {"kernel": np.zeros((x.shape[1], 1)), "bias": np.zeros(1)},
        squared_error,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=0.05,
        hyper=hyper,
        notes=notes,
        scaling=table.scaling,
        truth=truth,
        compared=compared,
    )


def batched_problem(
    settings: Settings,
    lesson: str,
    title: str,
    data: str,
    x: np.ndarray,
    y: np.ndarray,
    initial: dict[str, np.ndarray],
    loss: Callable[[Parameters, np.ndarray, np.ndarray], float],
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    hyper: dict[str, Any] | None = None,
    notes: tuple[Note, ...] = (),
    **more: Any,
) -> Problem:
    """Fit what the user set to a lesson in mini-batches.

    What the user set goes before the lesson's own numbers; `notes` say what
    was done to the data, and `more` are other fields of `Problem`.
    """
    batch_size = min(given(settings.batch_size, batch_size), len(x))
    epochs, rounded = whole_epochs(settings.steps, len(x), batch_size, epochs)
    rate = given(settings.learning_rate, learning_rate)
    return Problem(
        lesson=lesson,
        title=title,
        data=data,
        x=x,
        y=y,
        initial=initial,
        epochs=epochs,
        batch_size=batch_size,
        loss=loss,
        hyper={"learning_rate": rate, "seed": 1, **(hyper or {})},
        notes=(*notes, *rounded),
        **more,
    ).astype("float32")


def mixed(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and targets in a random order, always the same."""
    order = np.random.default_rng(2).permutation(len(x))
    return x[order], y[order]


def _split(lesson: str, data: str, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose a random fifth of the rows; return them and the others.

    Of penguins it is a fifth on which the error has its least value on the
    way, so that there is something to stop for.
    """
    held = max(round(HELD_OUT * rows), 1)
    if rows - held < 2:
        raise UsageError(
            f"{data} has {rows} rows; {lesson} needs at least 3, to hold some "
            "out for validation"
        )
    order = np.random.default_rng(11).permutation(rows)
    return order[:held], order[held:]


def glorot(
    generator: np.random.Generator, rows: int, columns: int
) -> np.ndarray:
    """Draw a kernel, uniformly within sqrt(6 / (rows + columns)) of 0.

    Glorot and Bengio: Understanding the difficulty of training deep
    feedforward neural networks, AISTATS 2010; Keras's default.
    """
    limit = math.sqrt(6 / (rows + columns))
    return generator.uniform(-limit, limit, (rows, columns))


def given(value: Number | None, default: Number) -> Number:
    """Return the value, or the default where none was given."""
    return default if value is None else value


def whole_epochs(
    steps: int | None, rows: int, batch_size: int, epochs: int
) -> tuple[int, tuple[Note, ...]]:
    """Return the epochs that hold so many updates, and a note if rounded.

    Where no number of updates was asked for it is the lesson's own epochs.
    """
    if steps is None:
        return epochs, ()
    per_epoch = math.ceil(rows / batch_size)
    epochs = math.ceil(steps / per_epoch)
    if epochs * per_epoch == steps:
        return epochs, ()
    several = note(
        "rounded {steps} updates up to {made}: {epochs} whole epochs of "
        "{per_epoch}",
        steps=f"{steps:,}",
        made=f"{epochs * per_epoch:,}",
        epochs=f"{epochs:,}",
        per_epoch=f"{per_epoch:,}",
    )
    one = Note(
        "rounded {steps} updates up to {made}: a whole epoch", several.values
    )
    return epochs, (one if epochs == 1 else several,)
