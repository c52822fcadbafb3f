"""The manual first lesson with a burden: extra work after every update.

It is what the timer is calibrated with. The burden is work and not a waiting
time, so a busy machine slows it down as it slows the update.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from compare.records.problem import Problem
from compare.running.modes import function_type, wrapped
from compare.running.processes import Advance
from compare.running.worker import load_exhibit

EXHIBIT = "manual.linear_regression"

BLOCK = 50
"""Updates in a row with one burden, where burdens take turns."""

ROUNDS = 40
"""Turns of every burden."""


def train(problem: Problem) -> Any:
    """Train with `problem.turns` turns of an empty loop after every update."""
    turns = problem.turns

    def work(update: int) -> None:
        for _ in repeat(None, turns):
            pass

    return _train(problem, work)


def _train(problem: Problem, work: Callable[[int], None]) -> Any:
    """Train the exhibit, calling work(update) after every update."""
    made = 0

    def worked(call: Any, *given: Any) -> Any:
        nonlocal made
        result = call(*given)
        made += 1
        work(made)
        return result

    exhibit = load_exhibit(EXHIBIT)
    with wrapped(function_type(), "__call__", worked):
        return exhibit(problem)


def block_times(
    problem: Problem, burdens: Sequence[int], advance: Advance
) -> list[list[float]]:
    """Measure burdens against each other in one training, without the timer.

    Args:
        problem: of the first lesson; its number of epochs is not used.
        burdens: turns of the loop; in every round each has a block of
            updates, in random order.
        advance: called with (updates done, updates in all).

    Returns:
        For each round the seconds per update, in the order of `burdens`.
    """
    order = [
        burden
        for _ in range(ROUNDS)
        for burden in random.sample(range(len(burdens)), len(burdens))
    ]
    ends: list[float] = []

    def work(update: int) -> None:
        for _ in repeat(None, burdens[order[(update - 1) // BLOCK]]):
            pass
        if update % BLOCK == 0:
            ends.append(time.perf_counter())

    warm_up = [0] * len(burdens)  # a round that traces, and is thrown away
    order = [*warm_up, *order]
    job = problem.replace(epochs=BLOCK * len(order))
    _train(job, work)
    advance(job.epochs, job.epochs)
    rounds = [[0.0] * len(burdens) for _ in range(ROUNDS)]
    for block in range(len(warm_up), len(order)):
        number = block // len(burdens) - 1
        spent = (ends[block] - ends[block - 1]) / BLOCK
        rounds[number][order[block]] = spent
    return rounds
