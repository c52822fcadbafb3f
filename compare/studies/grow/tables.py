"""The tables that `grow` trains on, and by which variants."""

from __future__ import annotations

import numpy as np

from compare.lessons.losses import squared_error
from compare.records.growth import Size
from compare.records.problem import Problem
from compare.studies.variants import named

SIZES = (
    Size(5, 1),
    *(Size(10**power, 1) for power in range(2, 7)),
    *(Size(10_000, features) for features in (8, 64, 256, 1024)),
    *(Size(100_000, features) for features in (64, 1024)),
    Size(1_000_000, 64),
)

VARIANTS = named(
    "manual eager",
    "manual graph",
    "manual graph_loop",
    "manual xla",
    "manual xla_loop",
    "keras textbook",
    "keras repeat",
    "keras steps_per_execution",
    "keras jit_compile",
)

SEED = 1
LEARNING_RATE = 0.01

CALL_VALUES = 10_000_000
CALL_UPDATES = (4, 1_000)
"""A call that makes many updates reads about so many values, within these
bounds: many updates of little work, few of much."""


def table_of(size: Size, updates_per_call: int | None = None) -> Problem:
    """Make a random table, the same in every process.

    Args:
        size: of the table; x is float32, shape (rows, features).
        updates_per_call: without it, as many as suit the size.
    """
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
