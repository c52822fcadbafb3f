"""Training on a table larger than memory: speed, peak memory, the same bits.

The table is written to a temporary folder once; fewer rows are its first
files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from compare.lessons.exhibits import exhibit
from compare.records import SIDES, Dtype, Side, UsageError
from compare.records.streaming import Flatness, Source, StreamCell, Streaming
from compare.records.timing import Effort
from compare.running.contest import Contest, Contestant
from compare.running.processes import Broken, Job, Progress, run_jobs
from compare.running.timing import take_turns
from compare.studies.stream.large_table import FEATURES, write_table
from compare.studies.stream.probe import (
    BATCH_SIZE,
    SHUFFLE_BUFFER,
    record_once,
    train_once,
)

MEMORY_ROW_BYTES = 4 * (FEATURES + 1) * 4
"""Room that a row takes in memory: as it is parsed, in its final array, in
TensorFlow's copy, and in the halves that lie between."""

FLAT = 1.25
"""Peak memory at the most rows / at the fewest that still counts as flat. A
peak is a maximum, so over a hundred times as many batches, whose strings leave
gaps in the allocator's pools, it is a little higher: 1.06 to 1.16 were seen.
After 950 batches `malloc_trim` gave 4.6 of 44 MiB back, and left what the
first five had taken. Ten million rows that are kept make it 9 and more."""

Key = tuple[Side, Source]
KEYS: tuple[Key, ...] = tuple(
    (side, source) for source in ("files", "memory") for side in SIDES
)
FIRST: Key = ("manual", "files")


def measure_streaming(
    sizes: Sequence[int],
    rounds: int,
    folder: Path | None,
    timeout: float,
    progress: Progress,
) -> Streaming:
    """Write the table, train on it, take it away again.

    Args:
        sizes: numbers of rows, ascending.
        rounds: processes for each side, source and size.
        folder: where the table may lie meanwhile; None for the system's.
        timeout: seconds that one process may take.
        progress: told of every process.

    Raises:
        UsageError: the table cannot be written; see `check_room`.
    """
    with tempfile.TemporaryDirectory(
        prefix="compare-stream-", dir=folder
    ) as created:
        job = Job(f"write {sizes[-1]:,} rows", write_table, (created, sizes))
        (files,) = run_jobs([job], 1, timeout, progress)
        if isinstance(files, Broken):
            raise UsageError(f"the table was not written: {files.reason}")
        cells: list[StreamCell] = []
        left_out: list[str] = []
        for rows in sizes:
            of_size, missing = _measure_size(
                files[rows], rows, rounds, timeout, progress
            )
            cells += of_size
            left_out += missing
        total = sum(Path(file).stat().st_size for file in files[sizes[-1]])
    return Streaming(
        features=FEATURES,
        batch_size=BATCH_SIZE,
        shuffle_buffer=SHUFFLE_BUFFER,
        file_bytes=total,
        cells=tuple(cells),
        flatness=tuple(flatness(cells)),
        limit=FLAT,
        left_out=tuple(dict.fromkeys(left_out)),
    )


def _reference(key: Key) -> str:
    side, source = key
    if source == "files":
        return exhibit(side, "streaming")
    return f"compare.studies.stream.in_memory_{side}"


def _job(
    function: Callable[..., Any],
    key: Key,
    files: Sequence[str],
    rows: int,
    dtype: Dtype,
) -> Job:
    side, source = key
    return Job(
        f"{side}, {rows:,} rows from {source}",
        function,
        (_reference(key), source, files, rows, dtype),
    )


def _measure_size(
    files: Sequence[str],
    rows: int,
    rounds: int,
    timeout: float,
    progress: Progress,
) -> tuple[list[StreamCell], list[str]]:
    """Make the passes over so many rows; return what was left out, too."""
    keys, left_out = list(KEYS), []
    if not fits_in_memory(rows):
        keys = [key for key in KEYS if key[1] == "files"]
        left_out.append(
            f"{rows:,} rows in memory: they need about "
            f"{rows * MEMORY_ROW_BYTES / 1e9:.2g} GB, more than half of what "
            "this machine has"
        )
    jobs = {key: _job(train_once, key, files, rows, "float32") for key in keys}
    turns = take_turns(jobs, Effort(rounds), timeout, progress)
    contest = Contest(1, timeout, progress)
    members = {
        key: Contestant(
            " from ".join(key),
            "graph",
            partial(_job, record_once, key, files, rows),
        )
        for key in keys
    }
    for results in turns.rounds:
        for key, result in results.items():
            run = result if isinstance(result, Broken) else result[0]
            contest.keep(members[key], "float32", run)
    pairs = {key: (members[FIRST], members[key]) for key in keys[1:]}
    verdicts = contest.judge([*pairs.values()])
    return [
        StreamCell(
            rows,
            *key,
            verdicts[pairs[key]] if key in pairs else None,
            tuple(done for _, done in turns.of(key)),
        )
        for key in keys
    ], [*left_out, *turns.broken]


def fits_in_memory(rows: int) -> bool:
    """Whether so many rows take at most half of the machine's memory."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return rows * MEMORY_ROW_BYTES <= memory / 2


def flatness(cells: Sequence[StreamCell]) -> Iterator[Flatness]:
    """Yield, for each side that reads files, whether its memory is flat."""
    for side in SIDES:
        own = [
            cell
            for cell in cells
            if (cell.side, cell.source) == (side, "files") and cell.passes
        ]
        if len(own) < 2:
            continue
        fewest, most = own[0], own[-1]
        ratio = most.added_bytes / max(fewest.added_bytes, 1)
        yield Flatness(side, fewest.rows, most.rows, ratio, ratio <= FLAT)
