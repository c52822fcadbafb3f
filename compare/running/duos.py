"""Two trainings in one fresh process, timed in blocks that take turns.

What differs between processes meets both and drops out of their ratio. A
block is a whole number of epochs of a training that is built, traced and
warm; blocks run in an order and its reverse, AB BA, so that a steady drift of
the machine cancels.
"""

from __future__ import annotations

import contextlib
import gc
import math
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from compare.judging.ratios import narrow
from compare.lessons.rows_on_disk import with_files
from compare.records import Mode
from compare.records.problem import Problem
from compare.records.timing import Effort, Opening, Paired
from compare.running.modes import turned
from compare.running.paced import ENDLESS, Paced, pacing, stopping
from compare.running.processes import Advance, Job, Progress
from compare.running.timing import take_turns
from compare.running.worker import Exhibit, load_exhibit

SHORTEST = 0.02
"""Seconds that a block takes, about, if an epoch is shorter."""

WARM_UPS, LONG = 4, 2.0
"""Blocks by which its length is found, and seconds of one that suffices."""

ROUNDS = 3
"""Duos in a process, at least: their median needs three."""

BRIEF, THOROUGH = 0.3, 1.0
"""Seconds of duos in a process and mode, without a budget and with one."""

EAGER_STEPS = 20
"""Updates of a call where calls make many, in eager mode."""

Run = Callable[[int], float]
"""Trains on for so many updates; returns the seconds they took."""


class Factors(NamedTuple):
    """Of the time of an update: right / left, and left again / left.

    The left side is timed twice in every round, and the right one is held
    against each: see `against_both`. Where updates cannot be seen, the time is
    that of a whole training. The seconds are those of the left side, what is
    opened that of the right one.
    """

    factor: float
    floor: float
    seconds: float
    whole: bool = False
    opening: Opening | None = None


def take_duos(
    label: str,
    function: Callable[..., dict[Mode, Factors]],
    arguments: tuple[Any, ...],
    modes: Sequence[Mode],
    effort: Effort,
    timeout: float,
    progress: Progress,
) -> tuple[tuple[Paired, ...], tuple[str, ...]]:
    """Time two trainings against each other, in process after process.

    Args:
        label: of the job.
        function: `time_exhibits`, or another that takes turns in a process.
        arguments: of it, without the seconds to fill.
        modes: of which it tells.
        effort: how many processes at least; with a budget further ones,
            until every interval is narrow or the budget is spent.
        timeout: seconds that one process may take.
        progress: told of every process.

    Returns:
        What was found in each mode, and why a process gave nothing.
    """
    job = Job(f"{label}: both by turns", function, arguments)
    return taken({"both": job}, modes, effort, timeout, progress)


def taken(
    jobs: Mapping[Any, Job],
    modes: Sequence[Mode],
    effort: Effort,
    timeout: float,
    progress: Progress,
) -> tuple[tuple[Paired, ...], tuple[str, ...]]:
    """Do what `take_duos` does, with jobs that run beside each other.

    Args:
        jobs: that of "both" returns what was found in each mode, or None; it
            lacks the seconds to fill.
        modes: of which it tells.
        effort: how many times.
        timeout: seconds that one process may take.
        progress: told of every process.
    """

    def found(rounds: Sequence[dict[Any, Any]]) -> tuple[Paired, ...]:
        given = [r["both"] for r in rounds if isinstance(r["both"], dict)]
        return tuple(
            Paired(
                mode,
                tuple(each[mode].factor for each in given),
                tuple(each[mode].floor for each in given),
                any(each[mode].whole for each in given),
                tuple(each[mode].seconds for each in given),
                tuple(filter(None, (each[mode].opening for each in given))),
            )
            for mode in modes
        )

    seconds = THOROUGH if effort.budget else BRIEF
    both = jobs["both"]
    both = replace(both, arguments=(*both.arguments, seconds))
    turns = take_turns(
        {**jobs, "both": both},
        effort,
        timeout,
        progress,
        enough=lambda rounds: all(narrow(p.factors) for p in found(rounds)),
        at_once=len(jobs),
    )
    return found(turns.rounds), turns.broken


