"""Shared problems and hand-made trajectories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from compare.lessons.problems import problem_of
from compare.records.problem import Problem, Settings
from compare.records.report import Report
from compare.records.request import Request
from compare.records.runs import Trajectory
from compare.records.timing import Effort
from compare.running.processes import Silent
from compare.studies.lesson.report import make_report


@pytest.fixture(scope="session")
def small_report() -> Report:
    """Return the report of a real, short run of two lessons, with rates."""
    request = Request(
        lessons=("linear_regression", "minibatch"),
        settings=Settings(steps=20),
        modes=("graph",),
        effort=Effort(1),
        quick=False,
        timeout=120.0,
        command="python -m compare linear_regression minibatch",
    )
    return make_report(request, Silent())


@pytest.fixture
def line() -> Problem:
    """Return the classic problem, 20 updates of it."""
    return problem_of("linear_regression", Settings(steps=20))


@pytest.fixture
def make_run() -> Callable[..., Trajectory]:
    """Return a function that makes a trajectory of numpy gradient descent."""

    def make(
        side: str = "manual",
        dtype: str = "float32",
        learning_rate: float = 0.01,
        updates: int = 20,
        start: float = 0.7,
    ) -> Trajectory:
        x = np.arange(1, 6, dtype=dtype)
        y = x + 1
        rate = np.array(learning_rate, dtype)
        path = [(np.array(start, dtype), np.array(start, dtype))]
        for _ in range(updates):
            w, b = path[-1]
            error = w * x + b - y
            path.append(
                (
                    w - rate * 2 * np.mean(error * x),
                    b - rate * 2 * np.mean(error),
                )
            )
        kernel, bias = (
            np.array(column, dtype) for column in zip(*path, strict=True)
        )
        return Trajectory(
            side=side,
            mode="graph",
            dtype=dtype,
            parameters={"kernel": kernel, "bias": bias},
            results={"kernel": kernel[-1], "bias": bias[-1]},
            losses=np.zeros(updates + 1),
            seconds_per_update=1e-3,
        )

    return make


@pytest.fixture
def exhibit_file(tmp_path: Path) -> Callable[[str], str]:
    """Return a function that writes an exhibit and gives its reference."""

    def write(source: str) -> str:
        path = tmp_path / "exhibit.py"
        path.write_text(source)
        return f"{path}:train"

    return write
