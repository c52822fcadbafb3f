"""What the moving charts are drawn from: recorded data of the real runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from compare.judging.theory import pack
from compare.judging.thinning import ulps_by_row
from compare.lessons.losses import log_likelihoods, predictions, tells_classes
from compare.records.rates import RateRun
from compare.records.report import LessonReport, Points, first_pair
from compare.records.runs import Trajectory

SERIES = 8
"""Most parameters whose way is drawn, one line each."""

LONGEST = 20
"""Most letters of a parameter's name in a chart."""

POINTS = 60
"""Most points whose prediction is drawn."""

GRID = 1000
"""Steps into which predictions are rounded: finer than a screen shows."""


def learning(lesson: LessonReport) -> dict[str, Any] | None:
    """Return the frames of a lesson's runs, or None without a pair."""
    runs = first_pair(lesson.trajectories)
    if not runs:
        return None
    frames = min(len(run.losses) for run in runs)
    updates = lesson.recorded_updates[:frames].astype(int).tolist()
    apart = lesson.apart
    if apart is None:
        apart = ulps_by_row(runs)
    scene: dict[str, Any] = {
        "updates": updates,
        "mode": runs[0].mode,
        "losses": _both([run.losses[:frames] for run in runs]),
        "ulps": apart[:frames].tolist(),
        "parameters": _parameters(lesson, runs, frames),
        "all_parameters": sum(
            runs[0].results.get(name, values[0]).size
            for name, values in runs[0].parameters.items()
        ),
        "line": None,
        "bowl": None,
        "predictions": None,
    }
    points = lesson.points
    if points is None:
        return scene
    if lesson.features == 1 and "kernel" in runs[0].parameters:
        scene["line"] = _line(lesson, points)
        bowl = _bowl(lesson)
        scene["bowl"] = bowl if bowl and _is_loss(bowl, runs[0]) else None
    else:
        scene["predictions"] = _predictions(runs, points, frames)
    return scene


def rates(lesson: LessonReport) -> dict[str, Any] | None:
    """Return the learning rates that were tried, or None without any."""
    bowl = _bowl(lesson)
    if not lesson.rates or lesson.theory is None or bowl is None:
        return None
    points = lesson.points
    assert points is not None  # a bowl is of points
    return {
        **_line(lesson, points),
        "bowl": bowl,
        "own": _singles(np.array([lesson.learning_rate]))[0],
        "updates": len(lesson.rates[0].losses) - 1,
        "tried": [
            {
                "rate": _singles(np.array([manual.rate]))[0],
                "manual": _path(manual),
            }
            for manual, _ in lesson.rate_pairs
        ],
    }


def _parameters(
    lesson: LessonReport, runs: tuple[Trajectory, ...], frames: int
) -> list[dict[str, Any]]:
    """Return name and course of the first parameters, value by value.

    What a column of the table is multiplied by bears the column's name.
    """
    columns = lesson.scaling.features if lesson.scaling else ()
    series = []
    for name in runs[0].parameters:
        sides = [
            run.parameters[name][:frames].reshape(frames, -1)
            for run in runs
            if name in run.parameters
        ]
        for place in range(sides[0].shape[1]):
            label = name if sides[0].shape[1] == 1 else f"{name}[{place}]"
            if name == "kernel" and sides[0].shape[1] == len(columns):
                label = _short(columns[place])
            course = _both([side[:, place] for side in sides])
            series.append({"name": label, **course})
    return series[:SERIES]


