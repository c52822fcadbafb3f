"""Whether what a lesson's report holds belongs together."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from compare.judging.soundness.fields import Faults, scaling, sided
from compare.lessons.losses import log_likelihoods, predictions
from compare.records import SIDES, Trajectory
from compare.records.rates import RateRun
from compare.records.report import LessonReport, Points, first_pair

LESSON = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
"""What a lesson may be called: its exhibits are modules, its charts files."""


def lesson_faults(lesson: LessonReport, at: str) -> Faults:
    """Yield what contradicts itself."""
    if not LESSON.fullmatch(lesson.lesson):
        name = lesson.lesson[:80]
        yield f"{at}.lesson", f"is {name!r}, which no lesson is called"
    yield from sided(lesson, at, ("sources", "sizes"))
    if not lesson.verdicts:
        yield f"{at}.verdicts", "is empty"
    recorded = lesson.recorded_updates
    if recorded.ndim != 1 or (recorded.size and recorded.dtype.kind != "i"):
        yield f"{at}.recorded_updates", "is not a list of whole numbers"
    elif recorded.size and (recorded[0] < 0 or (np.diff(recorded) <= 0).any()):
        yield f"{at}.recorded_updates", "does not rise from 0"
    for number, run in enumerate(lesson.trajectories):
        place = f"{at}.trajectories[{number}]"
        yield from _trajectory(run, place, len(recorded))
    yield from scaling(lesson.scaling, f"{at}.scaling", lesson.features)
    yield from _units(lesson, f"{at}.user_parameters")
    yield from _theory(lesson, at)
    yield from _points(lesson, f"{at}.points")
    found = lesson.convergence.distance if lesson.convergence else {}
    for side, distances in found.items():
        if {"float32", "float64"} - set(distances):
            place = f"{at}.convergence.distance[{side!r}]"
            yield place, "lacks float32 or float64"
    yield from _rates(lesson, f"{at}.rates")


def _trajectory(run: Trajectory, at: str, recorded: int) -> Faults:
    if run.losses.ndim != 1 or not 1 <= len(run.losses) <= recorded:
        yield f"{at}.losses", f"is not a list of 1 to {recorded} numbers"
        return
    if not run.parameters:
        yield f"{at}.parameters", "is empty"
    for field in ("parameters", "results"):
        for name, values in getattr(run, field).items():
            if run.dtype == "float32" and _beyond_float32(values):
                yield f"{at}.{field}[{name!r}]", "is beyond float32"
    for name, values in run.parameters.items():
        place = f"{at}.parameters[{name!r}]"
        if values.ndim < 1 or len(values) != len(run.losses):
            yield place, f"has not the {len(run.losses)} rows of losses"
        elif not values.size:
            yield place, "has no values"


def _beyond_float32(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool((np.abs(finite) > np.finfo(np.float32).max).any())


def _units(lesson: LessonReport, at: str) -> Faults:
    for side, found in lesson.user_parameters.items():
        place = f"{at}[{side!r}]"
        if {"kernel", "bias"} - set(found):
            yield place, "lacks kernel or bias"
        elif found["kernel"].size != lesson.features:
            yield place, f"has not {lesson.features} numbers in its kernel"
        elif found["bias"].ndim:
            yield place, "has more than one number as bias"


def _theory(lesson: LessonReport, at: str) -> Faults:
    truth = lesson.theory
    if truth is None:
        return
    place = f"{at}.theory.closed_form"
    yield from _line(truth.closed_form, place, lesson.features)
    for number, run in enumerate(lesson.trajectories):
        place = f"{at}.trajectories[{number}]"
        yield from _line(run.results, f"{place}.results", lesson.features)
        last = {name: values[-1] for name, values in run.parameters.items()}
        yield from _line(last, f"{place}.parameters", lesson.features)


def _line(found: Mapping[str, np.ndarray], at: str, features: int) -> Faults:
    """Check kernel and bias of a linear model."""
    sizes = {name: np.size(found.get(name, ())) for name in ("kernel", "bias")}
    if sizes != {"kernel": features, "bias": 1}:
        yield at, f"has not a kernel of {features} numbers and a bias of one"


def _points(lesson: LessonReport, at: str) -> Faults:
    points = lesson.points
    if points is None:
        return
    rows = len(points.x) if points.x.ndim else 0
    shapes = {points.y.shape} - {(rows,), (rows, 1)}
    if shapes or not rows or points.x.size != rows * lesson.features:
        yield at, f"is not rows of {lesson.features} features and a target"
        return
    if points.hessian is not None and points.hessian.shape != (2, 2):
        yield f"{at}.hessian", "is not two rows of two"
    if points.hessian is not None and lesson.theory is None:
        yield f"{at}.hessian", "is there, but no theory"
    pair = first_pair(lesson.trajectories)
    shapes = {
        tuple((n, v.shape[1:]) for n, v in sorted(run.parameters.items()))
        for run in pair
    }
    if len(shapes) > 1:
        yield at, "are of sides whose parameters have other names or shapes"
    for run in pair:
        if not _fits(run, points):
            yield at, "do not fit the parameters that were trained"


def _fits(run: Trajectory, points: Points) -> bool:
    """Whether the parameters can be applied to the points."""
    first = {name: values[0] for name, values in run.parameters.items()}
    y = points.y.ravel()
    try:
        with np.errstate(all="ignore"):
            if y.dtype.kind == "i" and "kernel" in first:
                found = log_likelihoods(first, points.x, y)
                return found.shape == y.shape and bool((y >= 0).all())
            return predictions(first, points.x).shape == y.shape
    except (KeyError, IndexError, ValueError):
        return False


def _rates(lesson: LessonReport, at: str) -> Faults:
    runs = {s: [r for r in lesson.rates if r.side == s] for s in SIDES}
    if len(runs["manual"]) != len(runs["keras"]):
        yield at, "has not as many runs by hand as in Keras"
    truth = lesson.theory
    if runs["manual"] and (truth is None or not truth.largest_learning_rate):
        yield at, "is there, but the theory of its limit is not"
    for number, run in enumerate(lesson.rates):
        yield from _rate(run, f"{at}[{number}]")


def _rate(run: RateRun, at: str) -> Faults:
    if run.losses.ndim != 1 or not len(run.losses):
        yield f"{at}.losses", "is not a list of numbers"
        return
    for name in ("kernel", "bias"):
        values = run.parameters.get(name, np.empty(0))
        if values.size != len(run.losses) or len(values) != values.size:
            yield f"{at}.parameters[{name!r}]", "has not a number per loss"
