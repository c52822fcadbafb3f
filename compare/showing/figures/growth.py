"""What an update costs by rows and features, as a chart."""

from __future__ import annotations

from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.judging.trends import costs_of
from compare.records.growth import Growth, Line
from compare.showing.figures import style
from compare.showing.language import Speaker

COLOURS = tuple(style.INKS[n] for n in (0, 1, 1, 2, 2, 3, 4, 4, 5))
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
    known = costs_of(growth.cells)
    for variant in growth.variants:
        costs = {
            value: 1e3 * known[variant.name, size]
            for value, size in zip(line.values, line.sizes, strict=True)
            if (variant.name, size) in known
        }
        axes.plot(
            list(costs),
            list(costs.values()),
            label=variant.name,
            linestyle="--" if variant.fused else "-",
            markerfacecolor="white" if variant.side == "keras" else None,
        )
    if any((v.name, s) in known for v in growth.variants for s in line.sizes):
        style.log_axis(axes, "x", most=4)  # without a value it is an error
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
