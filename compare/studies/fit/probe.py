"""What runs inside a fresh process: a form compared, timed or watched."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from compare.records import Dtype, Mode, Trajectory
from compare.records.fit import CallSample, EpochSample, FormSample
from compare.records.problem import Problem
from compare.running.modes import function_type, replaced
from compare.running.processes import RunError
from compare.running.recording import Report
from compare.running.worker import load_exhibit, prepare, train
from compare.studies.fit.stopwatch import Stopwatch, watching

SKIPPED = 2
"""Epochs, or calls, that are not counted: they trace and compile."""


def look(
    reference: str,
    name: str,
    problem: Problem,
    mode: Mode,
    dtype: Dtype,
    after: Sequence[int],
    report: Report,
) -> Trajectory:
    """Train anew for each number of updates; keep the last parameters.

    So a form is compared as it is timed, without an observer, even where one
    call makes all updates.

    Returns:
        A trajectory that holds every value until the next look.
    """
    prepare(mode, dtype)
    form = load_exhibit(reference)
    problem = problem.astype(dtype)
    seen = [problem.initial]
    for done, updates in enumerate(after):
        report(done, len(after))
        parameters = form(of_length(problem, updates, updates))
        seen.append(
            {
                key: np.array(parameters[key].numpy()).reshape(value.shape)
                for key, value in problem.initial.items()
            }
        )
    losses = [problem.loss(values, problem.x, problem.y) for values in seen]
    held = np.searchsorted(after, np.arange(after[-1] + 1), side="right")
    return Trajectory(
        side=name,
        mode=mode,
        dtype=dtype,
        parameters={
            key: np.stack([values[key] for values in seen])[held]
            for key in problem.initial
        },
        results={},
        losses=np.array(losses)[held],
        seconds_per_update=0.0,
    )


def of_length(problem: Problem, updates: int, per_call: int) -> Problem:
    """Return the problem with other numbers of updates."""
    hyper = {**problem.hyper, "steps_per_call": per_call}
    return problem.replace(epochs=updates, hyper=hyper)


def time_form(
    reference: str, problem: Problem, lengths: tuple[int, int], report: Report
) -> FormSample:
    """Time a short and a long training, after a short one that warms up."""
    form = load_exhibit(reference)
    short, long = lengths
    runs = []
    for done, updates in enumerate((short, short, long)):
        report(done, 3)
        gc.collect()  # so that no run collects another's garbage
        job = problem.replace(epochs=updates)
        start = time.perf_counter()
        form(job)
        runs.append((updates, time.perf_counter() - start))
    slope = (runs[2][1] - runs[1][1]) / (long - short)
    start = runs[1][1] - short * slope
    return FormSample(start=start, per_update=slope, runs=tuple(runs))


def watch_epochs(
    reference: str,
    problem: Problem,
    mode: Mode,
    graph_optimiser: bool,
    epochs: int,
    report: Report,
) -> EpochSample:
    """Train with and without timers, in random order; break an epoch down.

    Raises:
        RunError: it is not trained by an epoch of `fit` after another.
    """
    import tensorflow as tf

    if not graph_optimiser:
        tf.config.optimizer.set_experimental_options(
            {"disable_meta_optimizer": True}
        )
    exhibit = load_exhibit(reference)
    train(exhibit, problem.replace(epochs=1), mode)  # starts TensorFlow
    job = problem.replace(epochs=SKIPPED + epochs + 1)
    found: dict[bool, Stopwatch] = {}
    for parts in random.sample((False, True), 2):
        report(len(found), 2)
        gc.collect()
        stopwatch = found[parts] = Stopwatch()
        with watching(stopwatch, parts):
            train(exhibit, job, mode)
        if stopwatch.epochs != job.epochs:
            raise RunError(
                f"{reference} began {stopwatch.epochs} epochs of fit where "
                f"{job.epochs} were due"
            )
    plain, _ = found[False].per_epoch(SKIPPED)
    seconds, shares = found[True].per_epoch(SKIPPED)
    return EpochSample(plain_seconds=plain, seconds=seconds, parts=shares)


def cost_of_a_call(
    reference: str, problem: Problem, calls: int, report: Report
) -> CallSample:
    """Tell apart what a call of many updates consists of.

    A call with a single update costs what every call costs; what the others
    add, and what happens between two calls, is the rest.
    """
    form = load_exhibit(reference)
    many = problem.hyper["steps_per_call"]
    (single, _), (whole, period) = (
        _calls(form, of_length(problem, count * calls, count))
        for count in (1, many)
    )
    return CallSample(
        call=single, updates=whole - single, around=period - whole
    )


def _calls(form: Any, problem: Problem) -> tuple[float, float]:
    """Return median seconds in a compiled function, and per call of it."""
    spans: list[tuple[float, float]] = []
    kind = function_type()
    call = kind.__call__

    def timed(self: Any, *arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        result = call(self, *arguments, **options)
        spans.append((start, time.perf_counter()))
        return result

    with replaced(kind, "__call__", timed):
        form(problem)
    kept = spans[SKIPPED:]
    return (
        statistics.median(end - start for start, end in kept),
        statistics.median(b[0] - a[0] for a, b in pairwise(kept)),
    )
