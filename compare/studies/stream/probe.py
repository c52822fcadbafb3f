"""One pass over the rows of a large table, in a fresh process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from compare.lessons.losses import squared_error
from compare.lessons.rows_on_disk import read_csv
from compare.records import Dtype
from compare.records.problem import Problem
from compare.records.runs import Trajectory
from compare.records.streaming import Pass, Source
from compare.running.backends import set_dtype
from compare.running.modes import turned
from compare.running.processes import Advance
from compare.running.recording import Recorder, results_of
from compare.running.watch import Watch
from compare.running.worker import load_exhibit
from compare.studies.stream.large_table import FEATURES

BATCH_SIZE = SHUFFLE_BUFFER = 10_000


def train_once(
    reference: str,
    source: Source,
    files: Sequence[str],
    rows: int,
    dtype: Dtype,
    advance: Advance,
) -> tuple[Trajectory, Pass]:
    """Make one pass, all updates recorded.

    Args:
        reference: see `load_exhibit`.
        source: whether the rows stay in their files; reading them into memory
            counts as a part of the pass.
        files: that hold the rows.
        rows: how many there are.
        dtype: of the training.
        advance: called with (updates done, updates in all).
    """
    import tensorflow as tf

    from compare.running.preload import peak_bytes

    set_dtype(dtype)
    exhibit = load_exhibit(reference)
    tf.zeros(())  # starts TensorFlow, which belongs to neither side
    before = peak_bytes()
    start = time.perf_counter()
    problem = _problem(files, rows, source, dtype)
    recorder = Recorder(problem, advance)
    watch = Watch(recorder.tick)
    with turned("graph"), watch.watching():
        returned = exhibit(problem)
    seconds = time.perf_counter() - start
    grown = peak_bytes() - before
    recorder.take(watch, returned)
    results = results_of(returned, problem)
    run = recorder.trajectory(reference, "graph", results, losses=False)
    return run, Pass(seconds, recorder.first - start, grown)


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
