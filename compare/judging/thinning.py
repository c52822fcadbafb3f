"""What a report keeps of long runs and of large data, to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compare.judging.theory import hessian
from compare.lessons.losses import is_of_columns
from compare.records.findings import Theory
from compare.records.problem import Problem
from compare.records.report import Points
from compare.records.runs import Trajectory

FRAMES = 300
"""Most rows of a trajectory that a report keeps."""

SHOWN_NUMBERS = 2000
"""About how many numbers of the rows a report keeps."""


def frames(runs: Sequence[Trajectory]) -> np.ndarray:
    """Choose at most FRAMES updates: the first ones, then evenly the rest.

    Most of the way is made in the first updates.
    """
    last = max((run.updates for run in runs), default=0)
    first = min(last, FRAMES // 6)
    rest = np.linspace(first, last, FRAMES - first).round()
    return np.unique(np.r_[:first, rest].astype(int))


def points(problem: Problem, truth: Theory | None) -> Points | None:
    """Choose rows to be drawn, evenly, and describe the loss around them.

    None where the rows are no columns of numbers, but text, say.
    """
    if not is_of_columns(problem.loss):
        return None
    columns = problem.x.reshape(len(problem.x), -1)
    shown = max(min(len(columns), SHOWN_NUMBERS // columns.shape[1]), 1)
    rows = np.linspace(0, len(columns) - 1, shown).round().astype(int)
    return Points(
        x=problem.x[rows],
        y=problem.y[rows],
        hessian=hessian(problem.x)
        if truth is not None and columns.shape[1] == 1
        else None,
        least_loss=problem.loss(truth.closed_form, problem.x, problem.y)
        if truth is not None
        else None,
    )


def thin(run: Trajectory, frames: np.ndarray) -> Trajectory:
    """Keep these updates of a run."""
    kept = frames[frames <= run.updates]
    return replace(
        run,
        parameters={name: v[kept] for name, v in run.parameters.items()},
        losses=run.losses[kept],
    )
