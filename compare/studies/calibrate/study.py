"""Whether the timer can be trusted: the same code twice, planted slow-downs.

Everything runs through the timer that reports use: fresh processes, in each
all take turns, and the decision of `compare.judging.ratios`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np

from compare.judging import ratios
from compare.lessons.exhibits import exhibit
from compare.lessons.problems import problem_of
from compare.records import SIDES, UsageError
from compare.records.calibration import Calibration, Planted, Rate
from compare.records.problem import Problem, Settings
from compare.records.timing import Effort
from compare.running.duos import THOROUGH, time_exhibits
from compare.running.processes import Broken, Job, Progress, run_jobs
from compare.running.timing import take_turns
from compare.studies.calibrate import burden

PERCENT = (0, 2, 5)
"""Slow-downs that are planted."""

PROCESSES = (6, 8, 12)
"""In one experiment."""

PROBES = 3
"""Processes in which an update and a turn of the loop are measured."""

SHARE, MOST = 0.25, 120.0
"""Part of the budget for Keras against the loop by hand, in the same process
and in processes apart, and seconds that suffice."""

DRAWS = 1_000
"""Experiments of one size that may share processes."""


def calibrate(
    budget: float,
    timeout: float,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
) -> Calibration:
    """Time known slow-downs and count what the timer finds.

    Args:
        budget: seconds; at least as many processes are used as an interval
            needs.
        timeout: seconds that one process may take.
        progress: told of every process.
        clock: seconds, for the budget.

    Raises:
        UsageError: a process broke before anything was timed.
    """
    end = clock() + budget
    problem = problem_of(burden.LESSON, Settings())
    together, apart, left_out = _both_ways(
        problem,
        Effort(ratios.FEWEST, min(SHARE * budget, MOST)),
        timeout,
        progress,
    )
    update, turn = _costs(problem, timeout, progress)
    turns = [round(p / 100 * update / turn) for p in PERCENT]
    job = Job(
        "calibrate: the code, the same again, "
        + ", ".join(f"{p} % slower" for p in PERCENT if p),
        burden.burdened,
        (problem, turns, THOROUGH),
    )
    began = clock()
    effort = Effort(ratios.FEWEST, max(end - began, 0.0))
    rounds = take_turns({"all": job}, effort, timeout, progress, clock)
    each = (clock() - began) / len(rounds.rounds)
    found = rounds.of("all")
    planted = tuple(
        Planted(percent, count, tuple(one.factors[i] for one in found))
        for i, (percent, count) in enumerate(zip(PERCENT, turns, strict=True))
    )
    return assess(
        [one.update for one in found],
        planted,
        each - float(np.mean([one.more for one in found] or [0.0])),
        together,
        apart,
        (*left_out, *rounds.broken),
    )


def assess(
    reference: Sequence[float],
    planted: Sequence[Planted],
    process_seconds: float,
    together: Sequence[float] = (),
    apart: Sequence[Sequence[float]] = ((), ()),
    left_out: Sequence[str] = (),
) -> Calibration:
    """Turn what processes gave into what the timer finds.

    Raises:
        UsageError: they are too few for an experiment.
    """
    if len(reference) < ratios.FEWEST:
        reason = left_out[-1] if left_out else "no time"
        raise UsageError(f"too few rounds ran to their end: {reason}")
    manual, keras = map(tuple, apart)
    return Calibration(
        reference=tuple(reference),
        planted=tuple(planted),
        rates=tuple(
            _rate(group, processes)
            for processes in PROCESSES
            if processes <= len(reference)
            for group in planted
        ),
        variation=statistics.stdev(reference) / statistics.median(reference),
        process_seconds=process_seconds,
        together=tuple(together),
        manual_alone=manual,
        keras_alone=keras,
        left_out=tuple(left_out),
    )


def _rate(group: Planted, processes: int) -> Rate:
    """Count what is found, in experiments apart and in overlapping ones."""
    factors = np.array(group.factors)
    trials = len(factors) // processes
    apart = factors[: trials * processes].reshape(trials, processes)
    generator = np.random.default_rng(0)
    shared = [
        generator.choice(factors, processes, replace=False)
        for _ in range(DRAWS)
    ]
    found = sum(_differs(each, group.percent) for each in apart)
    return Rate(
        group.percent,
        processes,
        found,
        trials,
        *binomial_interval(found, trials),
        sum(_differs(each, group.percent) for each in shared) / DRAWS,
    )


def _differs(factors: np.ndarray, percent: int) -> bool:
    """Whether the timer sees a difference; of what is planted, a slow-down."""
    found = ratios.centre(factors.tolist())
    assert found is not None
    return found.answer == "slower" or (
        found.answer == "faster" and not percent
    )


def binomial_interval(found: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    It is Wilson's score interval (1927, J. Am. Stat. Assoc. 22, 209-212),
    which is sensible for few trials and for shares of 0 and 1 too.
    """
    z = statistics.NormalDist().inv_cdf((1 + ratios.CONFIDENCE) / 2)
    share = found / trials
    centre = share + z * z / (2 * trials)
    half = z * (
        (share * (1 - share) / trials + z * z / (4 * trials**2)) ** 0.5
    )
    scale = 1 + z * z / trials
    return max((centre - half) / scale, 0.0), min((centre + half) / scale, 1.0)


def _both_ways(
    problem: Problem, effort: Effort, timeout: float, progress: Progress
) -> tuple[tuple[float, ...], list[tuple[float, ...]], tuple[str, ...]]:
    """Time Keras against the loop by hand, together and apart.

    Returns:
        The ratios of processes that hold both, seconds per update by hand and
        in Keras of processes that hold one, and why a process gave nothing.
    """
    exhibits = [exhibit(side, burden.LESSON) for side in SIDES]
    both = (exhibits, problem, ("graph",), THOROUGH)
    jobs = {"both": Job("calibrate: together", time_exhibits, both)} | {
        side: Job(
            f"calibrate: {side} alone", burden.alone, (side, problem, THOROUGH)
        )
        for side in SIDES
    }
    turns = take_turns(jobs, effort, timeout, progress)
    together = tuple(found["graph"][0] for found in turns.of("both"))
    return together, [turns.of(side) for side in SIDES], turns.broken


def _costs(
    problem: Problem, timeout: float, progress: Progress
) -> tuple[float, float]:
    """Return the seconds of one update and of one turn of the loop."""
    job = Job("planting", burden.update_and_turn, (problem, THOROUGH))
    results = run_jobs([job] * PROBES, 1, timeout, progress)
    for result in results:
        if isinstance(result, Broken):
            raise UsageError(f"nothing could be planted: {result.reason}")
    update, turn = np.median(results, axis=0)
    return float(update), float(turn)
