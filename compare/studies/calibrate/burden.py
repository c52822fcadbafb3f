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

from compare.lessons.exhibits import exhibit
from compare.records import Side
from compare.records.problem import Problem
from compare.running.duos import by_turns
from compare.running.modes import turned
from compare.running.paced import ENDLESS, Paced, pacing, stopping
from compare.running.processes import Advance
from compare.running.worker import load_exhibit

LESSON = "linear_regression"

TURNS = 1_000_000
"""Turns of the loop by which the cost of one is measured."""


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
    (update,) = burdened(problem, [0], seconds, advance)
    turns = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in repeat(None, TURNS):
            pass
        turns.append((time.perf_counter() - start) / TURNS)
    return update, statistics.median(turns)


def burdened(
    problem: Problem, turns: Sequence[int], seconds: float, advance: Advance
) -> list[float]:
    """Time the training under several burdens by turns, in this process.

    Returns:
        Seconds per update with each: the first one's median, and that times
        the median factor of their duos.
    """
    side = load_exhibit(exhibit("manual", LESSON))
    job = problem.replace(epochs=ENDLESS)
    paced = [Burdened(partial(side, job)) for _ in turns]
    for each, own in zip(paced, turns, strict=True):
        each.turns = own
    with turned("graph"), pacing(), stopping(paced):
        rounds = by_turns(
            [p.seconds for p in paced], [1] * len(turns), seconds
        )
    first = statistics.median(logs[0] for logs in rounds)
    return [
        math.exp(
            first + statistics.median(logs[i] - logs[0] for logs in rounds)
        )
        for i in range(len(turns))
    ]


def alone(
    side: Side, problem: Problem, seconds: float, advance: Advance
) -> float:
    """Return the seconds of an update of a side that has the process."""
    job = problem.replace(epochs=ENDLESS)
    paced = Paced(partial(load_exhibit(exhibit(side, LESSON)), job))
    with turned("graph"), pacing(), stopping([paced]):
        rounds = by_turns([paced.seconds], [1], seconds)
    return math.exp(statistics.median(log for (log,) in rounds))
