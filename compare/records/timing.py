"""The records of timing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compare.records import Mode, Side


@dataclass(frozen=True)
class Sample:
    """Times of one side in one mode in one fresh process, in seconds.

    Attributes:
        build: making variables or model, after TensorFlow has started.
        first_call: tracing and compiling, with the first epoch's surplus.
        per_epoch: of a training that is under way.
        runs: (epochs, seconds) of every training that was timed.
    """

    build: float
    first_call: float
    per_epoch: float
    runs: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Start:
    """What one side takes once in one mode, in a fresh process, in seconds.

    Attributes:
        build: making variables or model, after TensorFlow has started.
        first_call: a first epoch, with tracing and compiling.
    """

    build: float
    first_call: float


@dataclass(frozen=True)
class Timing:
    """One side in one mode; a process is the unit.

    Attributes:
        starts: in processes of its own.
        updates: seconds of an update, in processes where both take turns.
    """

    side: Side
    mode: Mode
    updates_per_epoch: int
    starts: tuple[Start, ...]
    updates: tuple[float, ...]


@dataclass(frozen=True)
class Opening:
    """What one process opened of tf.data iterators, per update.

    Attributes:
        iterators: how many.
        seconds: what that took.
    """

    iterators: float
    seconds: float


@dataclass(frozen=True)
class Paired:
    """Two trainings in the same processes, in blocks that take turns.

    What differs between processes meets both, and drops out of the ratio.

    Attributes:
        mode: how an update of both runs.
        factors: time of the right / time of the left, per epoch; the median
            of each process.
        floor: the same of the left and another build of it: noise.
        whole: whether the time is that of a whole training, with its start.
        seconds: of an update on the left, or of that.
        opening: of iterators on the right, in the same blocks.
    """

    mode: Mode
    factors: tuple[float, ...]
    floor: tuple[float, ...]
    whole: bool = False
    seconds: tuple[float, ...] = ()
    opening: tuple[Opening, ...] = ()


Answer = Literal[
    "faster",
    "slower",
    "no clear difference",
    "too noisy to tell",
    "too few samples",
]

NOISE = 1.5
"""High / low of an interval around 1 from which its ratio is noise."""


@dataclass(frozen=True)
class Ratio:
    """How many times as long one thing takes as another, per epoch.

    Attributes:
        value: the centre over processes.
        low, high: its 95 % confidence interval; None with too few processes.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def answer(self) -> Answer:
        """Say whether the second is faster or slower, or that it is open."""
        if self.low is None or self.high is None:
            return "too few samples"
        if self.high < 1:
            return "faster"
        if self.low > 1:
            return "slower"
        noise = self.high > NOISE * self.low
        return "too noisy to tell" if noise else "no clear difference"


@dataclass(frozen=True)
class Memory:
    """Peak memory that one side added to the import, per timed process."""

    side: Side
    added_bytes: tuple[int, ...]


@dataclass(frozen=True)
class Effort:
    """How long to go on timing.

    Attributes:
        rounds: rounds to make at least; in each every side gets one process.
        budget: seconds to fill with further rounds, or None for no more.
    """

    rounds: int
    budget: float | None = None
