"""Whether the fields of a report that was read belong together.

`compare.records.json_form` holds each field against its type. Charts and pages
rely on more: as many rows here as there, both sides where both are shown,
nothing divided by zero. What this program writes is so; a file may come from
anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from compare.judging.soundness.fields import (
    check_numbers,
    check_scaling,
    check_sides,
    entries,
    require,
)
from compare.judging.soundness.lesson import LESSON, check_lesson
from compare.records import UsageError
from compare.records.growth import Growth
from compare.records.ladder import Ladder
from compare.records.problem import Table
from compare.records.report import Report
from compare.records.request import Request


def check_report(report: Report) -> None:
    """Refuse a report whose fields contradict each other.

    Raises:
        UsageError: says which field does.
    """
    check_numbers(report)
    for at, lesson in entries(report.lessons, "lessons"):
        check_lesson(lesson, at)
    if report.ladder:
        _check_ladder(report.ladder)
    if report.growth:
        _check_growth(report.growth)
    if report.calibration:
        reference = report.calibration.reference
        require(reference, "calibration.reference", "is empty")
    _check_times(report)


def check_request(request: Request) -> None:
    """Refuse a request that no command could have made.

    Raises:
        UsageError: says which field is wrong.
    """
    check_numbers(request, "request")
    require(request.lessons, "request.lessons", "is empty")
    require(request.modes, "request.modes", "is empty")
    if request.settings.table:
        _check_table(request.settings.table, "request.settings.table")


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


def _check_ladder(ladder: Ladder) -> None:
    require(ladder.rungs, "ladder.rungs", "is empty")
    check_sides(ladder, "ladder", ("first", "whole"))
    for name in ("first", "whole"):
        for at, size in entries(getattr(ladder, name), f"ladder.{name}"):
            volume = min(size.statements, size.tokens, size.nodes)
            require(volume > 0, at, "is not the size of any code")
    for at, rung in entries(ladder.rungs, "ladder.rungs"):
        check_sides(rung, at, ("sizes", "added", "running"))


def _check_growth(growth: Growth) -> None:
    require(growth.lines, "growth.lines", "is empty")
    measured = {(cell.variant, cell.size) for cell in growth.cells}
    for at, line in entries(growth.lines, "growth.lines"):
        above = line.values and min(line.values) > 0
        require(above, f"{at}.values", "is not of numbers above 0")
        for variant in growth.variants:
            missing = {(variant.name, size) for size in line.sizes} - measured
            fault = f"has sizes without a cell of {variant.name!r}"
            require(not missing, at, fault)


def _check_times(report: Report) -> None:
    """Require times above 0, which are divided by or drawn to their log."""
    if report.streaming:
        for at, cell in entries(report.streaming.cells, "streaming.cells"):
            seconds = [once.seconds for once in cell.passes]
            _require_above_zero(seconds, f"{at}.passes")
    if report.fit:
        for at, breakdown in entries(report.fit.breakdowns, "fit.breakdowns"):
            require(breakdown.samples, f"{at}.samples", "is empty")
            seconds = [sample.seconds for sample in breakdown.samples]
            _require_above_zero(seconds, f"{at}.samples")
    if report.peers:
        for at, peer in entries(report.peers.results, "peers.results"):
            seconds = [sample.per_update for sample in peer.samples]
            _require_above_zero(seconds, f"{at}.samples")


def _require_above_zero(seconds: Sequence[float], path: str) -> None:
    above = min(seconds, default=1) > 0
    require(above, path, "has times that are not above 0")


def _check_table(table: Table, path: str) -> None:
    rows, features = table.x.shape if table.x.ndim == 2 else (0, 0)
    filled = rows > 1 and features
    require(filled, f"{path}.x", "is not at least two rows of numbers")
    column = table.y.shape == (rows, 1)
    require(column, f"{path}.y", f"has not the shape ({rows}, 1)")
    check_scaling(table.scaling, f"{path}.scaling", features)
