"""Whether the fields of a report that was read belong together.

`compare.json_form` holds each field against its type. Charts and pages rely
on more: as many rows here as there, both sides where both are shown, nothing
divided by zero. What this program writes is so; a file may come from anywhere.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from compare.losses import log_likelihoods, predictions
from compare.records import SIDES, Theory, Trajectory, UsageError
from compare.records.problem import Table
from compare.records.rates import RateRun
from compare.records.report import LessonReport, Points, Report, first_pair
from compare.request import Request

Faults = Iterator[tuple[str, str]]
"""Where, and what is wrong there."""

LESSON = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
"""What a lesson may be called: its exhibits are modules, its charts files."""

MAY_BE_INFINITE = {
    "left",
    "right",
    "difference",
    "largest_difference",
    "float64_difference",
    "float64_bound",
    "distance",
    "bound",
    "gap",
    "mended_gap",
    "first_update",
    "losses",
    "parameters",
    "results",
    "ends",
    "user_parameters",
    "hyper",
}
"""Fields that tell of trainings, which may leave the finite numbers."""

ABOVE_ZERO = {
    "rows",
    "features",
    "batch_size",
    "workers",
    "cpus",
    "learning_rate",
    "updates_per_epoch",
    "epoch_seconds",
    "trials",
    "processes",
    "process_seconds",
    "epochs",
    "rounds",
    "budget",
    "timeout",
    "steps",
    "rate",
    "fixed",
    "limit",
    "largest_curvature",
    "largest_learning_rate",
    "feature_scales",
    "target_scale",
}
"""Fields that something is divided by, or that count what is there."""

LARGEST = 1e100
"""Beyond it a square, as charts take it, overflows."""


def check_report(report: Report) -> None:
    """Refuse a report whose fields contradict each other.

    Raises:
        UsageError: says which field does.
    """
    _refuse(_report(report))


def check_request(request: Request) -> None:
    """Refuse a request that no command could have made.

    Raises:
        UsageError: says which field is wrong.
    """
    _refuse(_request(request))


def check_lesson_name(name: str) -> None:
    """Refuse what is no lesson's name before a file is called so.

    Raises:
        UsageError: it has other signs than letters, digits and _.
    """
    if not LESSON.fullmatch(name):
        raise UsageError(
            f"{name[:80]!r} is not a lesson's name: it takes letters, digits "
            "and _, a letter first"
        )


def _refuse(faults: Faults) -> None:
    for place, fault in faults:
        raise UsageError(f"{place.removeprefix('.')} {fault}")


def _report(report: Report) -> Faults:
    yield from _numbers(report, "")
    for number, lesson in enumerate(report.lessons):
        yield from _lesson(lesson, f"lessons[{number}]")
    if ladder := report.ladder:
        if not ladder.rungs:
            yield "ladder.rungs", "is empty"
        yield from _sided(ladder, "ladder", ("first", "whole"))
        for number, rung in enumerate(ladder.rungs):
            place = f"ladder.rungs[{number}]"
            yield from _sided(rung, place, ("sizes", "added", "running"))
    yield from _studies(report)


def _studies(report: Report) -> Faults:
    """Check what other commands than `run` write."""
    if growth := report.growth:
        cells = {(cell.way, cell.size) for cell in growth.cells}
        if not growth.lines:
            yield "growth.lines", "is empty"
        for number, line in enumerate(growth.lines):
            place = f"growth.lines[{number}]"
            if not all(v > 0 for v in line.values) or not line.values:
                yield f"{place}.values", "is not of numbers above 0"
            for way in growth.ways:
                if any((way.name, size) not in cells for size in line.sizes):
                    yield place, f"has sizes without a cell of {way.name!r}"
    if (found := report.calibration) and not found.reference:
        yield "calibration.reference", "is empty"
    if streaming := report.streaming:
        for number, cell in enumerate(streaming.cells):
            if any(one.seconds <= 0 for one in cell.passes):
                place = f"streaming.cells[{number}].passes"
                yield place, "has seconds that are not above 0"
    for number, breakdown in enumerate(
        report.fit.breakdowns if report.fit else ()
    ):
        place = f"fit.breakdowns[{number}].samples"
        if not breakdown.samples:
            yield place, "is empty"
        elif any(one.seconds <= 0 for one in breakdown.samples):
            yield place, "has seconds that are not above 0"
    for number, peer in enumerate(
        report.peers.results if report.peers else ()
    ):
        if any(one.per_update <= 0 for one in peer.samples):
            place = f"peers.results[{number}].samples"
            yield place, "has times that are not above 0"


def _request(request: Request) -> Faults:
    yield from _numbers(request, "request")
    if not request.lessons:
        yield "request.lessons", "is empty"
    if not request.modes:
        yield "request.modes", "is empty"
    if request.settings.table is not None:
        yield from _table(request.settings.table, "request.settings.table")


def _table(table: Table, at: str) -> Faults:
    if table.x.ndim != 2 or min(table.x.shape) < 1 or len(table.x) < 2:
        yield f"{at}.x", "is not at least two rows of numbers"
    elif table.y.shape != (len(table.x), 1):
        yield f"{at}.y", f"has not the shape ({len(table.x)}, 1)"
    else:
        yield from _scaling(table.scaling, f"{at}.scaling", table.x.shape[1])
    for name in ("x", "y"):
        if not np.isfinite(getattr(table, name)).all():
            yield f"{at}.{name}", "has a number that is not finite"


def _numbers(value: Any, at: str, name: str = "") -> Faults:
    """Check every number below a record for what its field's name asks."""
    if dataclasses.is_dataclass(value):
        for item in dataclasses.fields(value):
            place = f"{at}.{item.name}".removeprefix(".")
            yield from _numbers(getattr(value, item.name), place, item.name)
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _numbers(one, f"{at}[{number}]", name)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _numbers(one, f"{at}[{key!r}]", name)
    elif isinstance(value, np.ndarray | int | float):
        yield from _number(np.asarray(value), at, name)


