"""What runs inside a fresh process to see what a mistake does."""

from __future__ import annotations

from typing import Any

from compare.lessons.rows_on_disk import with_files
from compare.records import Mode, Trajectory
from compare.records.mistakes import Cost, Raised
from compare.records.problem import Problem
from compare.records.timing import Sample
from compare.running import probes, several
from compare.running.recording import Report
from compare.running.watch import Watch
from compare.running.worker import load_exhibit, train

SHORT, MOST = 20, 10_000
"""Epochs of the first timing, and when no longer one is tried."""

LONG_SECONDS = 0.5
"""How long the epochs of the slope must take: a start, with its traces, may
vary by a tenth of that."""


def record_twice(
    reference: str, side: str, problem: Problem, mode: Mode, report: Report
) -> tuple[Trajectory, Trajectory]:
    """Record an exhibit in float32 and, in the same process, in float64."""
    arguments = (reference, side, problem, mode)
    return (
        several.record(*arguments, "float32", report),
        several.record(*arguments, "float64", report),
    )


def attempt(
    reference: str, problem: Problem, mode: Mode, report: Report
) -> Raised | None:
    """Train; return the exception that ended it, or None."""
    exhibit = load_exhibit(reference)
    watch = Watch()
    try:
        with watch.watching():
            train(exhibit, problem, mode)
    except Exception as error:
        # AutoGraph tells first where it happened, and last what.
        text = [line.strip() for line in str(error).splitlines() if line]
        last = text[-1] if text else ""
        message = last.removeprefix(f"{type(error).__name__}: ")
        return Raised(type(error).__name__, message, watch.updates)
    return None


def count_cost(
    reference: str, problem: Problem, mode: Mode, report: Report
) -> tuple[int, int, int]:
    """Train; count runs of the update by Python, data iterators, and fits.

    Python runs the body of an update once for each trace of a graph, and for
    every update where there is no graph.
    """
    import keras
    import tensorflow as tf

    counts = {"gradient": 0, "__iter__": 0, "fit": 0}

    def watch(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def counted(*given: Any, **named: Any) -> Any:
            counts[name] += 1
            return original(*given, **named)

        setattr(owner, name, counted)

    exhibit = load_exhibit(reference)
    watch(tf.GradientTape, "gradient")
    watch(tf.data.Dataset, "__iter__")
    watch(keras.Model, "fit")
    with with_files(problem) as given:
        train(exhibit, given, mode)
    return counts["gradient"], counts["__iter__"], counts["fit"]


def time_updates(
    reference: str, problem: Problem, mode: Mode, report: Report
) -> Sample:
    """Time an exhibit here, for as many epochs as tell the slope."""
    epochs = SHORT
    while True:
        lengths: dict[Mode, int] = {mode: epochs}
        samples, _ = probes.time_side(reference, problem, lengths, report)
        sample = samples[mode]
        seconds = sample.per_epoch * (epochs - probes.FEW)
        if seconds > LONG_SECONDS or epochs > MOST:
            return sample
        epochs *= 5


def cost(
    problem: Problem, counts: tuple[int, int, int], samples: tuple[Sample, ...]
) -> Cost:
    """Put counts and samples together."""
    return Cost(samples, problem.steps_per_epoch, problem.steps, *counts)
