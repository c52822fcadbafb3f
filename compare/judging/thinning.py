"""What a report keeps of long runs and of large data, to be drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from compare.judging.theory import hessian
from compare.lessons.losses import OF_ROWS
from compare.records import Mode
from compare.records.findings import Theory
from compare.records.problem import Problem
from compare.records.report import Points
from compare.records.runs import Snapshot, Trajectory

FRAMES = 300
"""Most rows of a trajectory that a report keeps."""

FEWEST, NUMBERS = 10, 300_000
"""Rows at least, and about how many numbers all rows that are drawn have."""

SHOWN_NUMBERS = 2000
"""About how many numbers of the rows a report keeps."""


def thinned(
    runs: Sequence[Trajectory], drawn: Sequence[Trajectory]
) -> tuple[np.ndarray, tuple[Trajectory, ...]]:
    """Return the updates that are kept, and the runs with these.

    Of a network too large for FRAMES rows fewer are kept, and of its runs
    that are not drawn the first row alone.
    """
    numbers = sum(v[0].size for r in drawn for v in r.parameters.values())
    most = min(FRAMES, max(NUMBERS // max(numbers, 1), FEWEST))
    kept = frames(runs, most)
    whole = runs if most == FRAMES else drawn
    return kept, tuple(
        thin(run, kept if any(run is each for each in whole) else kept[:1])
        for run in runs
    )


def frames(runs: Sequence[Trajectory], most: int = FRAMES) -> np.ndarray:
    """Choose updates, at most so many: the first ones, then evenly the rest.

    Most of the way is made in the first updates.
    """
    last = max((run.updates for run in runs), default=0)
    first = min(last, most // 6)
    rest = np.linspace(first, last, most - first).round()
    return np.unique(np.r_[:first, rest].astype(int))


def points(problem: Problem, truth: Theory | None) -> Points | None:
    """Choose rows to be drawn, evenly, and describe the loss around them.

    None where a row is more than something to predict a number or a class of.
    """
    if getattr(problem.loss, "func", problem.loss) not in OF_ROWS:
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


def snapshots(runs: Sequence[Trajectory]) -> tuple[Snapshot, ...]:
    """Return a digest of the bits per state; equal runs share them."""
    classes: dict[tuple[str, ...], list[tuple[str, Mode]]] = {}
    for run in runs:
        rows = tuple(_digest(run.state(row)) for row in range(run.rows))
        classes.setdefault(rows, []).append((run.side, run.mode))
    return tuple(Snapshot(tuple(own), rows) for rows, own in classes.items())


def _digest(state: dict[str, np.ndarray]) -> str:
    whole = hashlib.blake2b(digest_size=6)
    for _, value in sorted(state.items()):
        whole.update(value.tobytes())
    return whole.hexdigest()
