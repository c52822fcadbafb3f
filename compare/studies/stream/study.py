"""Training on a table larger than memory: speed, peak memory, the same bits.

The table is written to a temporary folder once; fewer rows are its first
files.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from compare.judging.parity import judge
from compare.judging.proof import Run
from compare.lessons.exhibits import exhibit
from compare.lessons.losses import squared_error
from compare.lessons.rows_on_disk import read_csv
from compare.records import (
    SIDES,
    Dtype,
    Failure,
    Side,
    Trajectory,
    UsageError,
    Verdict,
)
from compare.records.problem import Problem
from compare.records.streaming import (
    Flatness,
    Pass,
    Source,
    StreamCell,
    Streaming,
)
from compare.running.modes import turned
from compare.running.processes import (
    Broken,
    Job,
    Progress,
    run_jobs,
    why_broken,
)
from compare.running.recording import REPORT_SECONDS, Report, parameters_in
from compare.running.snapshots import Snapshots
from compare.running.watch import Watch
from compare.running.worker import load_exhibit, set_dtype
from compare.studies.stream.large_table import (
    FEATURES,
    check_room,
    write_table,
)
from compare.studies.variants.trials import start_tensorflow

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
    from compare.running.preload import peak_bytes

    set_dtype(dtype)
    exhibit = load_exhibit(reference)
    start_tensorflow()
    before = peak_bytes()
    start = told = time.perf_counter()
    side, source = key
    problem = _problem(files, rows, source, dtype)
    first: list[float] = []

    def on_update(update: int, now: float) -> None:
        nonlocal told
        first.append(now) if not first else None
        if now - told > REPORT_SECONDS:
            told = now
            report(update, problem.steps)

    watch = Watch(on_update)
    with turned("graph"), watch.watching():
        returned = exhibit(problem)
    seconds = time.perf_counter() - start
    one = Pass(seconds, first[0] - start, peak_bytes() - before)
    parameters = parameters_in(returned, problem)
    snapshots = Snapshots(problem.initial)
    for row in zip(*map(watch.path, parameters.values()), strict=True):
        snapshots.take(dict(zip(parameters, row, strict=True)))
    return snapshots.trajectory(f"{side} from {source}", "graph"), one


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


def _job(key: Key, files: Sequence[str], rows: int, dtype: Dtype) -> Job:
    return Job(
        f"{key[0]}, {rows:,} rows from {key[1]}"
        + (" in float64" if dtype == "float64" else ""),
        train_once,
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
    passes: dict[Key, list[Pass]] = {key: [] for key in keys}
    runs: dict[Key, Run] = {}
    for _ in range(rounds):
        order = random.sample(keys, len(keys))
        jobs = [_job(key, files, rows, "float32") for key in order]
        results = run_jobs(jobs, 1, timeout, progress)
        left_out += why_broken(jobs, results)
        for key, result in zip(order, results, strict=True):
            if not isinstance(result, Broken):
                passes[key].append(result[1])
            runs[key] = _run(key, result, "float32")

    def rerun(key: Key) -> tuple[Run, Run]:
        pair = (FIRST, key)
        jobs = [_job(one, files, rows, "float64") for one in pair]
        results = run_jobs(jobs, 1, timeout, progress)
        left, right = (
            _run(one, result, "float64")
            for one, result in zip(pair, results, strict=True)
        )
        return left, right

    def verdict(key: Key) -> Verdict | None:
        if key == FIRST:
            return None
        return judge(runs[FIRST], runs[key], lambda: rerun(key))

    return [
        StreamCell(rows, *key, verdict(key), tuple(passes[key]))
        for key in keys
    ], left_out


def _run(key: Key, result: Any, dtype: Dtype) -> Run:
    if isinstance(result, Broken):
        name = " from ".join(key)
        return Failure(name, "graph", dtype, result.reason, result.details)
    run = result[0]
    assert isinstance(run, Trajectory)
    return run


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