def time_exhibits(
    exhibits: Sequence[str],
    problem: Problem,
    modes: Sequence[Mode],
    seconds: float,
    advance: Advance,
) -> dict[Mode, Factors]:
    """Time two exhibits against each other in this fresh process.

    Args:
        exhibits: left and right, see `worker.load_exhibit`.
        problem: what both train; its number of epochs is not used.
        modes: in which they run, both in one at a time.
        seconds: to fill with duos, in each mode.
        advance: called with (modes done, modes in all).

    Returns:
        What was found in each mode.
    """
    left, right = map(load_exhibit, exhibits)
    found: dict[Mode, Factors] = {}
    for mode in random.sample(list(modes), len(modes)):
        advance(len(found), len(modes))
        given, *calls = endless(problem, mode)
        paced = [Paced(partial(_train, x, given)) for x in (left, right, left)]
        with turned(mode), pacing(), stopping(paced):
            timed = duos([p.seconds for p in paced], seconds, *calls)
        opened, took = zip(*paced[1].openings, strict=True)
        opening = statistics.median(opened), statistics.median(took)
        found[mode] = timed._replace(
            opening=Opening(*(each / calls[1] for each in opening))
        )
    return found


@contextlib.contextmanager
def one_exhibit(reference: str, problem: Problem, mode: Mode) -> Iterator[Run]:
    """Hold an exhibit that trains on when it is told."""
    paced = Paced(
        partial(_train, load_exhibit(reference), endless(problem, mode)[0])
    )
    with turned(mode), pacing(), stopping([paced]):
        yield paced.seconds


def endless(problem: Problem, mode: Mode) -> tuple[Problem, int, int]:
    """Return what is trained until it is stopped, and its calls.

    Returns:
        The problem, its calls per epoch, and the updates of a call.
    """
    problem = problem.for_timing().replace(epochs=ENDLESS)
    if "steps_per_call" not in problem.hyper:
        return problem, problem.steps_per_epoch, 1
    if mode == "eager":  # no call of a program: a long one is a long wait
        hyper = {**problem.hyper, "steps_per_call": EAGER_STEPS}
        problem = problem.replace(hyper=hyper)
    return problem, 1, problem.hyper["steps_per_call"]


def _train(exhibit: Exhibit, problem: Problem) -> None:
    with with_files(problem) as given:
        exhibit(given)


def duos(
    runs: Sequence[Run], seconds: float, epoch: int = 1, updates: int = 1
) -> Factors:
    """Time left, right and left again; return the medians of their duos.

    Args:
        runs: these three.
        seconds: to fill.
        epoch: calls of which a block has a multiple.
        updates: that a call makes.
    """
    rounds = by_turns(runs, [epoch] * len(runs), seconds)
    return Factors(
        against_both(rounds, 1),
        math.exp(statistics.median(again - a for a, _, again in rounds)),
        math.exp(statistics.median(a for a, *_ in rounds)) / updates,
    )


def against_both(rounds: Sequence[Sequence[float]], one: int) -> float:
    """Return how many times as long one takes as the first and the last do.

    The median of all differences to either. Of equal code each is as often
    above 0 as below, whatever the noise; to the mean of both it is not: noise
    has a tail of late blocks, which equal code then seems to escape.

    Args:
        rounds: of `by_turns`; in each the first and the last are the same.
        one: index of what is held against these.
    """
    return math.exp(
        statistics.median(
            logs[one] - logs[other] for logs in rounds for other in (0, -1)
        )
    )


def by_turns(
    runs: Sequence[Run],
    epochs: Sequence[int],
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> list[list[float]]:
    """Warm up what takes turns, then time it.

    Args:
        runs: what to time; the first call may trace.
        epochs: updates of which a block of each has a multiple.
        seconds: to fill with rounds: `ROUNDS` at least, or one that is long.
        clock: seconds, for the former.

    Returns:
        For each round the logarithms of seconds per update.
    """
    lengths = [0] * len(runs)
    for i in random.sample(range(len(runs)), len(runs)):
        lengths[i] = _length(runs[i], epochs[i])
    gc.collect()  # so that no garbage of building is collected in a block
    start = clock()
    rounds: list[list[float]] = []
    least = ROUNDS
    while len(rounds) < least or clock() - start < seconds:
        order = random.sample(range(len(runs)), len(runs))
        logs = [0.0] * len(runs)
        for turn in (*order, *reversed(order)):
            each = runs[turn](lengths[turn]) / lengths[turn]
            logs[turn] += math.log(each) / 2
        rounds.append(logs)
        if clock() - start > LONG * len(runs):
            least = 1
    return rounds


def _length(run: Run, epoch: int) -> int:
    """Warm a training up; return how many updates make a block."""
    updates, shortest = epoch, math.inf
    for warm in range(WARM_UPS):
        spent, ran = run(updates), updates
        shortest = min(shortest, spent / ran)
        updates = epoch * max(math.ceil(SHORTEST / (shortest * epoch)), 1)
        if updates == ran and (warm or spent > LONG):
            break
    return updates
