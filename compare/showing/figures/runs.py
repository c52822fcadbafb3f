"""What charts read from a lesson's report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compare.lessons.losses import predictions
from compare.records.report import LessonReport, first_pair
from compare.records.runs import Trajectory
from compare.showing.figures.style import plain


def pair(lesson: LessonReport) -> tuple[Trajectory, ...]:
    """Return the run of each side in the first mode that both ran.

    Each up to its first row that is not finite; losses that a logarithmic
    scale has no place for are NaN. () where there is no such pair, or where a
    side never had finite numbers.
    """
    runs = tuple(map(_drawable, first_pair(lesson.trajectories)))
    return runs if all(len(run.losses) for run in runs) else ()


def _drawable(run: Trajectory) -> Trajectory:
    end = run.first_non_finite
    losses = run.losses[:end]
    shown = np.isfinite(losses) & (losses > 0)
    return replace(
        run,
        parameters={name: v[:end] for name, v in run.parameters.items()},
        losses=np.where(shown, losses, np.nan),
    )


def updates(lesson: LessonReport, run: Trajectory) -> np.ndarray:
    """Return the number of the update of each row of a run."""
    return lesson.recorded_updates[: len(run.losses)]


def predicts_numbers(lesson: LessonReport) -> bool:
    """Whether the points hold numbers that the parameters predict."""
    return lesson.points is not None and lesson.points.y.dtype.kind == "f"


def shown_data(lesson: LessonReport) -> tuple[np.ndarray, np.ndarray]:
    """Return the points in the units of the user's table.

    x has shape (rows, features), y has (rows,).
    """
    assert lesson.points is not None
    x = lesson.points.x.reshape(len(lesson.points.x), -1).astype(float)
    y = lesson.points.y.ravel().astype(float)
    if (scaling := lesson.scaling) is not None:
        x = x * scaling.feature_scales + scaling.feature_means
        y = y * scaling.target_scale + scaling.target_mean
    return x, y


def predicted(
    lesson: LessonReport, run: Trajectory, number: int, x: np.ndarray
) -> np.ndarray:
    """Return a row's predictions for x, both in the units of the table."""
    if (scaling := lesson.scaling) is None:
        return predictions(run.state(number), x)
    x = (x - scaling.feature_means) / scaling.feature_scales
    y_hat = predictions(run.state(number), x)
    return y_hat * scaling.target_scale + scaling.target_mean


def column(lesson: LessonReport, index: int = 0) -> str:
    """Return a feature's name."""
    return plain(lesson.scaling.features[index]) if lesson.scaling else "x"


def target(lesson: LessonReport) -> str:
    """Return the target's name."""
    return plain(lesson.scaling.target) if lesson.scaling else "y"
