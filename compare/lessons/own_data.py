"""What lessons share that bring data of their own, no table of a user's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compare.lessons.linear import given, whole_epochs
from compare.records import UsageError
from compare.records.note import Note
from compare.records.problem import Parameters, Problem, Settings


def own_problem(
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
    """Fit what the user set to a lesson with data of its own.

    What the user set goes before the lesson's own numbers; `notes` say what
    was done to the data, and `more` are other fields of `Problem`.

    Raises:
        UsageError: the user brought a table.
    """
    if settings.table:
        raise UsageError(
            f"{lesson} has data of its own: leave --data out, or run another "
            "lesson"
        )
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
