"""What a report keeps of long runs and of large data, to be drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from compare.judging.differences import ulps_apart
from compare.judging.theory import hessian
from compare.lessons.losses import OF_ROWS
from compare.records import Mode
from compare.records.findings import Theory
from compare.records.problem import Problem
from compare.records.report import Points
from compare.records.runs import Snapshot, Trajectory

FRAMES = 300
"""Most rows of a trajectory that a report keeps."""

FEWEST, NUMBERS = 10, 80_000
"""Rows at least, and about how many numbers all rows that are drawn have: a
number takes some 20 bytes in a report."""

LEADING = 8
"""Numbers of each parameter that are kept of runs too large for that."""

SHOWN_NUMBERS = 2000
"""About how many numbers of the rows a report keeps."""


@dataclass(frozen=True)
class Thinned:
    """What is kept of runs.

    Attributes:
        updates: the number of each row's update.
        runs: with these rows.
        apart: where parameters were cut, how far the drawn ones are apart in
            all their numbers after each update, in units in the last place;
            else None, for that can be read off them.
    """

    updates: np.ndarray
    runs: tuple[Trajectory, ...]
    apart: np.ndarray | None = None


def thinned(
    runs: Sequence[Trajectory], drawn: Sequence[Trajectory]
) -> Thinned:
    """Choose what a report keeps of runs that have been judged.

    Of a model too large for FRAMES rows fewer are kept, and of its runs that
    are not drawn only the beginning. Where FEWEST rows are still too large
    each parameter is cut to its first numbers.
    """
    numbers = sum(
        v[0].size for run in drawn or runs for v in run.parameters.values()
    )
    cut = bool(drawn) and numbers * FEWEST > NUMBERS
    fitting = max(NUMBERS // max(numbers, 1), FEWEST)
    most = FRAMES if cut else min(FRAMES, fitting)
    kept = frames(runs, most)
    whole = runs if most == FRAMES and not cut else drawn
    long = [any(run is each for each in whole) for run in runs]
    short = [
        thin(run, kept if all_rows else kept[:1])
        for run, all_rows in zip(runs, long, strict=True)
    ]
    if not cut:
        return Thinned(kept, tuple(short))
    apart = ulps_by_row([thin(run, kept) for run in drawn])
    return Thinned(kept, tuple(map(leading, short, long)), apart)


def leading(run: Trajectory, drawn: bool) -> Trajectory:
    """Keep the first numbers of each parameter; its end if it is drawn."""
    results = {
        name: value
        for name, value in run.results.items()
        if drawn or name not in run.parameters
    }
    parameters = {
        name: values.reshape(len(values), -1)[:, :LEADING]
        for name, values in run.parameters.items()
    }
    return replace(run, parameters=parameters, results=results)


def ulps_by_row(runs: Sequence[Trajectory]) -> np.ndarray:
    """Return how far the first runs are apart, in units in the last place.

    Returns:
        int, for each row that both have the largest difference of all
        parameters.
    """
    left, right = (run.parameters for run in runs)
    rows = min(run.rows for run in runs)
    apart = [
        ulps_apart(
            values[:rows].reshape(rows, -1),
            right[name][:rows].reshape(rows, -1),
        ).max(axis=1)
        for name, values in left.items()
        if name in right
    ]
    return np.asarray(np.max(apart, axis=0, initial=0))


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
