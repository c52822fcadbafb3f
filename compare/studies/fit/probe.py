"""What runs inside a fresh process: an epoch or a call taken apart."""

from __future__ import annotations

import gc
import random
import statistics
import time
from itertools import pairwise
from typing import Any

from compare.records import Mode
from compare.records.fit import CallSample, EpochSample
from compare.records.problem import Problem
from compare.records.variants import Variant
from compare.running.modes import function_type, replaced
from compare.running.processes import Advance, RunError
from compare.running.worker import load_exhibit, train
from compare.studies.fit.stopwatch import Stopwatch, watching
from compare.studies.variants.trials import MakeProblem, with_calls_of

SKIPPED = 2
"""Epochs, or calls, that are not counted: they trace and compile."""


def watch_epochs(
    reference: str,
    problem: Problem,
    mode: Mode,
    graph_optimiser: bool,
    epochs: int,
    advance: Advance,
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
    stopwatches: dict[bool, Stopwatch] = {}
    for with_timers in random.sample((False, True), 2):
        advance(len(stopwatches), 2)
        gc.collect()
        stopwatch = stopwatches[with_timers] = Stopwatch()
        with watching(stopwatch, with_timers):
            train(exhibit, job, mode)
        if stopwatch.epochs != job.epochs:
            raise RunError(
                f"{reference} began {stopwatch.epochs} epochs of fit where "
                f"{job.epochs} were due"
            )
    plain, _ = stopwatches[False].per_epoch(SKIPPED)
    seconds, parts = stopwatches[True].per_epoch(SKIPPED)
    return EpochSample(plain_seconds=plain, seconds=seconds, parts=parts)


def cost_of_a_call(
    variant: Variant, make: MakeProblem, calls: int, advance: Advance
) -> CallSample:
    """Tell apart what a call of many updates consists of.

    A call with a single update costs what every call costs; what the others
    add, and what happens between two calls, is the rest.
    """
    problem = make()
    (single, _), (whole, period) = (
        _time_calls(variant, with_calls_of(updates, problem), calls)
        for updates in (1, problem.steps_per_call)
    )
    return CallSample(
        call=single, updates=whole - single, around=period - whole
    )


def _time_calls(
    variant: Variant, problem: Problem, calls: int
) -> tuple[float, float]:
    """Return median seconds in a compiled function, and per call of it."""
    spans: list[tuple[float, float]] = []
    kind = function_type()
    call = kind.__call__

    def timed(self: Any, *arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        result = call(self, *arguments, **options)
        spans.append((start, time.perf_counter()))
        return result

    _, run = load_exhibit(variant.function)(problem)
    with replaced(kind, "__call__", timed):
        run(problem.steps_per_call * calls)
    kept = spans[SKIPPED:]
    return (
        statistics.median(end - start for start, end in kept),
        statistics.median(b[0] - a[0] for a, b in pairwise(kept)),
    )
