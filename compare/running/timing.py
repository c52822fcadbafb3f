"""When what is timed, and what the samples say.

A side is timed in a fresh process, alone on the machine, all its modes in
random order; the sides take turns in random order too, so that a drift of the
machine meets both. The process is the unit of every statistic.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from compare.records import SIDES, Mode, Side, Trajectory
from compare.records.problem import Problem
from compare.records.timing import Effort, IteratorCost, Memory, Sample, Timing
from compare.running.probes import iterator_cost, time_side
from compare.running.processes import (
    Broken,
    Job,
    Progress,
    run_jobs,
    why_broken,
)

LONG_SECONDS = 0.25
"""About how long the long one of the timed trainings is."""

EPOCHS = (5, 20_001)
"""Fewest and most epochs of the long training."""

CALLS: dict[Mode, int] = {"graph": 20, "xla": 500}
"""Calls of the long training, where a call makes many updates."""


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
        """How many epochs take about `LONG_SECONDS`.

        A watched run makes one update per call, which says nothing about
        many updates in a call: then it is `CALLS` calls.
        """
        per_call = self.problem.hyper.get("steps_per_call")
        if per_call and self.mode != "eager":
            return int(per_call) * CALLS[self.mode]
        update = self.run.seconds_per_update
        return epochs_for(update * self.problem.steps_per_epoch)


def epochs_for(seconds: float) -> int:
    """Return how many epochs of so many seconds the long training makes."""
    wanted = round(LONG_SECONDS / max(seconds, 1e-6))
    return min(max(wanted, EPOCHS[0]), EPOCHS[1])


@dataclass(frozen=True)
class Timed:
    """What timing gave; `broken` says why a process gave no sample."""

    timings: tuple[Timing, ...]
    memory: tuple[Memory, ...]
    broken: tuple[str, ...]


def time_subjects(
    subjects: Sequence[Subject],
    effort: Effort,
    timeout: float,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
) -> Timed:
    """Time each side in fresh processes, one at a time, in rounds.

    Args:
        subjects: what to time; only pairs that are the same training.
        effort: how many rounds.
        timeout: seconds that one process may take.
        progress: told of every process.
        clock: seconds, for the budget.

    Returns:
        A timing per subject and control, and the memory per side.
    """
    roles: list[_Role] = [(s, False) for s in SIDES if _of(subjects, s)]
    if effort.budget is not None and ("manual", False) in roles:
        roles.append(("manual", True))
    jobs = {
        (side, control): partial(_time_job, _of(subjects, side))
        for side, control in roles
    }
    rounds, broken = take_turns(jobs, effort, timeout, progress, clock)
    taken: dict[_Role, list[_Samples]] = {
        role: [found[role] for found in rounds if role in found]
        for role in roles
    }
    return Timed(
        timings=tuple(
            Timing(
                side=subject.side,
                mode=subject.mode,
                updates_per_epoch=subject.problem.steps_per_epoch,
                samples=tuple(
                    samples[subject.mode]
                    for samples, _ in taken[side, control]
                ),
                control=control,
            )
            for side, control in roles
            for subject in _of(subjects, side)
        ),
        memory=tuple(
            Memory(
                side,
                tuple(
                    grown
                    for role in roles
                    if role[0] == side
                    for _, grown in taken[role]
                ),
            )
            for side, control in roles
            if not control
        ),
        broken=broken,
    )


Role = TypeVar("Role")


def take_turns(
    jobs: Mapping[Role, Callable[[], Job]],
    effort: Effort,
    timeout: float,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[list[dict[Role, Any]], tuple[str, ...]]:
    """Run a job of every role in every round, one at a time.

    Args:
        jobs: role -> what makes its next job; the order is random.
        effort: how many rounds.
        timeout: seconds that one process may take.
        progress: told of every process.
        clock: seconds, for the budget.

    Returns:
        For each round the results by role, without those that broke; and
        why these broke.
    """
    start = clock()
    rounds: list[dict[Role, Any]] = []
    broken: list[str] = []
    longest = 0.0
    while jobs and goes_on(effort, len(rounds), clock() - start, longest):
        began = clock()
        order = random.sample(list(jobs), len(jobs))
        made = [jobs[role]() for role in order]
        found = run_jobs(made, 1, timeout, progress)
        broken += why_broken(made, found)
        rounds.append(
            {
                role: result
                for role, result in zip(order, found, strict=True)
                if not isinstance(result, Broken)
            }
        )
        longest = max(longest, clock() - began)
    return rounds, tuple(broken)


_Role = tuple[Side, bool]
_Samples = tuple[dict[Mode, Sample], int]


def _of(subjects: Sequence[Subject], side: Side) -> list[Subject]:
    return [subject for subject in subjects if subject.side == side]


def goes_on(effort: Effort, rounds: int, spent: float, longest: float) -> bool:
    """Whether to make another round: it must fit into the budget."""
    if rounds < effort.rounds:
        return True
    return effort.budget is not None and spent + longest <= effort.budget


def iterator_costs(
    subjects: Sequence[Subject], timeout: float, progress: Progress
) -> tuple[tuple[IteratorCost, ...], tuple[str, ...]]:
    """Measure what opening data iterators costs, one process at a time.

    Returns:
        The costs, and why a process gave none.
    """
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
    costs = tuple(x for x in results if not isinstance(x, Broken))
    return costs, why_broken(jobs, results)


def _time_job(subjects: Sequence[Subject]) -> Job:
    """Time one side's modes, in random order, in one process."""
    first = subjects[0]
    mixed = random.sample(subjects, len(subjects))
    return Job(
        f"{first.problem.lesson} {first.side}: time",
        time_side,
        (first.reference, first.problem, {s.mode: s.epochs for s in mixed}),
    )
