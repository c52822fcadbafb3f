"""What an update costs by rows and features, as a chart."""

from __future__ import annotations

import statistics

import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.records.growth import Growth, Line
from compare.records.variants import Variant
from compare.showing.figures import style

BLACK, ORANGE, GREEN = "#000000", "#E69F00", "#009E73"
BLUE, VERMILLION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"

COLOURS = (BLACK, BLUE, GREEN, BLUE, GREEN, VERMILLION, ORANGE, ORANGE, PURPLE)
DASHES = ("-", "-", "-", "--", "--", "-", "-", "--", "--")
LOOKS = (
    cycler(color=COLOURS)
    + cycler(linestyle=DASHES)
    + cycler(marker="os^vDPX*h")
)
"""Colours of Okabe and Ito. Each variant has a marker of its own, Keras's are
hollow; a dashed line makes many updates per call."""


def growth_chart(growth: Growth) -> Figure:
    """Draw a panel per line: cost per update over rows or features."""
    columns = min(len(growth.lines), 2)
    rows = -(-len(growth.lines) // columns)
    figure = Figure(figsize=(style.WIDTH, 1 + 3.2 * rows))
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False).flat
    for axes in panels[len(growth.lines) :]:
        axes.set_visible(False)
    for axes, line in zip(panels, growth.lines, strict=False):
        _draw_line(axes, growth, line)
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside upper center",
        ncols=3,
    )
    return figure


def _draw_line(axes: Axes, growth: Growth, line: Line) -> None:
    axes.set_prop_cycle(LOOKS)
    costs = [_costs(growth, variant, line) for variant in growth.variants]
    for variant, cost in zip(growth.variants, costs, strict=True):
        hollow = "white" if variant.side == "keras" else None
        axes.plot(*cost, label=variant.name, markerfacecolor=hollow)
    if any(cost.size for cost in costs):  # else a log scale is an error
        style.log_axis(axes, "x", most=4)
        style.log_axis(axes, "y")
    other = "features" if line.axis == "rows" else "rows"
    if line.fixed == 1:
        other = other.removesuffix("s")
    axes.set_title(f"{line.fixed:,} {other}")
    axes.set(xlabel=line.axis, ylabel="milliseconds per update")
    axes.yaxis.set_tick_params(labelleft=True)
    axes.grid()


def _costs(growth: Growth, variant: Variant, line: Line) -> np.ndarray:
    """Return values and median milliseconds; 0 and less is noise, left out."""
    samples = {
        c.size: c.samples for c in growth.cells if c.variant == variant.name
    }
    medians = [
        (value, 1e3 * statistics.median(s.per_epoch for s in samples[size]))
        for value, size in zip(line.values, line.sizes, strict=True)
        if samples[size]
    ]
    return np.array([p for p in medians if p[1] > 0]).reshape(-1, 2).T
