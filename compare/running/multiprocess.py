"""Recording a training, in as many processes as its lesson asks for."""

from __future__ import annotations

import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from compare.records import Dtype, Mode
from compare.records.problem import Problem
from compare.records.runs import Trajectory
from compare.running import worker
from compare.running.processes import Advance

PATIENCE = 60.0
"""Seconds after which a cluster that makes no update is given up."""


def record(
    reference: str,
    side: str,
    problem: Problem,
    mode: Mode,
    dtype: Dtype,
    advance: Advance,
) -> Trajectory:
    """Record an exhibit; arguments and errors as in `worker.record`.

    A problem with several `workers` is trained by as many processes that form
    a cluster. One with a `folder` is trained half-way in one fresh process
    and to its end in another; only the folder connects them.
    """
    arguments = (reference, side, problem, mode, dtype)
    if problem.workers > 1:
        from compare.running.cluster import run_workers

        task = partial(worker.record, *arguments)
        trajectory = run_workers(task, problem.workers, PATIENCE, advance)
        assert isinstance(trajectory, Trajectory)
        return trajectory
    if "folder" in problem.hyper:
        return _record_in_two(*arguments)
    return worker.record(*arguments, advance)


def _record_in_two(
    reference: str, side: str, problem: Problem, mode: Mode, dtype: Dtype
) -> Trajectory:
    half = problem.replace(epochs=problem.epochs // 2)
    fork = multiprocessing.get_context("fork")
    halves = []
    with tempfile.TemporaryDirectory() as folder:
        for job in (half, problem):
            given = job.with_hyper(folder=folder)
            arguments = (reference, side, given, mode, dtype, _silent)
            with ProcessPoolExecutor(1, mp_context=fork) as process:
                halves.append(
                    process.submit(worker.record, *arguments).result()
                )
    first, second = halves
    # Row 0 of the second half is the problem's start, which it never had.
    return replace(
        second,
        parameters={
            name: np.concatenate([values, second.parameters[name][1:]])
            for name, values in first.parameters.items()
        },
        losses=np.concatenate([first.losses, second.losses[1:]]),
    )


def _silent(done: int, total: int) -> None:
    """Report nothing: a function that reports cannot be sent to a process."""
