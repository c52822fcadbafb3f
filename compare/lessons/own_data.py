"""Lessons that bring data of their own, no table of a user's."""

from __future__ import annotations

from typing import Any

from compare.lessons.linear import batched_problem
from compare.records import UsageError
from compare.records.problem import Problem, Settings


def own_problem(
    settings: Settings, lesson: str, *given: Any, **more: Any
) -> Problem:
    """Make a problem, as `batched_problem` does, that takes no other data.

    Raises:
        UsageError: the user brought a table.
    """
    if settings.table:
        raise UsageError(
            f"{lesson} has data of its own: leave --data out, or run another "
            "lesson"
        )
    return batched_problem(settings, lesson, *given, **more)
