"""Whether the timer can be trusted: the same code twice, planted slow-downs.

Everything runs through the timer that reports use: fresh processes, in random
order, and the decision of `compare.judging.ratios`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np

from compare.judging import ratios
from compare.lessons.problems import problem_of
from compare.records import UsageError
from compare.records.calibration import Calibration, Planted, Rate
from compare.records.problem import Problem, Settings
from compare.records.timing import Effort, Sample
from compare.running.processes import Broken, Job, Progress, run_jobs
from compare.running.timing import epochs_for, take_turns, time_exhibit
from compare.studies.calibrate import burden

PERCENT = (2, 5, 10)
"""Slow-downs that are planted."""

PROCESSES = (5, 10, 20)
"""Per side, in one experiment."""

PROBES = 3
"""Processes in which a burden is measured."""

PROBE_TURNS = 2000
"""Turns by which the cost of one is found: some 10 % of an update."""

WINDOWS = 100
"""Most overlapping experiments of one size."""


def calibrate(
    budget: float,
    timeout: float,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
) -> Calibration:
    """Time known slow-downs and count what the timer finds.

    Args:
        budget: seconds; at least as many rounds are made as an interval
            needs processes.
        timeout: seconds that one process may take.
        progress: told of every process.
        clock: seconds, for the budget.

    Raises:
        UsageError: a process broke before anything was timed.
    """
    start = clock()
    problem = problem_of("linear_regression", Settings())
    update, turn = _costs(problem, timeout, progress)
    loops = {p: round(p / 100 * update / turn) for p in (0, *PERCENT)}
    factors = _verify(problem, list(loops.values()), timeout, progress)
    epochs = epochs_for(update)
    roles = {None: 0} | loops
    jobs = {
        role: _job(problem, role, count, epochs)
        for role, count in roles.items()
    }
    began = clock()
    effort = Effort(ratios.FEWEST, max(budget - (began - start), 0.0))
    turns = take_turns(jobs, effort, timeout, progress, clock)
    seconds = (clock() - began) / (len(turns.rounds) * len(roles))
    whole = [
        results
        for results in turns.rounds
        if not any(isinstance(x, Broken) for x in results.values())
    ]
    samples = {
        role: tuple(results[role][0]["graph"] for results in whole)
        for role in roles
    }
    planted = tuple(
        Planted(percent, loops[percent], measured, samples[percent])
        for percent, measured in zip(loops, factors, strict=True)
    )
    return assess(samples[None], planted, seconds, turns.broken)


def assess(
    reference: Sequence[Sample],
    planted: Sequence[Planted],
    process_seconds: float,
    left_out: Sequence[str] = (),
) -> Calibration:
    """Turn samples, one per round and group, into what the timer finds.

    Raises:
        UsageError: too few rounds for an experiment, or nothing but noise.
    """
    seconds = [sample.per_epoch for sample in reference]
    if len(seconds) < ratios.FEWEST:
        reason = left_out[0] if left_out else "no time"
        raise UsageError(f"too few rounds ran to their end: {reason}")
    if statistics.median(seconds) <= 0:
        raise UsageError(
            "this machine is too busy to time anything: try again when it is "
            "quiet"
        )
    return Calibration(
        reference=tuple(reference),
        planted=tuple(planted),
        rates=tuple(
            _rate(reference, group, processes)
            for processes in PROCESSES
            if processes <= len(reference)
            for group in planted
        ),
        variation=statistics.stdev(seconds) / statistics.median(seconds),
        process_seconds=process_seconds,
        left_out=tuple(left_out),
    )


def _rate(reference: Sequence[Sample], group: Planted, processes: int) -> Rate:
    """Count what is found, in experiments apart and in overlapping ones."""
    seconds = np.array(
        [[s.per_epoch for s in side] for side in (reference, group.samples)]
    )
    last = len(reference) - processes
    apart = range(0, last + 1, processes)
    windows = np.linspace(0, last, min(WINDOWS, last + 1)).round().astype(int)
    separate, overlapping = (
        [seconds[:, first : first + processes] for first in firsts]
        for firsts in (apart, windows)
    )
    if not group.percent:  # which is which is as good as random
        generator = np.random.default_rng(0)
        overlapping = [generator.permuted(x, axis=0) for x in overlapping]
    hits, shared = (
        [_differs(left, right, group.percent) for left, right in pairs]
        for pairs in (separate, overlapping)
    )
    return Rate(
        group.percent,
        processes,
        sum(hits),
        len(hits),
        *binomial_interval(sum(hits), len(hits)),
        sum(shared) / len(shared),
    )


def _differs(left: np.ndarray, right: np.ndarray, percent: int) -> bool:
    """Whether the timer sees a difference, of the right kind if there is one.

    Medians that give no ratio give no difference either.
    """
    try:
        answer = ratios.ratio(left.tolist(), right.tolist()).answer
    except ValueError:
        return False
    return answer == "slower" or (answer == "faster" and not percent)


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


def _costs(
    problem: Problem, timeout: float, progress: Progress
) -> tuple[float, float]:
    """Return the seconds of one update and of one turn of the loop."""
    seconds = _blocks(problem, [0, PROBE_TURNS], timeout, progress)
    bare, more = seconds[..., 0], seconds[..., 1]
    update = np.median(np.median(bare, axis=1))
    turn = np.median(np.median(more - bare, axis=1)) / PROBE_TURNS
    return float(update), max(float(turn), 1e-10)


def _verify(
    problem: Problem,
    turns: Sequence[int],
    timeout: float,
    progress: Progress,
) -> list[tuple[float, ...]]:
    """Return by which factor each burden really slows an update down.

    The first of `turns` is what the others are compared with.
    """
    seconds = _blocks(problem, turns, timeout, progress)
    bare = seconds[..., :1]
    extra = np.median(seconds - bare, axis=1) / np.median(bare, axis=1)
    return [tuple(factors) for factors in (1 + extra).T.tolist()]


def _blocks(
    problem: Problem,
    turns: Sequence[int],
    timeout: float,
    progress: Progress,
) -> np.ndarray:
    """Return seconds per update, shape (processes, rounds, burdens)."""
    job = Job("planting", burden.block_times, (problem, list(turns)))
    results = run_jobs([job] * PROBES, 1, timeout, progress)
    for result in results:
        if isinstance(result, Broken):
            raise UsageError(f"nothing could be planted: {result.reason}")
    return np.array(results)


def _job(problem: Problem, role: int | None, turns: int, epochs: int) -> Job:
    hyper = {**problem.hyper, "turns": turns}
    what = {None: "the code", 0: "the same again"}
    return Job(
        f"calibrate: {what.get(role, f'{role} % slower')}",
        time_exhibit,
        (
            "compare.studies.calibrate.burden",
            problem.replace(hyper=hyper),
            {"graph": epochs},
        ),
    )
