"""What charts read from a lesson's report."""

from __future__ import annotations

import numpy as np

from compare.lessons.losses import predictions
from compare.records import Trajectory
from compare.records.report import LessonReport, first_pair


def pair(lesson: LessonReport) -> tuple[Trajectory, ...]:
    """Return the run of each side in the first mode that both ran.

    () where there is none, or where a side never had finite numbers.
    """
    found = first_pair(lesson.trajectories)
    return found if all(finite_rows(run) for run in found) else ()


def drawable(run: Trajectory) -> np.ndarray:
    """Return the losses that a logarithmic scale has a place for, else NaN."""
    shown = np.isfinite(run.losses) & (run.losses > 0)
    return np.where(shown, run.losses, np.nan)


def updates(lesson: LessonReport, run: Trajectory) -> np.ndarray:
    """Return the number of the update of each row of a thinned run."""
    return lesson.recorded_updates[: len(run.losses)]


def row(run: Trajectory, number: int) -> dict[str, np.ndarray]:
    """Return the parameters in one row."""
    return {name: values[number] for name, values in run.parameters.items()}


def column(lesson: LessonReport, index: int | None) -> str:
    """Return a feature's name, or the target's for None."""
    if lesson.scaling is None:
        return "y" if index is None else f"x{index}"
    return (
        lesson.scaling.target
        if index is None
        else lesson.scaling.features[index]
    )


def predicts_numbers(lesson: LessonReport) -> bool:
    """Whether the points hold numbers that the parameters predict."""
    points = lesson.points
    return points is not None and points.y.dtype.kind == "f"


def is_line(lesson: LessonReport) -> bool:
    """Whether a line is fitted to one feature."""
    return (
        predicts_numbers(lesson)
        and lesson.features == 1
        and lesson.theory is not None
        and lesson.points is not None
        and lesson.points.hessian is not None
    )


def finite_rows(run: Trajectory) -> int:
    """Return how many rows hold finite numbers only, from the start."""
    end = run.first_non_finite
    return len(run.losses) if end is None else end


def predicted(
    lesson: LessonReport, run: Trajectory, number: int, x: np.ndarray
) -> np.ndarray:
    """Return predictions for x in the target's units."""
    found = predictions(row(run, number), x)
    if lesson.scaling is None:
        return found
    return found * lesson.scaling.target_scale + lesson.scaling.target_mean


def shown_data(lesson: LessonReport) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of the points in the units of the user's table."""
    assert lesson.points is not None
    x = lesson.points.x.reshape(len(lesson.points.x), -1).astype(float)
    y = lesson.points.y.ravel().astype(float)
    if (scaling := lesson.scaling) is not None:
        x = x * scaling.feature_scales + scaling.feature_means
        y = y * scaling.target_scale + scaling.target_mean
    return x, y
