"""Whether what a lesson's report holds belongs together."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from compare.judging.soundness.fields import (
    check_scaling,
    entries,
    require,
)
from compare.lessons.losses import log_likelihoods, predictions, tells_classes
from compare.records.findings import Theory
from compare.records.picture import Picture
from compare.records.report import LessonReport, Points, first_pair
from compare.records.runs import Trajectory

LESSON = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
"""What a lesson may be called: its exhibits are modules, its charts files."""


def check_lesson(lesson: LessonReport, path: str) -> None:
    """Refuse a lesson's report that contradicts itself.

    Raises:
        UsageError: says which field does.
    """
    name = f"is {lesson.lesson[:80]!r}, which no lesson is called"
    require(LESSON.fullmatch(lesson.lesson), f"{path}.lesson", name)
    recorded = lesson.recorded_updates
    at = f"{path}.recorded_updates"
    whole = recorded.dtype.kind == "i" or not recorded.size
    require(whole and recorded.ndim == 1, at, "is not a list of whole numbers")
    rises = (np.diff(recorded, prepend=-1) > 0).all()
    require(rises, at, "does not rise from 0")
    for at, run in entries(lesson.trajectories, f"{path}.trajectories"):
        _check_trajectory(run, at, len(recorded))
    if lesson.apart is not None:
        fits = lesson.apart.ndim == 1 and lesson.apart.dtype.kind == "i"
        fits = fits and len(lesson.apart) == _rows_of_pair(lesson)
        wanted = "is not a whole number for each row that both runs have"
        require(fits, f"{path}.apart", wanted)
    check_scaling(lesson.scaling, f"{path}.scaling", lesson.features)
    for at, line in entries(lesson.user_parameters, f"{path}.user_parameters"):
        _check_line(line, at, lesson.features)
        require(not line["bias"].ndim, at, "has not one number as bias")
    if lesson.theory:
        _check_theory(lesson, lesson.theory, path)
    if lesson.points:
        _check_points(lesson, lesson.points, f"{path}.points")
    if lesson.convergence:
        distance = lesson.convergence.distance
        for at, of_side in entries(distance, f"{path}.convergence.distance"):
            both = {"float32", "float64"} <= set(of_side)
            require(both, at, "lacks float32 or float64")
    for at, pair in entries(lesson.paired, f"{path}.paired"):
        complete = len(pair.opening) in (0, len(pair.factors))
        require(complete, f"{at}.opening", "is not one for each process")
    for at, picture in entries(lesson.pictures, f"{path}.pictures"):
        check_picture(picture, at)
    _check_rates(lesson, f"{path}.rates")


def _rows_of_pair(lesson: LessonReport) -> int:
    rows = (len(run.losses) for run in first_pair(lesson.trajectories))
    return min(rows, default=0)


def _check_trajectory(run: Trajectory, path: str, recorded: int) -> None:
    rows = len(run.losses) if run.losses.ndim == 1 else 0
    listed = f"is not a list of 1 to {recorded} numbers"
    require(1 <= rows <= recorded, f"{path}.losses", listed)
    for at, values in entries(run.parameters, f"{path}.parameters"):
        long = values.ndim and len(values) == rows
        require(long, at, f"has not the {rows} rows of losses")
        require(values.size, at, "has no values")
    if run.dtype == "float32":
        _check_float32(run.parameters, f"{path}.parameters")
        _check_float32(run.results, f"{path}.results")


def _check_float32(values: Mapping[str, np.ndarray], path: str) -> None:
    for at, numbers in entries(values, path):
        finite = np.abs(numbers[np.isfinite(numbers)])
        within = (finite <= np.finfo(np.float32).max).all()
        require(within, at, "is beyond float32")


def _check_theory(lesson: LessonReport, theory: Theory, path: str) -> None:
    at = f"{path}.theory.closed_form"
    _check_line(theory.closed_form, at, lesson.features)
    for at, run in entries(lesson.trajectories, f"{path}.trajectories"):
        _check_line(run.results, f"{at}.results", lesson.features)
        _check_line(run.state(-1), f"{at}.parameters", lesson.features)


def _check_line(
    parameters: Mapping[str, np.ndarray], path: str, features: int
) -> None:
    """Require kernel and bias of a linear model."""
    sizes = [np.size(parameters.get(name, ())) for name in ("kernel", "bias")]
    wanted = f"has not a kernel of {features} numbers and a bias of one"
    require(sizes == [features, 1], path, wanted)


def _check_points(lesson: LessonReport, points: Points, path: str) -> None:
    rows = len(points.x) if points.x.ndim else 0
    fits = points.y.shape in ((rows,), (rows, 1))
    fits = fits and points.x.size == rows * lesson.features > 0
    wanted = f"is not rows of {lesson.features} features and a target"
    require(fits, path, wanted)
    if points.hessian is not None:
        square = points.hessian.shape == (2, 2)
        require(square, f"{path}.hessian", "is not two rows of two")
        require(lesson.theory, f"{path}.hessian", "is there, but no theory")
    pair = first_pair(lesson.trajectories)
    shapes = [
        {name: values.shape[1:] for name, values in run.parameters.items()}
        for run in pair
    ]
    alike = "are of sides whose parameters have other names or shapes"
    require(shapes[1:] == shapes[:-1], path, alike)
    for run in pair:
        fits = _applies_to(run, points)
        require(fits, path, "do not fit the parameters that were trained")


def check_picture(picture: Picture, path: str) -> None:
    """Refuse a picture that cannot be drawn."""
    for at, images in entries(picture.images, f"{path}.images"):
        values = images.values
        require(
            values.ndim == 3 and values.size,
            at,
            "is not a list of matrices with numbers",
        )
        count, rows, columns = values.shape
        for names, most in (
            (images.captions, count),
            (images.rows, rows),
            (images.columns, columns),
        ):
            wanted = f"has not {most} names where it has any"
            require(len(names) in (0, most), at, wanted)
    for at, curves in entries(picture.curves, f"{path}.curves"):
        for one, curve in entries(curves.curves, f"{at}.curves"):
            shape = curve.points.shape
            pairs = len(shape) == 2 and shape[1] == 2
            require(pairs, one, "is not a list of pairs")


def _applies_to(run: Trajectory, points: Points) -> bool:
    """Whether the parameters can be applied to the points."""
    first, y = run.state(0), points.y.ravel()
    try:
        with np.errstate(all="ignore"):
            if tells_classes(first, y):
                likelihoods = log_likelihoods(first, points.x, y)
                return likelihoods.shape == y.shape and bool((y >= 0).all())
            return predictions(first, points.x).shape == y.shape
    except (KeyError, IndexError, ValueError):
        return False


def _check_rates(lesson: LessonReport, path: str) -> None:
    sides = [run.side for run in lesson.rates]
    paired = sides.count("manual") == sides.count("keras")
    require(paired, path, "has not as many runs by hand as in Keras")
    limit = lesson.theory and lesson.theory.largest_learning_rate
    known = limit or not sides
    require(known, path, "is there, but the theory of its limit is not")
    for at, run in entries(lesson.rates, path):
        rows = len(run.losses) if run.losses.ndim == 1 else 0
        require(rows, f"{at}.losses", "is not a list of numbers")
        for name in ("kernel", "bias"):
            values = run.parameters.get(name, np.empty(0))
            fits = values.shape[:1] == (rows,) and values.size == rows
            where = f"{at}.parameters[{name!r}]"
            require(fits, where, "has not a number per loss")