def _short(name: str) -> str:
    """Cut the name of a column where a chart would have no room for it."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _line(lesson: LessonReport, points: Points) -> dict[str, Any]:
    scaling = lesson.scaling
    return {
        "x": _singles(points.x),
        "y": _singles(points.y),
        "whole": len(points.x) == lesson.rows,
        "feature": scaling.features[0] if scaling else "x",
        "target": scaling.target if scaling else "y",
    }


def _bowl(lesson: LessonReport) -> dict[str, Any] | None:
    """Return the quadratic that the loss is over kernel and bias."""
    points, theory = lesson.points, lesson.theory
    if points is None or points.hessian is None or theory is None:
        return None
    return {
        "lowest": _numbers(pack(theory.closed_form)[[0, -1]]),
        "hessian": points.hessian.tolist(),
        "least": points.least_loss or 0.0,
    }


def _is_loss(bowl: dict[str, Any], run: Trajectory) -> bool:
    """Whether a run's first loss is the bowl's: a penalty is not in it."""
    gap = pack(run.state(0)) - np.array(bowl["lowest"], float)
    found = bowl["least"] + gap @ np.array(bowl["hessian"]) @ gap / 2
    return bool(np.isclose(found, run.losses[0], rtol=1e-3))


def _path(run: RateRun) -> list[list[float | None]]:
    """Return kernel and bias after each update."""
    both = (_singles(run.parameters[name]) for name in ("kernel", "bias"))
    return [list(pair) for pair in zip(*both, strict=True)]


def _predictions(
    runs: tuple[Trajectory, ...], points: Points, frames: int
) -> dict[str, Any]:
    """Return what is predicted for each point in each frame.

    Of classes it is the probability of the right one. Numbers are in steps
    of 1 / GRID of the range that is drawn.
    """
    kept = np.linspace(0, len(points.x) - 1, POINTS).round().astype(int)
    kept = np.unique(kept)
    x, y = points.x[kept], points.y[kept].ravel()
    classes = tells_classes(runs[0].parameters, y)
    found = [_predicted(run, x, y, frames, classes) for run in runs]
    low, high = (0.0, 1.0) if classes else _reach(y, found)
    steps = [
        np.clip((f - low) / (high - low) * GRID, -1, GRID + 1) for f in found
    ]
    return {
        "truth": y.tolist() if classes else _numbers(y),
        "classes": classes,
        "low": low,
        "high": high,
        "grid": GRID,
        **_both([_whole(s) for s in steps]),
    }


def _predicted(
    run: Trajectory, x: np.ndarray, y: np.ndarray, frames: int, classes: bool
) -> np.ndarray:
    """Return predictions, or probabilities of y, shape (frames, points)."""
    rows = []
    with np.errstate(over="ignore", invalid="ignore"):
        for frame in range(frames):
            now = run.state(frame)
            if classes:
                rows.append(np.exp(log_likelihoods(now, x, y)))
            else:
                rows.append(predictions(now, x))
    return np.stack(rows)


def _reach(
    truth: np.ndarray, found: Sequence[np.ndarray]
) -> tuple[float, float]:
    """Return the range to be drawn: what overshoots far is left outside."""
    room = float(np.ptp(truth)) or 1.0
    shown = np.concatenate([f[np.isfinite(f)] for f in (*found, truth)])
    return (
        max(float(truth.min()) - room, float(shown.min())),
        min(float(truth.max()) + room, float(shown.max())),
    )


def _whole(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.nan_to_num(values.round(), nan=-1).astype(int))


def _both(sides: list[np.ndarray]) -> dict[str, Any]:
    """Return both sides' numbers; Keras's are None where they are equal."""
    manual = sides[0]
    equal = len(sides) > 1 and np.array_equal(manual, sides[1], True)
    return {
        "manual": _numbers(manual),
        "keras": None if equal else _numbers(sides[-1]),
    }


def _numbers(values: np.ndarray) -> Any:
    """Return numbers of seven digits, None where they are not finite."""
    if values.ndim > 1:
        return [_numbers(row) for row in values]
    if values.dtype.kind in "iu":
        return values.tolist()
    return [
        float(f"{value:.7g}") if math.isfinite(value) else None
        for value in values.astype(float)
    ]


def _singles(values: np.ndarray) -> list[float | None]:
    """Return float32 numbers to their last bit, None if not finite."""
    with np.errstate(over="ignore"):
        singles = values.ravel().astype(np.float32)
    return [
        float(str(value)) if np.isfinite(value) else None for value in singles
    ]
