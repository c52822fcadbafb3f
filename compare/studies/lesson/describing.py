"""A lesson's report as far as its runs, its code and linear algebra go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from compare.judging import codesize, thinning
from compare.judging.notes import explain_overshoot, theory_notes
from compare.judging.proof import Run
from compare.judging.theory import first_within_1_percent
from compare.lessons.exhibits import source_of
from compare.lessons.scaling import in_user_units
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.records.report import LessonReport, first_pair
from compare.records.runs import Failure, Trajectory
from compare.records.verdicts import Check, Verdict
from compare.running.contest import Contest, Pair
from compare.studies.lesson.aspect import Lesson


def describe(
    lesson: Lesson, contest: Contest, verdicts: Mapping[Pair, Verdict]
) -> LessonReport:
    """Put together what is known once the lesson has been judged.

    Args:
        lesson: which one.
        contest: has recorded its contestants.
        verdicts: on its pairs and its checks.
    """
    problem, theory = lesson.problem, lesson.theory
    runs = [contest.run(member) for member in lesson.contestants.values()]
    whole = [run for run in runs if isinstance(run, Trajectory)]
    shown = first_pair(whole)
    kept = thinning.thinned(whole, shown)
    sources: dict[str, str] = {
        side: source_of(name) for side, name in lesson.exhibits.items()
    }
    return LessonReport(
        lesson=problem.lesson,
        title=problem.title,
        data=problem.data,
        rows=len(problem.x),
        features=problem.x.reshape(len(problem.x), -1).shape[1],
        batch_size=problem.batch_size,
        workers=problem.workers,
        updates=problem.steps,
        learning_rate=problem.learning_rate,
        notes=(
            *problem.notes,
            *theory_notes(problem, theory, shown),
            *_cut(problem, kept),
        ),
        sources=sources,
        sizes={side: codesize.measure(text) for side, text in sources.items()},
        verdicts=tuple(
            _explained(lesson, verdicts[pair], runs) for pair in lesson.pairs
        ),
        checks=tuple(
            Check(side, pair[1].name, verdicts[pair])
            for side, pair in lesson.checks.items()
        ),
        trajectories=kept.runs,
        recorded_updates=kept.updates,
        apart=kept.apart,
        failures=tuple(run for run in runs if isinstance(run, Failure)),
        scaling=problem.scaling,
        user_parameters=_user_parameters(lesson, shown),
        theory=theory,
        within_1_percent={
            run.side: first_within_1_percent(run, theory)
            for run in shown
            if theory
        },
        points=thinning.points(problem, theory)
        if kept.apart is None
        else None,  # all parameters are needed to predict them
        snapshots=thinning.snapshots(whole) if lesson.request.digests else (),
        pictures={
            run.side: picture
            for run in shown
            if problem.picture and run.first_non_finite is None
            if (picture := problem.picture(problem, run)) is not None
        },
    )


def _cut(problem: Problem, kept: thinning.Thinned) -> Iterator[Note]:
    """Say what the report leaves out of a large model's parameters."""
    if kept.apart is not None:
        yield note(
            "of {numbers} parameters the report keeps on the way the first "
            "{leading} numbers of each array",
            numbers=f"{sum(v.size for v in problem.initial.values()):,}",
            leading=thinning.LEADING,
        )


def _explained(
    lesson: Lesson, verdict: Verdict, runs: Sequence[Run]
) -> Verdict:
    """Say of a pair that left the finite numbers why, and what to do."""
    overflows = any(
        isinstance(run, Trajectory) and run.first_non_finite is not None
        for run in runs
        if run.mode == verdict.mode
    )
    if verdict.outcome != "could not run" or not overflows:
        return verdict
    why = explain_overshoot(lesson.problem, lesson.theory, verdict.why)
    return replace(verdict, why=why)


def _user_parameters(
    lesson: Lesson, runs: Sequence[Trajectory]
) -> dict[str, dict[str, np.ndarray]]:
    """Return where each side ends, in the units of the user's table."""
    scaling = lesson.problem.scaling
    if scaling is None:
        return {}
    ends = {run.side: run.results for run in runs}
    if lesson.theory and ends:
        ends["closed form"] = lesson.theory.closed_form
    return {who: in_user_units(end, scaling) for who, end in ends.items()}
