"""How much of an epoch of `fit` goes into opening tf.data iterators."""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import Any

from compare.records.problem import Problem
from compare.records.report import LessonReport
from compare.records.timing import IteratorCost
from compare.running.modes import wrapped
from compare.running.processes import (
    Advance,
    Broken,
    Job,
    Progress,
    run_jobs,
    why_broken,
)
from compare.running.slope import measure_slope, timed
from compare.running.timing import seconds_for
from compare.running.worker import load_exhibit
from compare.studies.lesson.aspect import Lesson

EPOCHS = 10
"""Epochs of the first long training that is tried."""

GAP = 0.1
"""Seconds by which the long training exceeds the short one, at least."""


def time_iterators(
    lesson: Lesson, report: LessonReport, progress: Progress
) -> LessonReport:
    """Add what opening iterators costs in Keras's graph mode."""
    if not any(t.mode == "graph" for t in report.timings):
        return report
    job = Job(
        f"{report.lesson} keras graph: iterators",
        iterator_cost,
        (
            lesson.exhibits["keras"],
            lesson.problem.for_timing(),
        ),
    )
    (cost,) = run_jobs([job], 1, lesson.request.timeout, progress)
    if isinstance(cost, Broken):
        broken = why_broken([job], [cost])
        return replace(report, left_out=(*report.left_out, *broken))
    return replace(report, iterators=(cost,))


def iterator_cost(
    reference: str, problem: Problem, advance: Advance
) -> IteratorCost:
    """Measure what an epoch takes, and of that opening iterators."""
    import tensorflow as tf

    exhibit = load_exhibit(reference)
    opened: list[float] = []

    def watched(iterate: Any, dataset: Any) -> Any:
        seconds, iterator = timed(iterate, dataset)
        opened.append(seconds)
        return iterator

    def train(length: int) -> float:
        advance(min(length, EPOCHS), EPOCHS)
        opened.clear()
        whole = seconds_for(exhibit, problem, "graph", length)
        counted[length] = len(opened)
        return whole

    counted: dict[int, int] = {}
    with wrapped(tf.data.Dataset, "__iter__", watched):
        train(1)  # starts TensorFlow
        slope = measure_slope(train, 1, GAP, EPOCHS)
    (few, _), (many, _) = slope.runs[0], slope.runs[-1]
    iterators = (counted[many] - counted[few]) / (many - few)
    seconds = iterators * statistics.fmean(opened or [0.0])
    return IteratorCost("keras", "graph", iterators, seconds, slope.each)
