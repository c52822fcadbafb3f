"""What a report keeps of long runs and of many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compare.records import Trajectory
from compare.records.problem import Problem
from compare.records.report import Points

FRAMES = 300
"""Most rows of a trajectory that a report keeps."""

POINTS = 120
"""Most rows of the data that a report keeps, to be drawn."""


def frames_of(runs: Sequence[Trajectory]) -> np.ndarray:
    """Choose at most FRAMES updates, first and last among them."""
    last = max((run.updates for run in runs), default=0)
    return _spread(last, FRAMES)


def thin(run: Trajectory, frames: np.ndarray) -> Trajectory:
    """Keep the rows of these updates, as far as the run went."""
    kept = frames[frames <= run.updates]
    return replace(
        run,
        parameters={name: v[kept] for name, v in run.parameters.items()},
        losses=run.losses[kept],
    )


def points_of(problem: Problem) -> Points:
    """Choose at most POINTS rows of the data."""
    rows = len(problem.x)
    kept = _spread(rows - 1, POINTS)
    return Points(
        x=problem.x.reshape(rows, -1)[kept], y=problem.y.ravel()[kept]
    )


def _spread(last: int, most: int) -> np.ndarray:
    """Return at most so many whole numbers from 0 to the last, evenly."""
    return np.unique(np.linspace(0, last, most).round().astype(int))
