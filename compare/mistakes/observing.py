"""Makes mistakes for real, in fresh processes, and says what happened."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from compare.judging.differences import first_ratios
from compare.judging.proof import Run
from compare.judging.thinning import frames
from compare.lessons.exhibits import exhibit
from compare.mistakes.case import Case, why_broken, written
from compare.mistakes.costs import measure_costs
from compare.mistakes.patching import mutant_source
from compare.mistakes.probe import attempt
from compare.records import SIDES, Dtype, Side
from compare.records.mistakes import (
    KINDS,
    LossCurve,
    Mistake,
    MistakeReport,
    Question,
    Raised,
)
from compare.records.runs import Trajectory
from compare.records.verdicts import Verdict
from compare.running import multiprocess
from compare.running.contest import Contest, Contestant, Pair
from compare.running.processes import Broken, Job, Progress, run_jobs

POINTS = 60
"""Most points of a loss curve that a question keeps."""


def observe(
    mistakes: Sequence[Mistake],
    at_once: int = 2,
    timeout: float = 120.0,
    rounds: int = 1,
    progress: Progress | None = None,
) -> tuple[MistakeReport, ...]:
    """Make each mistake and say what happened.

    Args:
        mistakes: rows of the catalogue.
        at_once: processes beside each other; timing uses one.
        timeout: seconds that one process may take.
        rounds: fresh processes in which a slow mistake is timed, and as many
            for the exhibit without it; an interval needs five.
        progress: told of every process.

    Raises:
        ValueError: a patch does not fit its exhibit.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The files must outlive the runs: AutoGraph reads their source.
        cases = [written(mistake, Path(folder)) for mistake in mistakes]
        silent, errors, slow = (
            [case for case in cases if case.mistake.kind == kind]
            for kind in KINDS
        )
        contest = Contest(at_once, timeout, progress)
        asked = [case for case in cases if case.mistake.quiz]
        pairs = _pairs([*silent, *slow, *(c for c in asked if c in errors)])
        verdicts = contest.judge([*pairs.values()])
        attempts = [case.job(attempt, "bad") for case in errors]
        raised = run_jobs(attempts, at_once, timeout, progress)
        costs = measure_costs(slow, at_once, timeout, rounds, progress)
    reports = [_raised(*given) for given in zip(errors, raised, strict=True)]
    for case in silent:
        pair = pairs[case.mistake.key]
        runs = [contest.run(member) for member in pair]
        reports.append(_compared(case, verdicts[pair], runs))
    for case in slow:
        verdict = verdicts[pairs[case.mistake.key]]
        report = replace(case.report, verdict=verdict)
        reports.append(costs.add(report, case) if verdict.agree else report)
    by_key = {report.mistake.key: report for report in reports}
    for case in asked:
        key = case.mistake.key
        question = _question(case, [contest.run(run) for run in pairs[key]])
        by_key[key] = replace(by_key[key], question=question)
    return tuple(by_key[mistake.key] for mistake in mistakes)


def _pairs(cases: Sequence[Case]) -> dict[str, Pair]:
    """Pair each mistake with its twin; equal twins are recorded once."""
    twins: dict[tuple[Any, ...], Contestant] = {}
    pairs = {}
    for case in cases:
        mistake = case.mistake
        (other,) = (side for side in SIDES if side != mistake.side)
        name = exhibit(other, mistake.lesson)
        size = mistake.updates, mistake.batch_size
        hyper = tuple(sorted(mistake.hyper.items()))
        twin = twins.setdefault(
            (name, mistake.mode, size, hyper), _contestant(case, other, name)
        )
        mutant = _contestant(case, mistake.side, case.mutant)
        by_side = {other: twin, mistake.side: mutant}
        pairs[mistake.key] = by_side["manual"], by_side["keras"]
    return pairs


def _contestant(case: Case, side: Side, reference: str) -> Contestant:
    job = partial(_recording, case, side, reference)
    return Contestant(side, case.mistake.mode, job, case.problem.provable)


def _recording(case: Case, side: Side, reference: str, dtype: Dtype) -> Job:
    mistake = case.mistake
    return Job(
        f"{mistake.key} {side}",
        multiprocess.record,
        (reference, side, case.problem, mistake.mode, dtype),
    )


def _raised(case: Case, result: Raised | Broken | None) -> MistakeReport:
    """Report on a mistake that is to raise an exception."""
    if isinstance(result, Broken):
        return replace(case.report, broken=(why_broken(result),))
    return replace(case.report, caught=result is not None, raised=result)


def _compared(
    case: Case, verdict: Verdict, runs: Sequence[Run]
) -> MistakeReport:
    """Report on a mistake that is to make a difference to its twin."""
    by_side = dict(zip(SIDES, runs, strict=True))
    mutant = by_side.pop(case.mistake.side)
    (twin,) = by_side.values()
    report = replace(
        case.report, caught=verdict.outcome == "different", verdict=verdict
    )
    if isinstance(mutant, Trajectory) and isinstance(twin, Trajectory):
        return replace(report, first_update=first_ratios(mutant, twin))
    return report


def _question(case: Case, runs: Sequence[Run]) -> Question:
    """Keep what the quiz shows of a mistake."""
    by_side = dict(zip(SIDES, map(_curve, runs), strict=True))
    wrong = by_side.pop(case.mistake.side)
    (right,) = by_side.values()
    return Question(mutant_source(case.mistake), wrong, right)


def _curve(run: Run) -> LossCurve | None:
    """Thin the losses of a run, to six digits, or say that it has none."""
    if not isinstance(run, Trajectory) or not run.losses.size:
        return None
    kept = frames([run], POINTS)
    losses = (float(f"{loss:.6g}") for loss in run.losses[kept])
    return LossCurve(tuple(kept.tolist()), tuple(losses))
