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
from compare.showing.language import Speaker

BLACK, BLUE, GREEN = "#1b1f24", "#0072b2", "#00805e"
RED, OCHRE, PURPLE = "#c24e00", "#a87000", "#a8517f"

COLOURS = (BLACK, BLUE, BLUE, GREEN, GREEN, RED, OCHRE, OCHRE, PURPLE)
LOOKS = cycler(color=COLOURS) + cycler(marker="os^vDPX*h")
"""The page's colours. Each variant has a marker of its own, Keras's are
hollow; a dashed line makes many updates per call."""


def growth_chart(growth: Growth, who: Speaker) -> Figure:
    """Draw a panel per line: cost per update over rows or features."""
    columns = min(len(growth.lines), 2)
    rows = -(-len(growth.lines) // columns)
    figure = Figure(figsize=(style.WIDTH, 1.4 + 3.2 * rows))
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False).flat
    for axes in panels[len(growth.lines) :]:
        axes.set_visible(False)
    for axes, line in zip(panels, growth.lines, strict=False):
        _draw_line(axes, growth, line, who)
    style.entitle(figure, who.say("What an update costs"))
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
    )
    return figure


def _draw_line(axes: Axes, growth: Growth, line: Line, who: Speaker) -> None:
    axes.set_prop_cycle(LOOKS)
    costs = [_costs(growth, variant, line) for variant in growth.variants]
    for variant, cost in zip(growth.variants, costs, strict=True):
        hollow = "white" if variant.side == "keras" else None
        dashes = "--" if variant.fused else "-"
        axes.plot(
            *cost,
            label=variant.name,
            linestyle=dashes,
            markerfacecolor=hollow,
        )
    if any(cost.size for cost in costs):  # else a log scale is an error
        style.log_axis(axes, "x", most=4)
        style.log_axis(axes, "y")
    axes.set_title(
        who.count("{count} feature", "{count} features", line.fixed)
        if line.axis == "rows"
        else who.count("{count} row", "{count} rows", line.fixed)
    )
    axes.set(
        xlabel=who.gettext(line.axis),
        ylabel=who.say("milliseconds per update"),
    )
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
