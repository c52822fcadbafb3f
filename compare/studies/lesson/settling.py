"""Whether both sides end at the closed form, given time.

With a constant learning rate mini-batches never settle: each pulls towards a
minimum of its own. So the same exhibits are trained on all rows at once, with
the learning rate that settles in fewest updates, 2 / (smallest + largest
curvature), until the slowest error has shrunk to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from compare.judging.rounding import FLOAT64_BOUND
from compare.judging.theory import distance, updates_to_settle
from compare.records import DTYPES, SIDES, Dtype, Side
from compare.records.findings import Convergence, Theory
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.records.report import LessonReport
from compare.running.processes import Broken
from compare.studies.lesson.aspect import Lesson, recording

SHRINK = 1e-14
"""How far the slowest error shrinks."""

MOST_UPDATES = 5000
"""Updates beyond which this takes too long to be run by the way."""


class Settling:
    """Whether both sides settle at the closed form, in both dtypes."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        problem = settling_problem(lesson.problem, lesson.theory)
        self._keys = list(product(SIDES, DTYPES)) if problem else []
        self.jobs = [
            recording(lesson.exhibits[side], side, problem, "graph", dtype)
            for side, dtype in self._keys
            if problem
        ]

    def add(
        self, report: LessonReport, results: Sequence[Any]
    ) -> LessonReport:
        """Add whether they have settled."""
        runs = dict(zip(self._keys, results, strict=True))
        problem, theory = self._lesson.problem, self._lesson.theory
        convergence = judge_settling(problem, theory, runs)
        return replace(report, convergence=convergence)


def settling_problem(
    problem: Problem, theory: Theory | None
) -> Problem | None:
    """Return the problem on all rows at once, or None where it is not run."""
    updates = _updates(problem, theory)
    if theory is None or updates is None or updates > MOST_UPDATES:
        return None
    if problem.workers > 1:  # they wait for each other at every update
        return None
    settling = problem.with_hyper(learning_rate=_fastest_rate(theory))
    return settling.replace(batch_size=len(problem.x), epochs=updates)


def judge_settling(
    problem: Problem,
    theory: Theory | None,
    runs: Mapping[tuple[Side, Dtype], Any],
) -> Convergence | None:
    """Say whether both sides settled at the closed form.

    Args:
        problem: the lesson's own problem.
        theory: its theory.
        runs: (side, dtype) -> the trajectory of `settling_problem`, or
            `Broken`; empty where it was not run.

    Returns:
        The record, or None where the question does not arise. Reached means
        that the distance in float64 is rounding, by the bound that holds for
        two sides.
    """
    if theory is None or not _wanders(problem, theory):
        return None
    updates = _updates(problem, theory)
    if not runs:
        return _unknown(_why_not(problem, updates))
    distances: dict[str, dict[str, float]] = {}
    for (side, dtype), run in runs.items():
        if isinstance(run, Broken):
            return _unknown(
                note(
                    "could not run: {side}: {reason}",
                    side=side,
                    reason=run.reason,
                )
            )
        end = distance(run.results, theory)
        distances.setdefault(side, {})[dtype] = end
    return _settled(theory, updates or 0, distances)


def _why_not(problem: Problem, updates: int | None) -> Note:
    """Say why `settling_problem` has none."""
    if updates is None:
        return note("not run, because the features are linearly dependent")
    if problem.workers > 1:
        return note(
            "not run, because {workers} processes that wait for each other "
            "at every update take minutes for {updates}",
            workers=problem.workers,
            updates=f"{updates:,}",
        )
    return note(
        "not run, because it would take {updates} updates",
        updates=f"{updates:,}",
    )


def _unknown(why: Note) -> Convergence:
    return Convergence(0, {}, 0.0, False, why)


def _settled(
    theory: Theory, updates: int, distances: dict[str, dict[str, float]]
) -> Convergence:
    """Say whether the distances to the closed form are rounding."""
    largest = (np.abs(value).max() for value in theory.closed_form.values())
    bound = FLOAT64_BOUND * float(max(largest))
    single, double = (
        max(by_dtype[dtype] for by_dtype in distances.values())
        for dtype in ("float32", "float64")
    )
    values = {
        "updates": f"{updates:,}",
        "single": f"{single:.1e}",
        "double": f"{double:.1e}",
    }
    within = Note(
        "on all rows at once, after {updates} updates, both sides end within "
        "{single} of the normal equations in float32 and {double} in float64, "
        "which is rounding",
        values,
    )
    beyond = Note(
        "on all rows at once, after {updates} updates, both sides end within "
        "{single} of the normal equations in float32 and {double} in float64, "
        "which is more than rounding",
        values,
    )
    reached = double <= bound
    return Convergence(
        updates, distances, bound, reached, within if reached else beyond
    )


def _wanders(problem: Problem, theory: Theory) -> bool:
    """Whether it is plain descent that mini-batches keep from settling."""
    mini = problem.batch_size < len(problem.x)
    return mini and theory.largest_learning_rate is not None


def _updates(problem: Problem, theory: Theory | None) -> int | None:
    if theory is None or not _wanders(problem, theory):
        return None
    return updates_to_settle(theory, _fastest_rate(theory), SHRINK)


def _fastest_rate(theory: Theory) -> float:
    return 2 / (theory.smallest_curvature + theory.largest_curvature)
