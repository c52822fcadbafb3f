"""What the moving charts are drawn from: recorded data of the real runs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compare.differences import ulps_apart
from compare.losses import log_likelihoods, predict
from compare.records import SIDES, Theory, Trajectory
from compare.records.report import LessonReport, Points, first_pair

SERIES = 8
"""Most parameters whose way is drawn, one line each."""

GRID = 1000
"""Steps into which predictions are rounded: finer than a screen shows."""


def learning(lesson: LessonReport) -> dict[str, Any] | None:
    """Return the frames of a lesson's runs, or None without a pair."""
    runs = first_pair(lesson.trajectories)
    if not runs:
        return None
    frames = min(len(run.losses) for run in runs)
    updates = lesson.recorded_updates[:frames].astype(int).tolist()
    apart = _ulps(runs, frames)
    scene: dict[str, Any] = {
        "updates": updates,
        "mode": runs[0].mode,
        "losses": _both([run.losses[:frames] for run in runs]),
        "ulps": apart.tolist(),
        "parameters": _parameters(runs, frames),
        "line": None,
        "bowl": None,
        "predictions": None,
    }
    points = lesson.points
    if points is None:
        return scene
    if lesson.features == 1 and "kernel" in runs[0].parameters:
        scene["line"] = _line(lesson, points)
        scene["bowl"] = _bowl(lesson.theory, runs[0])
    else:
        scene["predictions"] = _predictions(runs, points, frames)
    return scene


def rates(lesson: LessonReport) -> dict[str, Any] | None:
    """Return the learning rates that were tried, or None without any."""
    if not lesson.rates or lesson.theory is None:
        return None
    by_rate: dict[float, dict[str, Any]] = {}
    for run in lesson.rates:
        entry = by_rate.setdefault(run.rate, {"rate": run.rate})
        entry[run.side] = run
    tried = []
    for entry in by_rate.values():
        if not all(side in entry for side in SIDES):
            continue
        pair = [entry[side] for side in SIDES]
        tried.append(
            {
                "rate": entry["rate"],
                "outcome": pair[0].outcome,
                "same": pair[1].same_bits,
                "losses": _both([run.losses for run in pair]),
                "paths": _both([_path(run.parameters) for run in pair]),
            }
        )
    return {
        "limit": lesson.theory.largest_learning_rate,
        "own": lesson.learning_rate,
        "bowl": _bowl(lesson.theory, lesson.rates[0]),
        "tried": tried,
    }


def _ulps(runs: tuple[Trajectory, ...], frames: int) -> np.ndarray:
    """Return the largest difference of each frame, in last places."""
    manual, keras = (run.parameters for run in runs)
    apart = [
        ulps_apart(
            values[:frames].reshape(frames, -1),
            keras[name][:frames].reshape(frames, -1),
        ).max(axis=1)
        for name, values in manual.items()
        if name in keras
    ]
    return np.asarray(np.max(apart, axis=0, initial=0))


def _parameters(
    runs: tuple[Trajectory, ...], frames: int
) -> list[dict[str, Any]]:
    """Return name and course of the first parameters, value by value."""
    series = []
    for name in runs[0].parameters:
        sides = [
            run.parameters[name][:frames].reshape(frames, -1)
            for run in runs
            if name in run.parameters
        ]
        for place in range(sides[0].shape[1]):
            label = name if sides[0].shape[1] == 1 else f"{name}[{place}]"
            course = _both([side[:, place] for side in sides])
            series.append({"name": label, **course})
    return series[:SERIES]


def _line(lesson: LessonReport, points: Points) -> dict[str, Any]:
    scaling = lesson.scaling
    return {
        "x": _numbers(points.x.ravel()),
        "y": _numbers(points.y),
        "feature": scaling.features[0] if scaling else "x",
        "target": scaling.target if scaling else "y",
    }


def _bowl(theory: Theory | None, run: Any) -> dict[str, Any] | None:
    """Return the quadratic that the loss is over kernel and bias."""
    if theory is None or theory.hessian.shape != (2, 2):
        return None
    lowest = np.array(
        [float(np.ravel(theory.closed_form[n])[0]) for n in ("kernel", "bias")]
    )
    start = _path(run.parameters)[0] - lowest
    least = float(run.losses[0] - start @ theory.hessian @ start / 2)
    return {
        "lowest": _numbers(lowest),
        "hessian": theory.hessian.tolist(),
        "least": max(least, 0.0),
    }


def _path(parameters: dict[str, np.ndarray]) -> np.ndarray:
    """Return kernel and bias of each frame, shape (frames, 2)."""
    return np.stack(
        [
            parameters[name].reshape(len(parameters[name])).astype(float)
            for name in ("kernel", "bias")
        ],
        axis=1,
    )


def _predictions(
    runs: tuple[Trajectory, ...], points: Points, frames: int
) -> dict[str, Any]:
    """Return what is predicted for each point in each frame.

    Of classes it is the probability of the right one. Numbers are in steps
    of 1 / GRID of the range that is drawn.
    """
    classes = points.y.dtype.kind in "iu" and len(points.y) > 0
    found = []
    for run in runs:
        rows = []
        for frame in range(frames):
            now = {n: v[frame] for n, v in run.parameters.items()}
            if classes:
                rows.append(np.exp(log_likelihoods(now, points.x, points.y)))
            else:
                rows.append(predict(now, points.x).ravel())
        found.append(np.stack(rows))
    shown = [f[np.isfinite(f)] for f in (*found, points.y.astype(float))]
    if classes:
        low, high = 0.0, 1.0
    else:
        truth = shown[-1]
        reach = float(np.ptp(truth)) or 1.0
        low, high = float(truth.min() - reach), float(truth.max() + reach)
        low = max(low, min(float(s.min()) for s in shown if s.size))
        high = min(high, max(float(s.max()) for s in shown if s.size))
    steps = [
        np.clip((f - low) / (high - low) * GRID, -1, GRID + 1) for f in found
    ]
    return {
        "truth": points.y.tolist() if classes else _numbers(points.y),
        "classes": bool(classes),
        "low": low,
        "high": high,
        "grid": GRID,
        **_both([_whole(s) for s in steps]),
    }


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
