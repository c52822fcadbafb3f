"""What lessons share that bring data of their own, no table of a user's."""

from __future__ import annotations

from dataclasses import dataclass

from compare.lessons.linear import given, whole_epochs
from compare.records import UsageError
from compare.records.note import Note
from compare.records.problem import Settings


@dataclass(frozen=True)
class Plan:
    """How long to train on data of a lesson's own.

    Attributes:
        epochs: passes over the rows.
        batch_size: rows per update.
        learning_rate: the optimizer's.
        notes: what was done to the request.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    notes: tuple[Note, ...]


def no_table(lesson: str, settings: Settings) -> None:
    """Refuse a user's table where a lesson needs data of its own."""
    if settings.table:
        raise UsageError(
            f"{lesson} has data of its own: leave --data out, or run another "
            "lesson"
        )


def planned(
    settings: Settings,
    lesson: str,
    rows: int,
    epochs: int,
    batch_size: int,
    learning_rate: float,
) -> Plan:
    """Fit what the user set to a lesson with data of its own.

    Raises:
        UsageError: the user brought a table.
    """
    no_table(lesson, settings)
    batch_size = min(given(settings.batch_size, batch_size), rows)
    epochs, notes = whole_epochs(settings.steps, rows, batch_size, epochs)
    rate = given(settings.learning_rate, learning_rate)
    return Plan(epochs, batch_size, rate, notes)
