"""What a slow mistake costs: counted in one run, and timed in rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from compare.judging.ratios import ratio
from compare.mistakes.case import Case, Version, why_broken
from compare.mistakes.probe import count_cost
from compare.records.mistakes import Cost, Mistake, MistakeReport
from compare.records.timing import Effort
from compare.running.processes import Broken, Job, Progress, run_jobs
from compare.running.timing import Turns, take_turns, time_training

EPOCHS = 20
"""Epochs of the first long training that is tried."""

GAP = 0.5
"""How long the epochs of the slope must take: a start, with its traces, may
vary by a tenth of that."""

Key = tuple[str, Version]
"""A mistake's key, and which version of its exhibit."""


@dataclass(frozen=True)
class Costs:
    """What both versions of each slow mistake cost, where they ran."""

    counts: Mapping[Key, Any]
    times: Turns[Key]

    def add(self, report: MistakeReport, case: Case) -> MistakeReport:
        """Compare the two versions, which end with equal parameters."""
        mistake = report.mistake
        results = {
            version: (
                self.counts[mistake.key, version],
                *(turn[mistake.key, version] for turn in self.times.rounds),
            )
            for version in case.versions
        }
        broken = tuple(
            why_broken(result)
            for own in results.values()
            for result in own
            if isinstance(result, Broken)
        )
        if broken:
            return replace(report, broken=broken)
        bad, mended = (
            Cost(
                tuple(times),
                case.problem.steps_per_epoch,
                case.problem.steps,
                *counts,
            )
            for counts, *times in results.values()
        )
        return _compared(replace(report, bad=bad, mended=mended), bad, mended)


def measure_costs(
    cases: Sequence[Case],
    at_once: int,
    timeout: float,
    rounds: int,
    progress: Progress | None,
) -> Costs:
    """Count what both versions of each mistake do; time them in rounds."""
    keys = [(case, version) for case in cases for version in case.versions]
    counts = run_jobs(
        [case.job(count_cost, version) for case, version in keys],
        at_once,
        timeout,
        progress,
    )
    jobs = {
        (case.mistake.key, version): Job(
            f"{case.mistake.key}: time {version}",
            time_training,
            (
                case.versions[version],
                case.problem.for_timing(),
                case.mistake.mode,
                EPOCHS,
                GAP,
            ),
        )
        for case, version in keys
    }
    times = take_turns(jobs, Effort(rounds), timeout, progress)
    return Costs(dict(zip(jobs, counts, strict=True)), times)


def _compared(report: MistakeReport, bad: Cost, mended: Cost) -> MistakeReport:
    """Say whether the mistake does more, and does not take less time."""
    mistake = report.mistake
    more = (
        mistake.counts_start
        or bad.python_runs > mended.python_runs
        or bad.iterators > mended.iterators
        or bad.fits > mended.fits
    )
    times = ratio(_per_update(mended), _per_update(bad, mistake))
    faster = times is not None and times.value <= 1
    return replace(report, caught=more and not faster, ratio=times)


def _per_update(cost: Cost, mistake: Mistake | None = None) -> list[float]:
    """Return seconds per update, one value per process."""
    start = bool(mistake and mistake.counts_start)
    return [
        sample.per_epoch / cost.updates_per_epoch
        + start * sample.first_call / cost.updates
        for sample in cost.samples
    ]
