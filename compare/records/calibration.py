"""The records of a calibration of the timer."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from compare.records.timing import Sample


@dataclass(frozen=True)
class Planted:
    """One slow-down, and what the timer measured of it.

    Attributes:
        percent: how much longer an update shall take; 0 is the same code
            again, so that every difference found is a false alarm.
        turns: turns of an empty loop after every update.
        factors: how many times as long an update takes with it, measured
            within one process, in each of several.
        samples: the timer's, one per round.
    """

    percent: int
    turns: int
    factors: tuple[float, ...]
    samples: tuple[Sample, ...]

    @property
    def missed(self) -> bool:
        """Whether it came out wrong by more than a quarter of it."""
        wanted = self.percent / 100
        got = statistics.median(self.factors) - 1
        return abs(got - wanted) > wanted / 4


@dataclass(frozen=True)
class Rate:
    """How often the timer saw a difference with so many processes.

    Attributes:
        percent: what was planted.
        processes: per side, in one experiment.
        found: in how many of the `trials` the timer answered "slower"; where
            nothing was planted, "slower" or "faster".
        trials: experiments without a common process: consecutive rounds.
        low, high: 95 % interval of found / trials.
        overlapping: the same share over experiments that share processes:
            steadier, but no interval can be given.
    """

    percent: int
    processes: int
    found: int
    trials: int
    low: float
    high: float
    overlapping: float


@dataclass(frozen=True)
class Calibration:
    """What the timer finds where the truth is known.

    Attributes:
        reference: samples of the code without a burden, one per round.
        planted: what was compared with it, in the same rounds.
        rates: for every slow-down and number of processes.
        variation: standard deviation of `reference` between processes, as a
            part of its median.
        process_seconds: what one process took, start and end included.
        left_out: why a round is missing, a sentence each.
    """

    reference: tuple[Sample, ...]
    planted: tuple[Planted, ...]
    rates: tuple[Rate, ...]
    variation: float
    process_seconds: float
    left_out: tuple[str, ...]
