"""What a training gave: its parameters after every update, its results."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from compare.judging.differences import plain_shape
from compare.records.problem import Problem
from compare.running.processes import RunError
from compare.running.watch import Watch

Report = Callable[[int, int], None]

REPORT_SECONDS = 0.2
"""Seconds between two messages on how far a training is."""


class Recorder:
    """Keeps the parameters after every update, and when it was made."""

    def __init__(self, problem: Problem, report: Report) -> None:
        initial = {k: np.array(v) for k, v in problem.initial.items()}
        self._problem = problem
        self._rows: dict[str, list[np.ndarray]] = {
            name: [value] for name, value in initial.items()
        }
        self._report = report
        self._times: list[float] = []
        self._spent: list[float] = []
        self._reported = 0.0

    @property
    def rows(self) -> int:
        """How many states are kept, the first one included."""
        return len(next(iter(self._rows.values())))

    def on_step(self, update: int, parameters: Any) -> None:
        """Take the parameters that an exhibit shows after an update."""
        start = time.perf_counter()
        if update != self.rows:
            raise RunError(
                f"on_step was called for update {update} where {self.rows} "
                "was due"
            )
        values = to_arrays(parameters, "on_step was given")
        if set(values) != set(self._rows):
            raise RunError(
                f"on_step was given {', '.join(sorted(values))}; the problem "
                f"has {', '.join(sorted(self._rows))}"
            )
        for name, value in values.items():
            self._keep(name, value)
        self.tick(update, start)

    def take(self, watch: Watch, returned: Any) -> None:
        """Take the parameters that were seen from outside.

        A parameter is what was returned in its place. Where that is no
        variable, as after `w = w - step`, it is the variable that was made in
        its place.
        """
        found = parameters_in(returned, self._problem)
        for place, name in enumerate(self._rows):
            path = watch.path(found[name])
            if path is None and place < len(watch.variables):
                path = watch.path(watch.variables[place])
            for value in path or ():
                self._keep(name, value)

    def tick(self, update: int, start: float) -> None:
        """Note when an update was made, and what noting it took."""
        self._times.append(start)
        if start - self._reported > REPORT_SECONDS:
            self._reported = start
            self._report(update, self._problem.steps)
        self._spent.append(time.perf_counter() - start)

    def stacked(self) -> dict[str, np.ndarray]:
        """Return name -> array of shape (updates + 1, ...)."""
        if self.rows == 1 and self._problem.steps:
            raise RunError("it made no update that could be seen")
        return {name: np.stack(rows) for name, rows in self._rows.items()}

    def seconds_per_update(self) -> float:
        """Return the median time from one update to the next."""
        gaps = np.diff(self._times) - self._spent[:-1]
        return statistics.median(gaps.tolist()) if len(gaps) else 0.0

    def _keep(self, name: str, value: np.ndarray) -> None:
        first = self._rows[name][0]
        if plain_shape(value.shape) != plain_shape(first.shape):
            raise RunError(
                f"{name} has shape {value.shape} where the problem has "
                f"{first.shape}"
            )
        if value.dtype != first.dtype:
            raise RunError(
                f"{name} is {value.dtype} where the problem is "
                f"{first.dtype}: let the dtype follow the problem's arrays"
            )
        self._rows[name].append(value.reshape(first.shape))


def results_of(returned: Any, problem: Problem) -> dict[str, np.ndarray]:
    """Name what an exhibit returned.

    Args:
        returned: the parameters, as variables in the problem's order, a dict
            by name or a model, and whatever belongs beside them: an array of
            predictions, the history of `fit` or a dict of lists.
        problem: gives the names, and what is compared beside them.

    Raises:
        RunError: something is missing; says what.
    """
    values, history = _parts(returned, problem)
    found = history | values
    wanted = (*problem.initial, *problem.compared)
    missing = [name for name in wanted if name not in found]
    if missing:
        raise RunError(f"train returned no {', '.join(missing)}")
    return to_arrays({name: found[name] for name in wanted}, "train returned")


def parameters_in(returned: Any, problem: Problem) -> dict[str, Any]:
    """Return the parameters among what an exhibit returned, by name."""
    values, _ = _parts(returned, problem)
    return {name: values[name] for name in problem.initial if name in values}


def _parts(
    returned: Any, problem: Problem
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split what an exhibit returned into named values and history."""
    values: list[Any] = []
    history: dict[str, Any] = {}
    waiting = [returned]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list | tuple):
            waiting = [*value, *waiting]
        elif isinstance(value, dict) and set(problem.initial) <= set(value):
            return value, history
        elif isinstance(value, dict):
            history |= value
        elif isinstance(getattr(value, "history", None), dict):
            history |= value.history
        elif hasattr(value, "get_weights"):
            values += value.weights
        else:
            values.append(value)
    names = [*problem.initial, "predictions"]
    if len(values) > len(names):
        raise RunError(
            f"train returned {len(values)} arrays where {', '.join(names)} "
            "belong"
        )
    return dict(zip(names, values, strict=False)), history


def to_arrays(values: Any, what: str) -> dict[str, np.ndarray]:
    """Copy variables, tensors and numbers into numpy arrays by name."""
    if not isinstance(values, dict) or not values:
        raise RunError(
            f"{what} {shown(values)} where a dict of parameters by name "
            "belongs"
        )
    arrays = {}
    for name, value in values.items():
        array = numbers_in(value)
        if array is None:
            raise RunError(
                f"{what} {shown(value)} as {name!r}, which is not numbers"
            )
        arrays[str(name)] = array
    return arrays


def numbers_in(value: Any) -> np.ndarray | None:
    """Copy a variable, tensor or array; None if it holds no numbers."""
    try:
        array = np.array(value.numpy() if hasattr(value, "numpy") else value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "fiub" else None


def shown(value: Any) -> str:
    """Show a value in at most 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "..."
