"""Whether the fields of a report that was read belong together.

`compare.records.json_form` holds each field against its type. Charts and pages
rely on more: as many rows here as there, both sides where both are shown,
nothing divided by zero. What this program writes is so; a file may come from
anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compare.judging.soundness.fields import Faults, numbers, scaling, sided
from compare.judging.soundness.lesson import LESSON, lesson_faults
from compare.records import UsageError
from compare.records.growth import Growth
from compare.records.problem import Table
from compare.records.report import Report
from compare.records.request import Request


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
    yield from numbers(report, "")
    for number, lesson in enumerate(report.lessons):
        yield from lesson_faults(lesson, f"lessons[{number}]")
    if ladder := report.ladder:
        if not ladder.rungs:
            yield "ladder.rungs", "is empty"
        yield from sided(ladder, "ladder", ("first", "whole"))
        for number, rung in enumerate(ladder.rungs):
            place = f"ladder.rungs[{number}]"
            yield from sided(rung, place, ("sizes", "added", "running"))
    yield from _studies(report)


def _studies(report: Report) -> Faults:
    """Check what other commands than `run` write."""
    if report.growth:
        yield from _growth(report.growth)
    if (found := report.calibration) and not found.reference:
        yield "calibration.reference", "is empty"
    if report.streaming:
        for number, cell in enumerate(report.streaming.cells):
            place = f"streaming.cells[{number}].passes"
            yield from _times([one.seconds for one in cell.passes], place)
    if report.fit:
        for number, breakdown in enumerate(report.fit.breakdowns):
            place = f"fit.breakdowns[{number}].samples"
            if not breakdown.samples:
                yield place, "is empty"
            yield from _times([s.seconds for s in breakdown.samples], place)
    if report.peers:
        for number, peer in enumerate(report.peers.results):
            place = f"peers.results[{number}].samples"
            yield from _times([s.per_update for s in peer.samples], place)


def _times(seconds: Sequence[float], at: str) -> Faults:
    if not all(one > 0 for one in seconds):
        yield at, "has times that are not above 0"


def _growth(growth: Growth) -> Faults:
    cells = {(cell.variant, cell.size) for cell in growth.cells}
    if not growth.lines:
        yield "growth.lines", "is empty"
    for number, line in enumerate(growth.lines):
        place = f"growth.lines[{number}]"
        if not line.values or not all(value > 0 for value in line.values):
            yield f"{place}.values", "is not of numbers above 0"
        for way in growth.variants:
            if any((way.name, size) not in cells for size in line.sizes):
                yield place, f"has sizes without a cell of {way.name!r}"


def _request(request: Request) -> Faults:
    yield from numbers(request, "request")
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
        yield from scaling(table.scaling, f"{at}.scaling", table.x.shape[1])
    for name in ("x", "y"):
        if not np.isfinite(getattr(table, name)).all():
            yield f"{at}.{name}", "has a number that is not finite"
