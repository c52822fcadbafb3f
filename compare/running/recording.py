"""What a training gave: its parameters after every update, its results."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from compare.judging.differences import plain_shape
from compare.records import Mode
from compare.records.problem import Problem
from compare.records.runs import Trajectory
from compare.running.processes import Advance, RunError
from compare.running.watch import Watch

REPORT_SECONDS = 0.2
"""Seconds between two messages on how far a training is."""


class Recorder:
    """Keeps the parameters after every update.

    Attributes:
        first: seconds of the clock at which the first one had been made.
    """

    def __init__(self, problem: Problem, advance: Advance) -> None:
        self.first = math.nan
        self._problem = problem
        self._advance = advance
        self._rows = {
            name: [np.array(value)] for name, value in problem.initial.items()
        }
        self._made = [0]  # the update that each row was taken after
        self._advanced_at = 0.0

    def on_step(self, update: int, parameters: Any) -> None:
        """Take the parameters that an exhibit shows after an update."""
        start = time.perf_counter()
        due = len(self._made)
        if update != due:
            raise RunError(
                f"on_step was called for update {update} where {due} was due"
            )
        values = to_arrays(parameters, "on_step was given")
        if set(values) != set(self._rows):
            raise RunError(
                f"on_step was given {', '.join(sorted(values))}; the problem "
                f"has {', '.join(sorted(self._rows))}"
            )
        self.keep(update, values)
        self.tick(update, start)

    def take(self, watch: Watch, returned: Any) -> None:
        """Take the parameters that were seen from outside.

        A parameter is what was returned in its place. Where that is no
        variable, as after `w = w - step`, it is the variable that was made in
        its place.
        """
        variables = parameters_in(returned, self._problem)
        paths: dict[str, list[np.ndarray]] = {}
        for number, name in enumerate(self._rows):
            path = watch.path(variables[name])
            if path is None and number < len(watch.variables):
                path = watch.path(watch.variables[number])
            if path is not None:
                paths[name] = path
        if paths and len(paths) < len(self._rows):
            unseen = ", ".join(
                name for name in self._rows if name not in paths
            )
            raise RunError(f"it made no update of {unseen} that could be seen")
        for row in zip(*paths.values(), strict=True):
            self.keep(len(self._made), dict(zip(paths, row, strict=True)))

    def keep(self, update: int, values: Mapping[str, np.ndarray]) -> None:
        """Keep the parameters, as arrays of their own, after an update."""
        for name, rows in self._rows.items():
            rows.append(_like(rows[0], values[name], name))
        self._made.append(update)

    def tick(self, update: int, start: float) -> None:
        """Tell now and then how far it is."""
        if math.isnan(self.first):
            self.first = start
        if start - self._advanced_at > REPORT_SECONDS:
            self._advanced_at = start
            self._advance(update, self._problem.steps)

    def trajectory(
        self,
        side: str,
        mode: Mode,
        results: dict[str, np.ndarray],
        losses: bool = True,
    ) -> Trajectory:
        """Return what was kept as one run.

        Args:
            side: whose it is, for people.
            mode: how an update ran.
            results: what the exhibit returned, by name.
            losses: whether to compute them, on all rows for every state,
                which may take longer than the training.

        Raises:
            RunError: nothing was kept, or something else was returned.
        """
        if len(self._made) == 1 and self._problem.steps:
            raise RunError("it made no update that could be seen")
        parameters = {
            name: np.stack(rows) for name, rows in self._rows.items()
        }
        for name, path in parameters.items():
            shape = results[name].shape
            if plain_shape(shape) != plain_shape(path.shape[1:]):
                raise RunError(
                    f"train returned {name} in shape {shape} where the "
                    f"problem has {path.shape[1:]}"
                )
        made = np.array(self._made)
        return Trajectory(
            side=side,
            mode=mode,
            dtype=str(next(iter(parameters.values())).dtype),
            parameters=parameters,
            results=results,
            losses=self._problem.losses(parameters)
            if losses
            else np.array([]),
            recorded=None if made[-1] == len(made) - 1 else made,
        )


def _like(first: np.ndarray, value: np.ndarray, name: str) -> np.ndarray:
    """Return a parameter's value in the shape that the problem gives it."""
    if plain_shape(value.shape) != plain_shape(first.shape):
        raise RunError(
            f"{name} has shape {value.shape} where the problem has "
            f"{first.shape}"
        )
    if value.dtype != first.dtype:
        raise RunError(
            f"{name} is {value.dtype} where the problem is {first.dtype}: "
            "let the dtype follow the problem's arrays"
        )
    return value.reshape(first.shape)


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
    named = history | values
    wanted = (*problem.initial, *problem.compared)
    missing = [name for name in wanted if name not in named]
    if missing:
        raise RunError(f"train returned no {', '.join(missing)}")
    return to_arrays({name: named[name] for name in wanted}, "train returned")


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