def _number(values: np.ndarray, at: str, name: str) -> Faults:
    if name not in MAY_BE_INFINITE:
        if not np.isfinite(values).all():
            yield at, "is not finite"
        elif values.dtype.kind == "f" and (np.abs(values) > LARGEST).any():
            yield at, f"is beyond {LARGEST:g}"
    if name in ABOVE_ZERO and not (values > 0).all():
        yield at, "is not above 0"


def _sided(record: Any, at: str, names: Sequence[str]) -> Faults:
    for name in names:
        found: Mapping[str, Any] = getattr(record, name)
        for side in SIDES:
            if side not in found:
                yield f"{at}.{name}", f"lacks the side {side!r}"


def _lesson(lesson: LessonReport, at: str) -> Faults:
    if not LESSON.fullmatch(lesson.lesson):
        name = lesson.lesson[:80]
        yield f"{at}.lesson", f"is {name!r}, which no lesson is called"
    yield from _sided(lesson, at, ("sources", "sizes"))
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
    yield from _scaling(lesson.scaling, f"{at}.scaling", lesson.features)
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
    for name, values in run.parameters.items():
        place = f"{at}.parameters[{name!r}]"
        if values.ndim < 1 or len(values) != len(run.losses):
            yield place, f"has not the {len(run.losses)} rows of losses"
        elif not values.size:
            yield place, "has no values"


def _scaling(scaling: Any, at: str, features: int) -> Faults:
    if scaling is None:
        return
    if len(scaling.features) != features:
        yield f"{at}.features", f"does not name {features} features"
    for name in ("feature_means", "feature_scales"):
        if getattr(scaling, name).shape != (features,):
            yield f"{at}.{name}", f"is not a list of {features} numbers"


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
    truth: Theory | None = lesson.theory
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
