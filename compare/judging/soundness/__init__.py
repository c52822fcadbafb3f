"""Whether the fields of a report that was read belong together.

`compare.records.json_form` holds each field against its type. Charts and pages
rely on more: as many rows here as there, both sides where both are shown,
nothing divided by zero. What this program writes is so; a file may come from
anywhere.
"""

from __future__ import annotations

from compare.judging.soundness.fields import (
    check_fields,
    check_scaling,
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
    check_fields(report)
    for at, lesson in entries(report.lessons, "lessons"):
        check_lesson(lesson, at)
    if report.ladder:
        _check_ladder(report.ladder)
    if report.growth:
        _check_growth(report.growth)


def check_request(request: Request) -> None:
    """Refuse a request that no command could have made.

    Raises:
        UsageError: says which field is wrong.
    """
    check_fields(request, "request")
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
    for name in ("first", "whole"):
        for at, size in entries(getattr(ladder, name), f"ladder.{name}"):
            volume = min(size.statements, size.tokens, size.nodes)
            require(volume > 0, at, "is not the size of any code")


def _check_growth(growth: Growth) -> None:
    measured = {(cell.variant, cell.size) for cell in growth.cells}
    for at, line in entries(growth.lines, "growth.lines"):
        for variant in growth.variants:
            missing = {(variant.name, size) for size in line.sizes} - measured
            fault = f"has sizes without a cell of {variant.name!r}"
            require(not missing, at, fault)


def _check_table(table: Table, path: str) -> None:
    rows, features = table.x.shape if table.x.ndim == 2 else (0, 0)
    filled = rows > 1 and features
    require(filled, f"{path}.x", "is not at least two rows of numbers")
    column = table.y.shape == (rows, 1)
    require(column, f"{path}.y", f"has not the shape ({rows}, 1)")
    check_scaling(table.scaling, f"{path}.scaling", features)
