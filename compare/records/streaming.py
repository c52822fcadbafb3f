"""The records of `stream`: training on a table larger than memory."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Literal

from compare.records import Side
from compare.records.verdicts import Verdict

Source = Literal["files", "memory"]


@dataclass(frozen=True)
class Pass:
    """One pass over the rows in one fresh process.

    Attributes:
        seconds: for all of it; reading the table into memory counts.
        start_seconds: of these, until the first update was made.
        added_bytes: by how much the process's memory grew at its peak, after
            TensorFlow had started.
    """

    seconds: float
    start_seconds: float
    added_bytes: int


@dataclass(frozen=True)
class StreamCell:
    """One side with so many rows, read from files or held in memory.

    Attributes:
        verdict: whether every update has the bits of the manual side that
            reads the files; None for that one itself.
        passes: one per process; none where it could not run.
    """

    rows: int
    side: Side
    source: Source
    verdict: Verdict | None
    passes: tuple[Pass, ...]

    @property
    def rows_per_second(self) -> float:
        """Return the median of the speeds."""
        return statistics.median(
            self.rows / one.seconds for one in self.passes
        )

    @property
    def start_seconds(self) -> float:
        """Return the median of the seconds until the first update."""
        return statistics.median(one.start_seconds for one in self.passes)

    @property
    def added_bytes(self) -> float:
        """Return the median of the peaks."""
        return statistics.median(one.added_bytes for one in self.passes)


@dataclass(frozen=True)
class Flatness:
    """Whether the memory of a side that reads files grows with the rows.

    Attributes:
        ratio: peak at the most rows / peak at the fewest.
    """

    side: Side
    fewest: int
    most: int
    ratio: float
    flat: bool


@dataclass(frozen=True)
class Streaming:
    """What `stream` found out.

    Attributes:
        file_bytes: size of all files.
        limit: the ratio up to which memory counts as flat.
        left_out: what is missing, and why.
    """

    features: int
    batch_size: int
    shuffle_buffer: int
    file_bytes: int
    cells: tuple[StreamCell, ...]
    flatness: tuple[Flatness, ...]
    limit: float
    left_out: tuple[str, ...]
