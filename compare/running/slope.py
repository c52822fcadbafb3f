"""What one more epoch takes: the slope between trainings of two lengths.

Importing this module imports nothing heavy, so that it can be used where
importing is timed.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compare.running.processes import RunError

GROWTH = 4
"""How many times as long each training is as the one before."""

MOST = 2**31
"""Length from which a training that takes no time makes no updates."""


@dataclass(frozen=True)
class Slope:
    """Trainings of growing lengths, counted in epochs or updates.

    Attributes:
        runs: (length, seconds) of each training, the shortest first; what was
            traced and compiled once is in none or in all of them.
    """

    runs: tuple[tuple[int, float], ...]

    @property
    def each(self) -> float:
        """Seconds of one more epoch: (last - first) / their lengths' gap."""
        (few, short), (many, long) = self.runs[0], self.runs[-1]
        return (long - short) / (many - few)

    @property
    def start(self) -> float:
        """Seconds that a training takes besides its epochs."""
        length, seconds = self.runs[0]
        return seconds - length * self.each


def measure_slope(
    train: Callable[[int], float],
    short: int,
    gap: float = 0.0,
    long: int | None = None,
) -> Slope:
    """Train briefly, then longer until the difference is large enough.

    Args:
        train: trains for a length; returns the seconds that it took.
        short: the first length.
        gap: seconds by which the longest training exceeds the first, at
            least.
        long: a guess of the length that does; without it `GROWTH` times
            `short`.

    Raises:
        RunError: ever longer trainings take no time.
    """
    gc.collect()  # so that nobody else's garbage is collected in here
    runs = [(short, train(short))]
    length = long or GROWTH * short
    while True:
        runs.append((length, train(length)))
        if runs[-1][1] - runs[0][1] >= gap:
            return Slope(tuple(runs))
        if length > MOST:
            raise RunError("it takes no time, so it makes no updates")
        length *= GROWTH


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Call a function; return the seconds it took, and what it returned."""
    start = time.perf_counter()
    returned = function(*arguments)
    return time.perf_counter() - start, returned
