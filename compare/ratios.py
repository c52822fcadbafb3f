"""What timing samples say: ratios with intervals, break-even points."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compare.records import SIDES, Mode, Side
from compare.records.timing import Ratio, Timing

FEWEST = 5
"""Processes per side that an interval needs.

With 3 the bootstrap below calls 10 % of equal pairs different, from 5 on it
keeps to the 5 % that it promises (simulated: 3 % noise between processes and
one in twenty slower by 20 % on average, 4,000 pairs each)."""

CONFIDENCE = 0.95
RESAMPLES = 10_000


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
        ValueError: a median is not above 0, so there is no ratio.
    """
    medians = statistics.median(left), statistics.median(right)
    if min(medians) <= 0:
        raise ValueError(f"medians {medians} give no ratio")
    value = medians[1] / medians[0]
    if min(len(left), len(right)) < FEWEST:
        return Ratio(value, None, None)
    generator = np.random.default_rng(0)
    below, above = (
        np.median(generator.choice(group, (RESAMPLES, len(group))), axis=1)
        for group in (left, right)
    )
    with np.errstate(divide="ignore"):
        tail = (1 - CONFIDENCE) / 2
        low, high = np.quantile(above / below, (tail, 1 - tail))
    return Ratio(value, float(low), float(high))


def keras_to_manual(timings: Sequence[Timing], mode: Mode) -> Ratio | None:
    """Return Keras's time per epoch against the manual one's, or None."""
    found = {
        timing.side: _per_epoch(timing)
        for timing in timings
        if timing.mode == mode and not timing.control and timing.samples
    }
    return _ratio_or_none(found.get("manual"), found.get("keras"))


def noise_floor(timings: Sequence[Timing], mode: Mode) -> Ratio | None:
    """Return the manual side against itself, or None without a control."""
    found = {
        timing.control: _per_epoch(timing)
        for timing in timings
        if timing.mode == mode and timing.side == "manual" and timing.samples
    }
    return _ratio_or_none(found.get(False), found.get(True))


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


def _ratio_or_none(
    left: Sequence[float] | None, right: Sequence[float] | None
) -> Ratio | None:
    if not left or not right:
        return None
    try:
        return ratio(left, right)
    except ValueError:
        return None
