"""Taking turns: what is timed runs in rounds, alone and in random order.

So a drift of the machine meets all alike, and the process, which differs from
others by chance, is the unit of every statistic.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from compare.lessons.rows_on_disk import with_files
from compare.records import Mode
from compare.records.problem import Problem
from compare.records.timing import Effort, Sample, Start
from compare.running.processes import (
    Advance,
    Broken,
    Job,
    Progress,
    run_jobs,
    why_broken,
)
from compare.running.slope import measure_slope, timed
from compare.running.worker import Exhibit, load_exhibit, train

FEW = 2
"""Epochs of the short training."""

Role = TypeVar("Role", bound=Hashable)


@dataclass(frozen=True)
class Turns(Generic[Role]):
    """What the rounds gave.

    Attributes:
        rounds: in each, role -> what its job returned, or `Broken`.
        broken: why a job gave no result: one sentence each, no full stop.
    """

    rounds: tuple[dict[Role, Any], ...]
    broken: tuple[str, ...]

    def of(self, role: Role) -> tuple[Any, ...]:
        """Return the results of a role, without those that broke."""
        return tuple(
            results[role]
            for results in self.rounds
            if role in results and not isinstance(results[role], Broken)
        )


def take_turns(
    jobs: Mapping[Role, Job],
    effort: Effort,
    timeout: float,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
    enough: Callable[[Sequence[dict[Role, Any]]], bool] = lambda rounds: False,
    at_once: int = 1,
) -> Turns[Role]:
    """Run the job of every role in every round.

    Args:
        jobs: role -> its job; the order is random in each round.
        effort: how many rounds at least; further ones must fit into its
            budget.
        timeout: seconds that one process may take.
        progress: told of every process.
        clock: seconds, for the budget.
        enough: whether the rounds that were made need no further one.
        at_once: how many jobs run beside each other; more than one only
            where these let each other take turns.
    """
    end = clock() + (effort.budget or 0.0)
    rounds: list[dict[Role, Any]] = []
    broken: list[str] = []
    longest = 0.0
    while jobs:
        began = clock()
        fits = effort.budget is not None and began + longest <= end
        if len(rounds) >= effort.rounds and (not fits or enough(rounds)):
            break
        order = random.sample(list(jobs), len(jobs))
        mixed = [jobs[role] for role in order]
        results = run_jobs(mixed, at_once, timeout, progress)
        broken += why_broken(mixed, results)
        rounds.append(dict(zip(order, results, strict=True)))
        longest = max(longest, clock() - began)
    return Turns(tuple(rounds), tuple(broken))


def time_start(
    reference: str, problem: Problem, mode: Mode, advance: Advance
) -> tuple[Start, int]:
    """Time what an exhibit does once, in this fresh process.

    Args:
        reference: see `load_exhibit`.
        problem: what to train; its number of epochs is not used.
        mode: in which it trains.
        advance: told nothing.

    Returns:
        What was found, and the bytes by which memory grew at its peak.
    """
    from compare.running.preload import peak_bytes

    run = partial(seconds_for, load_exhibit(reference), problem, mode)
    before = peak_bytes()
    run(0)  # starts TensorFlow
    build, whole = run(0), run(1)
    return Start(build, whole - build), peak_bytes() - before


def time_training(
    reference: str,
    problem: Problem,
    mode: Mode,
    long: int,
    gap: float,
    advance: Advance,
) -> Sample:
    """Time an exhibit in this fresh process, by trainings of two lengths.

    Args:
        reference: see `load_exhibit`.
        problem: what to train; its number of epochs is not used.
        mode: in which it trains.
        long: a guess of the epochs of the long training.
        gap: seconds by which that exceeds the short one, at least.
        advance: told nothing.
    """
    run = partial(seconds_for, load_exhibit(reference), problem, mode)
    run(0)  # starts TensorFlow
    build = run(0)
    slope = measure_slope(run, FEW, gap, long)
    return Sample(
        build=build,
        first_call=slope.start - build,
        per_epoch=slope.each,
        runs=((0, build), *slope.runs),
    )


def seconds_for(
    exhibit: Exhibit, problem: Problem, mode: Mode, epochs: int
) -> float:
    """Train for so many epochs, unwatched; return what it took."""
    with with_files(problem.replace(epochs=epochs)) as given:
        seconds, _ = timed(train, exhibit, given, mode)
        return seconds
