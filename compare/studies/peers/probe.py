"""What runs inside a bare process: one implementation, recorded or timed.

Importing this module imports nothing heavy, so that importing NumPy and a
framework can be timed.
"""

from __future__ import annotations

import importlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compare.running.processes import Advance

if TYPE_CHECKING:
    import numpy as np

    from compare.records import Dtype, Mode
    from compare.records.peers import Backend, PeerSample
    from compare.records.problem import Problem
    from compare.records.runs import Trajectory


LONG_SECONDS = 0.1
"""How much longer the longest training takes than the shortest, at least."""


@dataclass(frozen=True)
class Task:
    """What to run: names and numbers, for they travel without numpy.

    Attributes:
        reference: see `compare.running.worker.load_exhibit`.
        lesson: whose problem it gets.
        steps: updates of that problem.
        backend: Keras's, if Keras is used.
    """

    reference: str
    lesson: str
    steps: int
    mode: Mode
    backend: Backend | None

    def problem(self) -> Problem:
        """Make the problem."""
        from compare.lessons.problems import problem_of
        from compare.records.problem import Settings

        problem = problem_of(self.lesson, Settings(steps=self.steps))
        if "steps_per_call" in problem.hyper:
            return problem.with_hyper(steps_per_call=problem.steps)
        return problem


def record_peer(
    task: Task, name: str, dtype: Dtype, advance: Advance
) -> Trajectory:
    """Record a training; errors as in `worker.record`."""
    os.environ["JAX_ENABLE_X64"] = str(int(dtype == "float64"))
    _choose_backend(task.backend)
    from compare.running import worker
    from compare.running.backends import prepare_keras

    if task.backend:
        prepare_keras(task.backend, dtype)
    return worker.observe(
        task.reference, name, task.problem(), task.mode, dtype, advance
    )


def record_second_order(*arguments: Any) -> Trajectory:
    """Record, as `worker.record` does, with a dataset that is opened twice.

    A batch of it is drawn first, as Keras's `fit` does on JAX and PyTorch.
    """
    import tensorflow as tf

    from compare.running import worker

    opened: list[Any] = []
    iterate = tf.data.Dataset.__iter__

    def open_twice(dataset: Any) -> Any:
        if not opened:
            opened.append(next(iterate(dataset)))
        return iterate(dataset)

    tf.data.Dataset.__iter__ = open_twice
    return worker.record(*arguments)


def time_peer(
    task: Task, advance: Advance
) -> tuple[PeerSample, dict[str, np.ndarray]]:
    """Time a training in this process, which has imported nothing yet.

    Returns:
        The sample, and what the first training returned.
    """
    _choose_backend(task.backend)
    import_seconds = _import(task.reference)

    from compare.records.peers import PeerSample
    from compare.running import recording, worker
    from compare.running.slope import measure_slope, timed

    exhibit = worker.load_exhibit(task.reference)
    problem = task.problem().for_timing()
    ends: list[dict[str, np.ndarray]] = []

    def train(job: Problem) -> None:
        returned = worker.train(exhibit, job, task.mode)
        # A copy as arrays waits for what may still be running.
        ends.append(recording.results_of(returned, job))

    def seconds_for(updates: int) -> float:
        epochs = updates // problem.steps_per_epoch
        return timed(train, problem.replace(epochs=epochs))[0]

    epochs = int(problem.hyper.get("steps_per_call", 1))
    updates = epochs * problem.steps_per_epoch
    first_call = seconds_for(updates)
    slope = measure_slope(seconds_for, updates, LONG_SECONDS)
    sample = PeerSample(
        import_seconds=import_seconds,
        first_call=first_call,
        per_update=slope.each,
        runs=((updates, first_call), *slope.runs),
    )
    return sample, ends[0]


def _import(reference: str) -> float:
    """Import NumPy and an implementation; return the seconds it took."""
    start = time.perf_counter()
    importlib.import_module("numpy")
    if ":" not in reference:
        importlib.import_module(reference)
    return time.perf_counter() - start


def _choose_backend(backend: Backend | None) -> None:
    """Choose Keras's backend, whatever the user's keras.json says."""
    os.environ["KERAS_BACKEND"] = backend or "tensorflow"
