"""The manual first lesson with a burden: extra work after every update.

It is what the timer is calibrated with. The burden is work and not a waiting
time, so a busy machine slows it down as it slows the update.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Sequence
from functools import partial
from itertools import repeat
from typing import NamedTuple

from compare.lessons.exhibits import exhibit
from compare.records import Side
from compare.records.problem import Problem
from compare.running.duos import against_both, by_turns
from compare.running.modes import turned
from compare.running.paced import ENDLESS, Paced, pacing, stopping
from compare.running.processes import Advance
from compare.running.worker import load_exhibit

LESSON = "linear_regression"

TURNS = 1_000_000
"""Turns of the loop by which the cost of one is measured."""


ALONE = 3
"""Trainings that take turns where one is held against another."""


class Burdens(NamedTuple):
    """What one process gave.

    Attributes:
        update: seconds of an update without a burden.
        factors: how many times as long it takes under each.
        more: seconds that an experiment of one burden would have saved.
    """

    update: float
    factors: tuple[float, ...]
    more: float


class Burdened(Paced):
    """A training that turns an empty loop so often after every update."""

    turns = 0

    def seen(self) -> None:
        """Do the work within the time of the update."""
        for _ in repeat(None, self.turns):
            pass
        super().seen()


def update_and_turn(
    problem: Problem, seconds: float, advance: Advance
) -> tuple[float, float]:
    """Return the seconds of an update, and of a turn of the bare loop."""
    update = burdened(problem, [], seconds, advance).update
    turns = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in repeat(None, TURNS):
            pass
        turns.append((time.perf_counter() - start) / TURNS)
    return update, statistics.median(turns)


def burdened(
    problem: Problem, turns: Sequence[int], seconds: float, advance: Advance
) -> Burdens:
    """Time the training under several burdens by turns, in this process.

    As every timing does, it times what all are held against twice.

    Args:
        problem: what is trained.
        turns: of the loop, for each burden.
        seconds: to fill with an experiment of one burden. All together fill
            more, so that each has as many rounds as it would have alone.
        advance: not called.
    """
    side = load_exhibit(exhibit("manual", LESSON))
    job = problem.replace(epochs=ENDLESS)
    paced = [Burdened(partial(side, job)) for _ in (0, *turns, 0)]
    for each, own in zip(paced[1:-1], turns, strict=True):
        each.turns = own
    share = ALONE / len(paced)
    with turned("graph"), pacing(), stopping(paced):
        runs = [each.seconds for each in paced]
        start = time.perf_counter()
        rounds = by_turns(runs, [1] * len(runs), seconds / share)
        spent = time.perf_counter() - start
    return Burdens(
        math.exp(statistics.median(logs[0] for logs in rounds)),
        tuple(against_both(rounds, i + 1) for i in range(len(turns))),
        spent * (1 - share),
    )


def alone(
    side: Side, problem: Problem, seconds: float, advance: Advance
) -> float:
    """Return the seconds of an update of a side that has the process."""
    job = problem.replace(epochs=ENDLESS)
    paced = Paced(partial(load_exhibit(exhibit(side, LESSON)), job))
    with turned("graph"), pacing(), stopping([paced]):
        rounds = by_turns([paced.seconds], [1], seconds)
    return math.exp(statistics.median(log for (log,) in rounds))
