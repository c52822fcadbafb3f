"""The records of a calibration of the timer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """One slow-down, and what the timer measured of it.

    Attributes:
        percent: how much longer an update shall take; 0 is the same code
            again, so that every difference found is a false alarm.
        turns: turns of an empty loop after every update.
        factors: how many times as long an update takes with it, in each
            process.
    """

    percent: int
    turns: int
    factors: tuple[float, ...]


@dataclass(frozen=True)
class Rate:
    """How often the timer saw a difference with so many processes.

    Attributes:
        percent: what was planted.
        processes: in one experiment.
        found: in how many of the `trials` the timer answered "slower"; where
            nothing was planted, "slower" or "faster".
        trials: experiments without a common process.
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
        reference: seconds of an update without a burden, one per process.
        planted: what took turns with it, in the same processes.
        rates: for every slow-down and number of processes.
        variation: standard deviation of `reference` between processes, as a
            part of its median.
        process_seconds: what one process of an experiment with one slow-down
            takes, start and end included.
        together: Keras / by hand in processes that hold both.
        manual_alone: seconds of an update in processes that hold one side.
        keras_alone: the same of the other, in the same rounds.
        left_out: why a round is missing, a sentence each.
    """

    reference: tuple[float, ...]
    planted: tuple[Planted, ...]
    rates: tuple[Rate, ...]
    variation: float
    process_seconds: float
    together: tuple[float, ...]
    manual_alone: tuple[float, ...]
    keras_alone: tuple[float, ...]
    left_out: tuple[str, ...]
