"""What functions of a user's own train, as a request says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from compare.pairs import api, sides
from compare.records import UsageError
from compare.records.problem import Problem
from compare.records.request import ProblemRequest
from compare.running import processes

STEPS, LEARNING_RATE = 100, 0.01
"""Where nothing else is asked for."""


def problem_of(request: ProblemRequest) -> Problem:
    """Make the problem from a function, a table, or the first lesson's rows.

    Raises:
        UsageError: it cannot be made; says why.
    """
    if request.function:
        if request.data or request.target or request.features:
            raise UsageError("--problem brings its own data: leave --data out")
        if set_by_options(request):
            raise UsageError(
                "--problem makes the whole problem: leave --steps, "
                "--learning-rate and --batch-size out"
            )
        return _users_problem(request.function, request.timeout)
    if bool(request.data) != bool(request.target):
        raise UsageError("--data and --target need each other")
    given: dict[str, Any] = {"learning_rate": LEARNING_RATE, "steps": STEPS}
    given |= set_by_options(request)
    if not request.data:
        x = np.arange(1.0, 6.0)
        return api.make_problem(x, x + 1, {"w": 0.7, "b": 0.7}, **given)
    from compare.lessons.tables import read_table  # with pandas

    features = list(request.features) or None
    table = read_table(Path(request.data), request.target, features)
    initial = {"w": np.zeros((table.x.shape[1], 1)), "b": np.zeros(1)}
    return api.make_problem(table.x, table.y, initial, **given)


def set_by_options(request: ProblemRequest) -> dict[str, Any]:
    """Return what was asked for besides the data."""
    names = "steps", "learning_rate", "batch_size"
    asked = {name: getattr(request, name) for name in names}
    return {name: x for name, x in asked.items() if x is not None}


def _users_problem(reference: str, timeout: float) -> Problem:
    """Call the user's function, in a process of its own."""
    api.check_reference(reference)
    job = processes.Job(reference, sides.call_plain, (reference,))
    (found,) = processes.run_jobs([job], 1, timeout)
    if isinstance(found, processes.Broken):
        raise UsageError(f"{reference}: {found.reason}")
    if not isinstance(found, Problem):
        raise UsageError(
            f"{reference} returned {type(found).__name__}: return "
            "compare.problem(...)"
        )
    return found
