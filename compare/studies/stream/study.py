"""Training on a table larger than memory: speed, peak memory, the same bits.

The table is written to a temporary folder once; fewer rows are its first
files.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from compare.lessons.exhibits import exhibit
from compare.lessons.losses import squared_error
from compare.lessons.rows_on_disk import read_csv
from compare.records import (
    SIDES,
    Dtype,
    Side,
    Trajectory,
    UsageError,
)
from compare.records.problem import Problem
from compare.records.streaming import (
    Flatness,
    Pass,
    Source,
    StreamCell,
    Streaming,
)
from compare.records.timing import Effort
from compare.running.contest import Contest, Contestant
from compare.running.modes import turned
from compare.running.processes import Broken, Job, Progress, run_jobs
from compare.running.recording import Recorder, Report, results_of
from compare.running.timing import take_turns
from compare.running.watch import Watch
from compare.running.worker import load_exhibit, set_dtype
from compare.studies.stream.large_table import (
    FEATURES,
    check_room,
    write_table,
)

BATCH_SIZE = SHUFFLE_BUFFER = 10_000

MEMORY_ROW_BYTES = 4 * (FEATURES + 1) * 4
"""Room that a row takes in memory: as it is parsed, in its final array, in
TensorFlow's copy, and in the halves that lie between."""

FLAT = 1.25
"""Peak memory at the most rows / at the fewest that still counts as flat. A
peak is a maximum, so over a hundred times as many batches, whose strings leave
gaps in the allocator's pools, it is a little higher: 1.06 to 1.16 were seen.
Ten million rows that are kept make it 9 and more."""

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
        UsageError: there is no room for the table, or it cannot be written.
    """
    check_room(sizes[-1], folder)
    with tempfile.TemporaryDirectory(
        prefix="compare-stream-", dir=folder
    ) as place:
        job = Job(f"write {sizes[-1]:,} rows", write_table, (place, sizes))
        (files,) = run_jobs([job], 1, timeout, progress)
        if isinstance(files, Broken):
            raise UsageError(f"the table was not written: {files.reason}")
        cells: list[StreamCell] = []
        left_out: list[str] = []
        for rows in sizes:
            found, broken = _measure_size(
                files[rows], rows, rounds, timeout, progress
            )
            cells += found
            left_out += broken
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


def train_once(
    reference: str,
    key: Key,
    files: Sequence[str],
    rows: int,
    dtype: Dtype,
    report: Report,
) -> tuple[Trajectory, Pass]:
    """Make one pass in this fresh process, all updates recorded."""
    import tensorflow as tf

    from compare.running.preload import peak_bytes

    set_dtype(dtype)
    exhibit = load_exhibit(reference)
    tf.zeros(())  # starts TensorFlow, which belongs to neither side
    before = peak_bytes()
    start = time.perf_counter()
    problem = _problem(files, rows, key[1], dtype)
    recorder = Recorder(problem, report)
    watch = Watch(recorder.tick)
    with turned("graph"), watch.watching():
        returned = exhibit(problem)
    seconds = time.perf_counter() - start
    grown = peak_bytes() - before
    recorder.take(watch, returned)
    results = results_of(returned, problem)
    run = recorder.trajectory(_name(key), "graph", results, losses=False)
    return run, Pass(seconds, recorder.times[0] - start, grown)


def record_once(*arguments: Any) -> Trajectory:
    """Make the pass of `train_once`; return what it recorded."""
    run, _ = train_once(*arguments)
    return run


def _problem(
    files: Sequence[str], rows: int, source: Source, dtype: Dtype
) -> Problem:
    if source == "memory":
        x, y = read_csv(files, dtype)
    else:  # arrays of the right length that hold one number
        zero = np.zeros((), dtype)
        x = np.broadcast_to(zero, (rows, FEATURES))
        y = np.broadcast_to(zero, (rows, 1))
    problem = Problem(
        lesson="streaming",
        title="Fit a plane to rows that stay on disk",
        data=f"{rows:,} random rows",
        x=np.zeros((0, FEATURES)),
        y=np.zeros((0, 1)),
        initial={"kernel": np.zeros((FEATURES, 1)), "bias": np.zeros(1)},
        epochs=1,
        batch_size=min(BATCH_SIZE, rows),
        loss=squared_error,
        hyper={
            "learning_rate": 0.05,
            "seed": 1,
            "files": list(files),
            "shuffle_buffer": SHUFFLE_BUFFER,
        },
    )
    return problem.astype(dtype).replace(x=x, y=y)


def _reference(key: Key) -> str:
    side, source = key
    if source == "files":
        return exhibit(side, "streaming")
    return f"compare.studies.stream.in_memory_{side}"


def _name(key: Key) -> str:
    return " from ".join(key)


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
        (_reference(key), key, files, rows, dtype),
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
            _name(key), "graph", partial(_job, record_once, key, files, rows)
        )
        for key in keys
    }
    for results in turns.rounds:
        for key, result in results.items():
            run = result if isinstance(result, Broken) else result[0]
            contest.keep(members[key], "float32", run)
    pairs = {key: (members[FIRST], members[key]) for key in keys}
    del pairs[FIRST]
    verdicts = contest.judge(list(pairs.values()))
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
        found = [
            cell
            for cell in cells
            if (cell.side, cell.source) == (side, "files") and cell.passes
        ]
        if len(found) < 2:
            continue
        fewest, most = found[0], found[-1]
        ratio = most.added_bytes / max(fewest.added_bytes, 1)
        yield Flatness(side, fewest.rows, most.rows, ratio, ratio <= FLAT)
