"""The section on growth: what an update costs, by rows and features."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from compare.records.growth import Crossing, Growth, Line
from compare.records.report import Report
from compare.showing.page.language import marked
from compare.showing.page.say import Speaker
from compare.showing.terminal.formats import digits, seconds

TITLES = {
    "rows": marked("More rows; features: {fixed}"),
    "features": marked("More features; rows: {fixed}"),
}

AXES = {"rows": marked("rows"), "features": marked("features")}

OUTCOMES = {
    "reached": marked("from {at} on"),
    "never above": marked("at every size"),
    "still above": marked("not within these sizes"),
}


def growth(
    reports: Sequence[Report], speaker: Speaker
) -> dict[str, Any] | None:
    """Return a table for each line of sizes, or None without any."""
    found = next((r.growth for r in reports if r.growth), None)
    if found is None:
        return None
    return {
        "threshold": f"{found.threshold:g}",
        "lines": [_line(found, line, speaker) for line in found.lines],
        "left_out": found.left_out,
    }


def _line(found: Growth, line: Line, speaker: Speaker) -> dict[str, Any]:
    cells = {(cell.variant, cell.size): cell.samples for cell in found.cells}
    fitted = {e.variant: e.value for e in found.exponents if e.line == line}
    rows = []
    for way in found.variants:
        samples = [cells.get((way.name, size), ()) for size in line.sizes]
        times = [
            seconds(statistics.median(s.per_epoch for s in group))
            if group
            else "–"
            for group in samples
        ]
        power = (
            f"{round(fitted[way.name], 2) + 0.0:.2f}"
            if way.name in fitted
            else "–"
        )
        rows.append((way.name, times, power))
    return {
        "scene": _scene(found, line, speaker),
        "title": speaker.say(TITLES[line.axis], fixed=f"{line.fixed:,}"),
        "values": [f"{value:,}" for value in line.values],
        "rows": rows,
        "crossings": [
            _crossing(one, speaker)
            for one in found.crossings
            if one.line == line
        ],
    }


def _scene(found: Growth, line: Line, speaker: Speaker) -> dict[str, Any]:
    """Return what the chart draws: each way's median seconds by size."""
    cells = {(cell.variant, cell.size): cell.samples for cell in found.cells}
    return {
        "label": speaker.gettext(AXES[line.axis]),
        "values": line.values,
        "ways": [
            {
                "name": way.name,
                "keras": way.side == "keras",
                "costs": [
                    statistics.median(s.per_epoch for s in samples)
                    if (samples := cells.get((way.name, size)))
                    else None
                    for size in line.sizes
                ],
            }
            for way in found.variants
        ],
    }


def _crossing(one: Crossing, speaker: Speaker) -> dict[str, Any]:
    ratios = dict(one.ratios)
    at = "" if one.at is None else f"{float(f'{one.at:.2g}'):,.0f}"
    return {
        "way": one.variant,
        "against": one.against,
        "ratios": [
            digits(ratios[value]) if value in ratios else "–"
            for value in one.line.values
        ],
        "place": speaker.say(OUTCOMES[one.outcome], at=at),
    }
