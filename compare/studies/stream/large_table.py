"""A table of random rows on disk, as large as wanted, written in pieces."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from compare.lessons.rows_on_disk import write_csv
from compare.records import UsageError
from compare.running.processes import Advance

FEATURES = 8
FILE_ROWS = 100_000
"""Rows of one file."""

BLOCK_ROWS = 10_000
"""Rows that are in memory at once while they are written."""

ROW_BYTES = 70
"""Room that a row takes on disk, generously: nine numbers of at most seven
characters, of which most have five."""


def check_room(rows: int, folder: Path | None) -> None:
    """Find out before the work whether the table fits on the disk.

    Raises:
        UsageError: it does not; says how much is missing.
    """
    there = folder or Path(tempfile.gettempdir())
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        raise UsageError(
            f"{there} cannot be used: {error.strerror}; choose another "
            "folder with --folder"
        ) from error
    if rows * ROW_BYTES > free:
        raise UsageError(
            f"{rows:,} rows need about {rows * ROW_BYTES / 1e9:.2g} GB in "
            f"{there}, which has {free / 1e9:.2g} GB free: choose another "
            "folder with --folder, or fewer rows with --rows"
        )


def write_table(
    folder: str, sizes: Sequence[int], advance: Advance
) -> dict[int, list[str]]:
    """Write random rows; return the files that hold the first n of them."""
    ends = sorted({*range(FILE_ROWS, sizes[-1], FILE_ROWS), *sizes})
    files: list[str] = []
    by_size: dict[int, list[str]] = {}
    start = 0
    for end in ends:
        files.append(f"{folder}/rows-{len(files):05}.csv")
        write_csv(files[-1], _blocks(start, end))
        start = end
        advance(end, ends[-1])
        if end in sizes:
            by_size[end] = list(files)
    return by_size


def _blocks(start: int, end: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield rows of a noisy plane, in three decimals, by blocks."""
    truth = np.linspace(-1, 1, FEATURES, dtype=np.float32)[:, np.newaxis]
    for first in range(start, end, BLOCK_ROWS):
        rows = min(BLOCK_ROWS, end - first)
        generator = np.random.default_rng((1, first))
        x = generator.standard_normal((rows, FEATURES), dtype=np.float32)
        noise = generator.standard_normal((rows, 1), dtype=np.float32)
        yield x.round(3), (x @ truth + noise).round(3)
