"""What timing samples say: ratios with intervals, break-even points."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compare.records import SIDES, Mode, Side
from compare.records.timing import Effort, Ratio, Timing

FEWEST = 5
"""Processes per side that an interval needs.

With 3 the bootstrap below calls 10 % of equal pairs different, from 5 on it
keeps to the 5 % that it promises (simulated: 3 % noise between processes and
one in twenty slower by 20 % on average, 4,000 pairs each)."""

ROUNDS, QUICK_ROUNDS = 3, 1
"""Processes per side where the user gives no time."""

CONFIDENCE = 0.95
RESAMPLES = 10_000

SHORTEST = 1e-12
"""Seconds below which no epoch is taken to be."""


@dataclass(frozen=True)
class BreakEven:
    """From when on a mode with a slower start is the faster one.

    Attributes:
        mode: traced or compiled before its first update.
        updates: how many updates make up for the start, against eager mode.
    """

    side: Side
    mode: Mode
    updates: int


def effort(budget: float | None, quick: bool) -> Effort:
    """Return how long to time: so many seconds, or a few processes."""
    if budget is not None:
        return Effort(FEWEST, budget)
    return Effort(QUICK_ROUNDS if quick else ROUNDS)


def ratio(left: Sequence[float], right: Sequence[float]) -> Ratio:
    """Compare two groups of times, one value per process.

    Args:
        left: seconds, of what is compared with.
        right: seconds, of what is compared.

    Returns:
        median(right) / median(left), and the percentile bootstrap interval
        over processes (Efron and Tibshirani: An Introduction to the
        Bootstrap, 1993, chapter 13). The seed is fixed: the same samples give
        the same interval.

    Raises:
        ValueError: there are no times, or a median is not above 0.
    """
    return _quotient([right], [left])


def ratio_or_none(
    left: Sequence[float], right: Sequence[float]
) -> Ratio | None:
    """Compare as `ratio` does; return None where it would raise."""
    return _or_none([right], [left])


def keras_to_manual(timings: Sequence[Timing], mode: Mode) -> Ratio | None:
    """Return Keras's time per epoch against the manual one's, or None."""
    found = _sides(timings, mode)
    if len(found) < len(SIDES):
        return None
    return _or_none([found["keras"]], [found["manual"]])


def growth(
    before: Sequence[Timing], now: Sequence[Timing], mode: Mode
) -> Ratio | None:
    """Return how many times its earlier size `keras_to_manual` has now.

    The four groups of processes are independent of each other. None where a
    side was not timed.
    """
    earlier, later = _sides(before, mode), _sides(now, mode)
    if not len(earlier) == len(later) == len(SIDES):
        return None
    over = [later["keras"], earlier["manual"]]
    under = [later["manual"], earlier["keras"]]
    return _or_none(over, under)


def noise_floor(timings: Sequence[Timing], mode: Mode) -> Ratio | None:
    """Return the manual side against itself, or None without a control."""
    found = {
        timing.control: _per_epoch(timing)
        for timing in timings
        if timing.mode == mode and timing.side == "manual" and timing.samples
    }
    if len(found) < 2:
        return None
    return _or_none([found[True]], [found[False]])


def break_evens(timings: Sequence[Timing]) -> Iterator[BreakEven]:
    """Yield when tracing or compiling has paid for itself, per side."""
    for side in SIDES:
        costs = {
            timing.mode: start_and_update(timing)
            for timing in timings
            if timing.side == side and timing.samples and not timing.control
        }
        if "eager" not in costs:
            continue
        start, update = costs.pop("eager")
        for mode, (later, less) in costs.items():
            if later > start and less < update:
                updates = int(np.ceil((later - start) / (update - less)))
                yield BreakEven(side, mode, updates)


def start_and_update(timing: Timing) -> tuple[float, float]:
    """Return median seconds before the slope begins, and per update."""
    starts = [sample.build + sample.first_call for sample in timing.samples]
    per_epoch = statistics.median(_per_epoch(timing))
    return statistics.median(starts), per_epoch / timing.updates_per_epoch


def _per_epoch(timing: Timing) -> list[float]:
    return [sample.per_epoch for sample in timing.samples]


def _sides(timings: Sequence[Timing], mode: Mode) -> dict[Side, list[float]]:
    """Return the times per epoch of the sides that were timed."""
    return {
        timing.side: _per_epoch(timing)
        for timing in timings
        if timing.mode == mode and not timing.control and timing.samples
    }


Groups = Sequence[Sequence[float]]


def _quotient(over: Groups, under: Groups) -> Ratio:
    """Divide the medians of `over` by those of `under`, with the interval."""
    groups = [*under, *over]
    medians = [statistics.median(group) for group in groups]
    if min(medians) <= 0:
        raise ValueError(f"medians {medians} give no ratio")
    value = math.prod(medians[len(under) :]) / math.prod(medians[: len(under)])
    if min(map(len, groups)) < FEWEST:
        return Ratio(value, None, None)
    generator = np.random.default_rng(0)
    again = [
        np.median(generator.choice(group, (RESAMPLES, len(group))), axis=1)
        for group in groups
    ]
    # A slope that noise made negative stands for a time of almost nothing.
    again = [np.maximum(times, SHORTEST) for times in again]
    below, above = again[: len(under)], again[len(under) :]
    tail = (1 - CONFIDENCE) / 2
    quotients = np.prod(above, axis=0) / np.prod(below, axis=0)
    low, high = np.quantile(quotients, (tail, 1 - tail))
    return Ratio(value, float(low), float(high))


def _or_none(over: Groups, under: Groups) -> Ratio | None:
    try:
        return _quotient(over, under)
    except ValueError:
        return None
