"""Makes mistakes for real, in fresh processes, and says what happened."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from compare.judging.proof import Run
from compare.judging.ratios import ratio
from compare.lessons.exhibits import exhibit
from compare.mistakes import probe
from compare.mistakes.patching import diff, mutant_source, problem_for
from compare.records import (
    SIDES,
    Dtype,
    Mode,
    Note,
    Trajectory,
    Verdict,
    note,
)
from compare.records.mistakes import Cost, Mistake, MistakeReport, Raised
from compare.records.problem import Problem
from compare.records.timing import Effort, Ratio
from compare.running import multiprocess
from compare.running.contest import Contest, Contestant, Pair
from compare.running.processes import Broken, Job, Progress, run_jobs
from compare.running.timing import Turns, take_turns, time_exhibit

SHORT = 20
"""Epochs of the first long training, when a slow mistake is timed."""

LONG_SECONDS = 0.5
"""How long the epochs of the slope must take: a start, with its traces, may
vary by a tenth of that."""

Version = Literal["bad", "mended"]
"""An exhibit with its mistake, or without it."""

Costly = tuple[str, Version]
"""Whose cost is found: key of a slow mistake, and which version."""


@dataclass(frozen=True)
class Case:
    """A mistake, and the file of the exhibit in which it has been made."""

    mistake: Mistake
    mutant: str

    @property
    def problem(self) -> Problem:
        """Return the problem on which the mistake shows."""
        return problem_for(self.mistake)

    @property
    def versions(self) -> dict[Version, str]:
        """Return the exhibit with the mistake and without it."""
        mended = exhibit(self.mistake.side, self.mistake.lesson)
        return {"bad": self.mutant, "mended": mended}


@dataclass(frozen=True)
class Seen:
    """What all runs gave, by the keys of the mistakes."""

    contest: Contest
    pairs: Mapping[str, Pair]
    verdicts: Mapping[Pair, Verdict]
    attempts: Mapping[str, Any]
    counts: Mapping[Costly, Any]
    times: Turns[Costly]


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
        cases = [Case(m, _write(m, Path(folder))) for m in mistakes]
        contest = Contest(at_once, timeout, progress)
        pairs = _pairs([c for c in cases if c.mistake.kind != "error"])
        verdicts = contest.judge(list(pairs.values()))
        attempts, counts = _attempts(cases), _counts(cases)
        jobs = [*attempts.values(), *counts.values()]
        results = run_jobs(jobs, at_once, timeout, progress)
        times = take_turns(_times(cases), Effort(rounds), timeout, progress)
    seen = Seen(
        contest,
        pairs,
        verdicts,
        attempts=dict(zip(attempts, results, strict=False)),
        counts=dict(zip(counts, results[len(attempts) :], strict=True)),
        times=times,
    )
    return tuple(_report(case, seen) for case in cases)


def _write(mistake: Mistake, folder: Path) -> str:
    path = folder / f"{mistake.key.replace('-', '_')}.py"
    path.write_text(mutant_source(mistake))
    return f"{path}:train"


def _pairs(cases: Sequence[Case]) -> dict[str, Pair]:
    """Pair each mistake with its twin; equal twins are recorded once."""
    twins: dict[tuple[Any, ...], Contestant] = {}
    pairs = {}
    for case in cases:
        mistake, problem = case.mistake, case.problem
        (other,) = (side for side in SIDES if side != mistake.side)
        name = exhibit(other, mistake.lesson)
        size = mistake.updates, mistake.batch_size
        hyper = tuple(sorted(mistake.hyper.items()))
        twin = twins.setdefault(
            (name, mistake.mode, size, hyper),
            _contestant(name, other, problem, mistake.mode, name),
        )
        mutant = _contestant(
            case.mutant, mistake.side, problem, mistake.mode, mistake.key
        )
        by_side = {other: twin, mistake.side: mutant}
        pairs[mistake.key] = by_side["manual"], by_side["keras"]
    return pairs


def _contestant(
    reference: str, side: str, problem: Problem, mode: Mode, label: str
) -> Contestant:
    def job(dtype: Dtype) -> Job:
        arguments = (reference, side, problem, mode, dtype)
        return Job(label, multiprocess.record, arguments)

    return Contestant(side, mode, job)


def _attempts(cases: Sequence[Case]) -> dict[str, Job]:
    """Return a job for each mistake that is to raise an exception."""
    return {
        case.mistake.key: Job(
            case.mistake.key,
            probe.attempt,
            (case.mutant, case.problem, case.mistake.mode),
        )
        for case in cases
        if case.mistake.kind == "error"
    }


def _counts(cases: Sequence[Case]) -> dict[Costly, Job]:
    """Return jobs that count what a slow mistake does, and the mended one."""
    return {
        (case.mistake.key, version): Job(
            f"{case.mistake.key}: count",
            probe.count_cost,
            (reference, case.problem, case.mistake.mode),
        )
        for case in cases
        if case.mistake.kind == "slow"
        for version, reference in case.versions.items()
    }


def _times(cases: Sequence[Case]) -> dict[Costly, Job]:
    """Return jobs that time a slow mistake, and the mended exhibit."""
    return {
        (case.mistake.key, version): Job(
            f"{case.mistake.key}: time {version}",
            partial(time_exhibit, gap=LONG_SECONDS),
            (
                reference,
                case.problem.without_stopping(),
                {case.mistake.mode: SHORT},
            ),
        )
        for case in cases
        if case.mistake.kind == "slow"
        for version, reference in case.versions.items()
    }


def _report(case: Case, seen: Seen) -> MistakeReport:
    mistake = case.mistake
    blank = MistakeReport(mistake, diff(mistake), False)
    if mistake.kind == "error":
        return _raised(blank, seen.attempts[mistake.key])
    pair = seen.pairs[mistake.key]
    verdict = seen.verdicts[pair]
    report = replace(blank, verdict=verdict)
    if mistake.kind == "slow":
        return _slow(report, case, seen) if verdict.agree else report
    runs = dict(zip(SIDES, map(seen.contest.run, pair), strict=True))
    mutant = runs.pop(mistake.side)
    (twin,) = runs.values()
    return replace(
        report,
        caught=verdict.outcome == "different",
        first_update=_first_updates(mutant, twin),
    )


def _first_updates(mutant: Run, twin: Run) -> dict[str, float]:
    """Return each parameter's first update in units of the twin's."""
    if not (isinstance(mutant, Trajectory) and isinstance(twin, Trajectory)):
        return {}
    ours, found = _first(mutant), {}
    for name, values in _first(twin).items():
        length = float(values @ values)
        if length:
            found[name] = float(ours[name] @ values) / length
    return found


def _first(run: Trajectory) -> dict[str, np.ndarray]:
    return {
        name: np.ravel(values[1].astype(float) - values[0])
        for name, values in run.parameters.items()
    }


def _raised(blank: MistakeReport, result: Any) -> MistakeReport:
    if isinstance(result, Broken):
        return replace(blank, broken=(_broken(result),))
    if result is None:
        return blank
    assert isinstance(result, Raised)
    return replace(blank, caught=True, raised=result)


def _broken(run: Broken) -> Note:
    return note("A run broke: {reason}.", reason=run.reason)


def _slow(report: MistakeReport, case: Case, seen: Seen) -> MistakeReport:
    """Compare the costs of a slow mistake: the parameters are equal."""
    mistake, problem = case.mistake, case.problem
    costs: dict[Version, Cost] = {}
    for version in case.versions:
        key = mistake.key, version
        results = [seen.counts[key]]
        results += [found[key] for found in seen.times.rounds]
        broken = [_broken(r) for r in results if isinstance(r, Broken)]
        if broken:
            return replace(report, broken=tuple(broken))
        counts, *times = results
        costs[version] = Cost(
            tuple(samples[mistake.mode] for samples, _ in times),
            problem.steps_per_epoch,
            problem.steps,
            *counts,
        )
    bad, mended = costs["bad"], costs["mended"]
    times_as_long = _ratio(_per_update(mended), _per_update(bad, mistake))
    more = (
        mistake.counts_start
        or bad.python_runs > mended.python_runs
        or bad.iterators > mended.iterators
        or bad.fits > mended.fits
    )
    return replace(
        report,
        caught=more and not (times_as_long and times_as_long.value <= 1),
        bad=bad,
        mended=mended,
        ratio=times_as_long,
    )


def _ratio(left: list[float], right: list[float]) -> Ratio | None:
    """Return right against left, or None if too noisy or not timed."""
    if not left:
        return None
    try:
        return ratio(left, right)
    except ValueError:
        return None


def _per_update(cost: Cost, mistake: Mistake | None = None) -> list[float]:
    """Return seconds per update, one value per process."""
    start = bool(mistake and mistake.counts_start)
    return [
        sample.per_epoch / cost.updates_per_epoch
        + start * sample.first_call / cost.updates
        for sample in cost.samples
    ]
