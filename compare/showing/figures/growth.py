"""What an update costs by rows and features, as a chart."""

from __future__ import annotations

import statistics
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.records.growth import Growth, Line
from compare.records.variants import Variant
from compare.showing.figures.style import tidy

BLACK, ORANGE, GREEN = "#000000", "#E69F00", "#009E73"
BLUE, VERMILLION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
LOOKS: tuple[tuple[str, str, str], ...] = (
    (BLACK, "-", "o"),
    (BLUE, "-", "s"),
    (GREEN, "-", "^"),
    (BLUE, "--", "v"),
    (GREEN, "--", "D"),
    (VERMILLION, "-", "P"),
    (ORANGE, "-", "X"),
    (ORANGE, "--", "*"),
    (PURPLE, "--", "h"),
)
"""Colours of Okabe and Ito. Each way has a marker of its own, Keras's are
hollow; a dashed line makes many updates per call."""


def growth_chart(growth: Growth) -> Figure:
    """Draw a panel per line: cost per update over rows or features."""
    columns = min(len(growth.lines), 2)
    rows = -(-len(growth.lines) // columns)
    figure = Figure(figsize=(5 * columns, 4.2 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for axes in panels.flat[len(growth.lines) :]:
        axes.set_visible(False)
    for axes, line in zip(panels.flat, growth.lines, strict=False):
        _draw(axes, growth, line)
    handles, labels = panels.flat[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=columns + 1,
        frameon=False,
    )
    return figure


def _draw(axes: Axes, growth: Growth, line: Line) -> None:
    cells = {(cell.variant, cell.size): cell for cell in growth.cells}
    drawn = False
    for way, look in zip(
        growth.variants, _looks(growth.variants), strict=True
    ):
        points = [
            (value, statistics.median(s.per_epoch for s in cell.samples))
            for value, size in zip(line.values, line.sizes, strict=True)
            if (cell := cells[way.name, size]).samples
        ]
        points = [p for p in points if p[1] > 0]  # else noise, off the scale
        values, costs = [p[0] for p in points], [p[1] * 1e3 for p in points]
        axes.plot(values, costs, label=way.name, **look)
        drawn = drawn or bool(points)
    if drawn:  # a log scale of nothing is an error
        axes.set_xscale("log")
        axes.set_yscale("log")
    other = "features" if line.axis == "rows" else "rows"
    if line.fixed == 1:
        other = other.removesuffix("s")
    axes.set_title(f"{line.fixed:,} {other}", fontsize=11)
    axes.set_xlabel(line.axis)
    axes.set_ylabel("milliseconds per update")
    axes.yaxis.set_tick_params(labelleft=True)
    tidy(axes)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)


def _looks(ways: tuple[Variant, ...]) -> list[dict[str, Any]]:
    return [
        {
            "color": colour,
            "linestyle": style,
            "marker": marker,
            "markersize": 6,
            "linewidth": 1.4,
            "markerfacecolor": "white" if way.side == "keras" else colour,
        }
        for index, way in enumerate(ways)
        for colour, style, marker in [LOOKS[index % len(LOOKS)]]
    ]
