"""What runs inside a fresh process of `grow`: one way at one size."""

from __future__ import annotations

import time

import numpy as np

from compare.lessons.losses import squared_error
from compare.records import Dtype, Trajectory
from compare.records.growth import Size, Way
from compare.records.problem import Problem
from compare.records.timing import Sample
from compare.running.processes import RunError
from compare.running.recording import Recorder, Report, to_arrays
from compare.running.worker import load_exhibit, set_dtype

SEED = 1
LEARNING_RATE = 0.01

CHECKED_CALLS, CHECKED_UPDATES = 2, 4
"""Calls that are compared, and the updates in each."""

CALL_VALUES = 10_000_000
CALL_UPDATES = (4, 100)
"""A call that makes several updates reads about so many values, within these
bounds: many updates of little work, few of much."""

LONG_SECONDS = 0.12
"""By how much the long one of the timed trainings exceeds the short one."""

STEP = 4
"""How much longer the next training is while that is not yet so."""

MOST_UPDATES = STEP**11


def table_of(size: Size, updates_per_call: int | None = None) -> Problem:
    """Make the same random table in every process; nothing is sent."""
    generator = np.random.default_rng(SEED)
    rows, features = size.rows, size.features
    x = generator.standard_normal((rows, features), dtype=np.float32)
    noise = generator.standard_normal((rows, 1), dtype=np.float32)
    truth = generator.standard_normal((features, 1), dtype=np.float32)
    few, many = CALL_UPDATES
    fitting = min(max(CALL_VALUES // x.size, few), many)
    return Problem(
        lesson="grow",
        title="Fit a plane to random rows, all in each update",
        data=f"{rows:,} random rows",
        x=x,
        y=x @ truth / np.float32(np.sqrt(features)) + noise,
        initial={
            "kernel": np.zeros((features, 1), np.float32),
            "bias": np.zeros(1, np.float32),
        },
        epochs=1,
        batch_size=rows,
        loss=squared_error,
        hyper={
            "learning_rate": LEARNING_RATE,
            "steps_per_call": updates_per_call or fitting,
        },
    )


def record_way(
    way: Way, size: Size, dtype: Dtype, report: Report
) -> Trajectory:
    """Make a few updates; return the parameters after each call."""
    set_dtype(dtype)
    problem = table_of(size, CHECKED_UPDATES)
    if dtype != "float32":
        problem = problem.astype(dtype)
    parameters, run = load_exhibit(way.function)(problem)
    recorder = Recorder(problem, report)
    values: dict[str, np.ndarray] = {}
    for call in range(1, CHECKED_CALLS + 1):
        run(CHECKED_UPDATES)
        values = to_arrays(parameters, "it returned")
        recorder.keep(call, values)
        report(call, CHECKED_CALLS)
    return recorder.trajectory(way.name, way.mode, values, losses=False)


def time_way(way: Way, size: Size, report: Report) -> Sample:
    """Time build, first call and the slope between a short and a long run.

    The long run grows until it exceeds the short one by `LONG_SECONDS`.
    """
    set_dtype("float32")  # starts Keras, whatever the way
    function = load_exhibit(way.function)
    problem = table_of(size)
    start_tensorflow()
    short = problem.steps_per_call if way.grouped else 1
    start = time.perf_counter()
    _, run = function(problem)
    build = time.perf_counter() - start

    def seconds(updates: int) -> float:
        begin = time.perf_counter()
        run(updates)
        return time.perf_counter() - begin

    first = seconds(short)
    runs = [(0, build), (short, seconds(short))]
    while runs[-1][1] - runs[1][1] < LONG_SECONDS:
        if runs[-1][0] > MOST_UPDATES:
            raise RunError(f"{way.name} takes no time: it makes no updates")
        longer = STEP * runs[-1][0]
        runs.append((longer, seconds(longer)))
    (few, little), (many, much) = runs[1], runs[-1]
    return Sample(
        build=build,
        first_call=first - little,
        per_epoch=(much - little) / (many - few),
        runs=tuple(runs),
    )


def start_tensorflow() -> None:
    """Let TensorFlow make its threads, which belongs to no way."""
    import tensorflow as tf

    tf.zeros(())
