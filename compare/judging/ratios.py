"""What timing says: ratios with intervals, noise floors, break-even points.

The process is the unit: values within one are alike, and pooling them would
call equal code different in a quarter of the cases.
"""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compare.records import SIDES, Mode, Side
from compare.records.timing import Answer, Effort, Paired, Ratio, Timing

PROCESSES = 8
"""In which two sides are timed by turns, where the user gives time."""

NARROW = 0.01
"""Half the width of an interval, of its logarithm, that needs no further
process."""

FEWEST = 6
"""Processes that an interval needs: with 5 the most one-sided of all signs
has a chance of 2 / 2**5, more than the 5 % that may be wrong."""

ROUNDS, QUICK_ROUNDS = 3, 1
"""Processes per side where the user gives no time."""

CONFIDENCE = 0.95

MANY = 10**15
"""Updates that nobody makes."""


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


def paired_effort(given: Effort) -> Effort:
    """Return in how many processes two sides take turns."""
    if given.budget is not None:
        return Effort(PROCESSES, given.budget)
    return Effort(QUICK_ROUNDS if given.rounds == QUICK_ROUNDS else FEWEST)


def centre(factors: Sequence[float]) -> Ratio | None:
    """Return the ratio that those of single processes are about.

    Args:
        factors: right / left in each process.

    Returns:
        The median of all geometric means of two of them (Hodges and Lehmann:
        Estimates of location based on rank tests, 1963, Ann. Math. Stat. 34,
        598-611), with the interval of all centres that Wilcoxon's exact
        signed-rank test at 5 % does not reject. One process that is far off
        moves neither by much. None without any process.
    """
    if not factors:
        return None
    first, second = np.triu_indices(len(factors))
    logs = np.log(np.array(factors, float))
    means = np.sort((logs[first] + logs[second]) / 2)
    value = float(np.exp(np.median(means)))
    if len(factors) < FEWEST:
        return Ratio(value, None, None)
    cut = _cut(len(factors))
    return Ratio(value, *np.exp([means[cut], means[-1 - cut]]).tolist())


def above_noise(found: Ratio, floor: Ratio) -> Answer:
    """Say what a ratio says, where the left in two processes gives no such.

    Args:
        found: right / left, in processes of their own.
        floor: left / left, likewise: what differs between processes.
    """
    bounds = found.low, found.high, floor.low, floor.high
    if found.answer not in ("faster", "slower") or None in bounds:
        return found.answer
    low, high, least, most = map(float, filter(None, bounds))
    apart = low > most or high < least
    return found.answer if apart else "no clear difference"


def narrow(factors: Sequence[float]) -> bool:
    """Whether more processes would hardly tell more than these.

    An interval is narrow that reaches 1 % to either side, or a tenth of the
    way to 1: nobody needs 80 times to the percent.
    """
    found = centre(factors)
    if found is None or found.low is None or found.high is None:
        return False
    half = math.log(found.high / found.low) / 2
    return half <= max(NARROW, abs(math.log(found.value)) / 10)


@functools.cache
def _cut(count: int) -> int:
    """Return the largest rank sum that is too small to be chance.

    Of all 2**count signs, those with this sum of positive ranks or a smaller
    one are at most half of what may be wrong. Shares of them are counted: of
    more than 1,023 signs there are more than a float64 holds.
    """
    shares = np.ones(1)
    for rank in range(1, count + 1):
        longer = np.concatenate([shares, np.zeros(rank)])
        longer[rank:] += shares
        shares = longer / 2
    tail = (1 - CONFIDENCE) / 2
    below = np.cumsum(shares) <= tail
    return int(below.sum()) - 1


def ratio(left: Sequence[float], right: Sequence[float]) -> Ratio | None:
    """Compare what could not share a process, one value per process.

    Processes are paired in the order in which they took turns, which knows
    nothing of their values.

    Returns:
        right / left, or None where a time is not above 0: too noisy to tell.
    """
    pairs = list(zip(left, right, strict=False))
    if not pairs or min(map(min, pairs)) <= 0:
        return None
    return centre([after / before for before, after in pairs])


def keras_to_manual(pairs: Sequence[Paired], mode: Mode) -> Ratio | None:
    """Return Keras's time per epoch against the manual one's, or None."""
    return centre(_of(pairs, mode).factors)


def noise_floor(pairs: Sequence[Paired], mode: Mode) -> Ratio | None:
    """Return the left side against itself, or None if it was not timed."""
    return centre(_of(pairs, mode).floor)


def growth(
    before: Sequence[Paired], now: Sequence[Paired], mode: Mode
) -> Ratio | None:
    """Return how many times its earlier size `keras_to_manual` has now."""
    earlier, later = (_of(pairs, mode).factors for pairs in (before, now))
    return ratio(earlier, later)


def _of(pairs: Sequence[Paired], mode: Mode) -> Paired:
    return next((p for p in pairs if p.mode == mode), Paired(mode, (), ()))


def break_evens(timings: Sequence[Timing]) -> Iterator[BreakEven]:
    """Yield when tracing or compiling has paid for itself, per side."""
    for side in SIDES:
        costs = {
            timing.mode: _start_and_update(timing)
            for timing in timings
            if timing.side == side and timing.starts and timing.updates
        }
        if "eager" not in costs:
            continue
        start, update = costs.pop("eager")
        for mode, (later, less) in costs.items():
            if later > start and less < update:
                updates = np.ceil((later - start) / (update - less))
                yield BreakEven(side, mode, int(min(updates, MANY)))


def _start_and_update(timing: Timing) -> tuple[float, float]:
    """Return median seconds of what is done once, and of an update."""
    starts = [start.build + start.first_call for start in timing.starts]
    update = statistics.median(timing.updates)
    once = statistics.median(starts) - timing.updates_per_epoch * update
    return once, update
