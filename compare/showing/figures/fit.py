"""Where the time of `fit` goes, and the forms against each other: charts."""

from __future__ import annotations

import statistics

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.judging import fit as findings
from compare.records import SIDES, Side
from compare.records.fit import Breakdown, FitReport
from compare.showing.figures.style import COLOURS, NAMES, tidy
from compare.showing.formats import number, seconds

MILLISECONDS = 1e3

MARKERS: dict[Side, str] = {"manual": "o", "keras": "D"}
"""Points and not bars: on a log scale a bar's length says nothing."""


def fit_charts(report: FitReport) -> dict[str, Figure]:
    """Return the charts for which there are samples, by file name."""
    charts = {}
    if report.textbook:
        charts["fit-epoch"] = breakdown_chart(report.textbook)
    if any(form.samples for form in report.variants):
        charts["fit-forms"] = forms_chart(report)
    return charts


def breakdown_chart(breakdown: Breakdown) -> Figure:
    """Draw the parts of an epoch, median and range over processes."""
    figure = Figure(figsize=(8, 3.4), layout="constrained")
    axes = figure.subplots()
    rows = findings.rows(breakdown)
    middles = [statistics.median(row.seconds) for row in rows]
    axes.barh(
        range(len(rows)),
        [middle * MILLISECONDS for middle in middles],
        xerr=_ranges([row.seconds for row in rows], MILLISECONDS),
        color=COLOURS["keras"],
        edgecolor="white",
        capsize=3,
    )
    for place, row in enumerate(rows):
        _label(
            axes,
            max(row.seconds) * MILLISECONDS,
            place,
            f"{seconds(middles[place])}, {row.share:.0%}",
        )
    _finish(axes, [row.title for row in rows])
    axes.margins(x=0.25)
    axes.set_xlim(left=0)
    axes.set_xlabel(
        "ms per epoch; median and range over "
        + number(len(breakdown.samples), "process")
    )
    axes.set_title(
        f"An epoch of the textbook fit ({breakdown.mode})", fontsize=11
    )
    return figure


def forms_chart(report: FitReport) -> Figure:
    """Draw the time of every form on a log scale."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    forms = [
        form
        for form in report.variants
        if form.samples and min(form.per_update) > 0
    ]
    times = [[s * report.updates for s in form.per_update] for form in forms]
    for side in SIDES:
        places = [
            i for i, form in enumerate(forms) if form.variant.side == side
        ]
        axes.errorbar(
            [statistics.median(times[i]) * MILLISECONDS for i in places],
            places,
            xerr=_ranges([times[i] for i in places], MILLISECONDS),
            fmt=MARKERS[side],
            color=COLOURS[side],
            markersize=8,
            capsize=3,
            label=NAMES[side],
        )
    for place, values in enumerate(times):
        _label(
            axes,
            max(values) * MILLISECONDS,
            place,
            seconds(statistics.median(values)),
        )
    axes.set_xscale("log")
    _finish(axes, [form.name for form in forms])
    axes.margins(x=0.12)
    axes.set_xlabel(
        f"ms for {report.updates:,} updates, log scale; median and range over "
        "processes"
    )
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return figure


def _ranges(groups: list[list[float]], unit: float) -> list[list[float]]:
    """Return how far each group reaches below and above its median."""
    middles = [statistics.median(group) for group in groups]
    pairs = list(zip(groups, middles, strict=True))
    return [
        [(middle - min(group)) * unit for group, middle in pairs],
        [(max(group) - middle) * unit for group, middle in pairs],
    ]


def _label(axes: Axes, end: float, place: int, text: str) -> None:
    """Write to the right of a bar and its range."""
    axes.annotate(
        text,
        (end, place),
        xytext=(9, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
    )


def _finish(axes: Axes, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    tidy(axes)
