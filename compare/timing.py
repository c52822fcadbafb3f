"""When what is timed, and what the samples say.

A side is timed in a fresh process, alone on the machine, all its modes in
random order; the sides take turns in random order too, so that a drift of the
machine meets both. The process is the unit of every statistic.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from compare.probes import iterator_cost, time_side
from compare.problem import Problem
from compare.processes import Broken, Job, Progress, run_jobs
from compare.records import (
    SIDES,
    IteratorCost,
    Memory,
    Mode,
    Side,
    Timing,
    Trajectory,
)

LONG_SECONDS = 0.3
"""About how long the long one of the timed trainings is."""

EPOCHS = (11, 10_001)
"""Fewest and most epochs of the long training."""


@dataclass(frozen=True)
class Subject:
    """One side in one mode, and how fast it went when it was recorded."""

    reference: str
    side: Side
    mode: Mode
    problem: Problem
    run: Trajectory

    @property
    def epochs(self) -> int:
        """How many epochs take about `LONG_SECONDS`."""
        epoch = self.run.seconds_per_update * self.problem.steps_per_epoch
        wanted = round(LONG_SECONDS / max(epoch, 1e-6))
        return min(max(wanted, EPOCHS[0]), EPOCHS[1])


def time_subjects(
    subjects: Sequence[Subject],
    processes: int,
    timeout: float,
    progress: Progress,
) -> tuple[tuple[Timing, ...], tuple[Memory, ...]]:
    """Time each side in several processes, one process at a time.

    Args:
        subjects: what to time; only pairs that are the same training.
        processes: how many processes each side gets; in each of them all
            modes of the side are timed.
        timeout: seconds that one process may take.
        progress: told of every process.

    Returns:
        A timing per subject, in order, and the memory per side; a failed
        process gives no sample.
    """
    sides = list(dict.fromkeys(subject.side for subject in subjects))
    order = [side for side in sides for _ in range(processes)]
    random.shuffle(order)
    by_side = {
        side: [subject for subject in subjects if subject.side == side]
        for side in sides
    }
    jobs = [_time_job(by_side[side]) for side in order]
    results = [
        (side, result)
        for side, result in zip(
            order, run_jobs(jobs, 1, timeout, progress), strict=True
        )
        if not isinstance(result, Broken)
    ]
    timings = tuple(
        Timing(
            side=subject.side,
            mode=subject.mode,
            updates_per_epoch=subject.problem.steps_per_epoch,
            samples=tuple(
                samples[subject.mode]
                for side, (samples, _) in results
                if side == subject.side
            ),
        )
        for subject in subjects
    )
    memory = tuple(
        Memory(side, tuple(b for at, (_, b) in results if at == side))
        for side in sides
    )
    return timings, memory


def iterator_costs(
    subjects: Sequence[Subject], timeout: float, progress: Progress
) -> tuple[IteratorCost, ...]:
    """Measure what opening data iterators costs, one process at a time."""
    jobs = [
        Job(
            f"{subject.problem.lesson} {subject.side} {subject.mode}: "
            "iterators",
            iterator_cost,
            (
                subject.reference,
                subject.side,
                subject.problem,
                subject.mode,
                max(subject.epochs // 2, EPOCHS[0]),
            ),
        )
        for subject in subjects
    ]
    results = run_jobs(jobs, 1, timeout, progress)
    return tuple(x for x in results if not isinstance(x, Broken))


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Return median, smallest and largest."""
    return statistics.median(values), min(values), max(values)


def ratio(timings: Sequence[Timing], mode: Mode) -> float | None:
    """Return Keras's median time per epoch over the manual one's, or None.

    None where a side has no sample, or a median that is not above 0.
    """
    medians = {
        timing.side: statistics.median(s.per_epoch for s in timing.samples)
        for timing in timings
        if timing.mode == mode and timing.samples
    }
    if set(medians) != set(SIDES) or min(medians.values()) <= 0:
        return None
    return medians["keras"] / medians["manual"]


def _time_job(subjects: Sequence[Subject]) -> Job:
    """Time one side's modes, in random order, in one process."""
    first = subjects[0]
    mixed = random.sample(subjects, len(subjects))
    return Job(
        f"{first.problem.lesson} {first.side}: time",
        time_side,
        (first.reference, first.problem, {s.mode: s.epochs for s in mixed}),
    )
