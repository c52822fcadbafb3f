"""Time per update in several frameworks as a chart."""

from __future__ import annotations

import statistics

from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import EngFormatter

from compare.records.peers import Kind, PeerResult, Peers
from compare.showing.figures.style import COLOURS, HATCHES, NAMES, tidy
from compare.showing.formats import seconds

KINDS: dict[Kind, tuple[str, str, str]] = {
    "manual": (NAMES["manual"], COLOURS["manual"], HATCHES["manual"]),
    "keras": (NAMES["keras"], COLOURS["keras"], HATCHES["keras"]),
    "other": ("other frameworks", "#009E73", "..."),
    "limit": ("the limit", "#999999", "xx"),
}
"""Name, colour (bluish green and grey of Okabe and Ito) and hatching."""


def peers_chart(peers: Peers) -> Figure:
    """Draw the median time per update, with smallest and largest."""
    timed = sorted(
        (result for result in peers.results if result.samples), key=_median
    )
    figure = Figure(figsize=(9, 1.4 + 0.36 * len(timed)), layout="constrained")
    axes = figure.subplots()
    axes.set_xscale("log")
    for row, result in enumerate(timed):
        _, colour, hatch = KINDS[result.kind]
        times = [sample.per_update for sample in result.samples]
        middle, low, high = _median(result), min(times), max(times)
        axes.barh(
            row,
            middle,
            height=0.7,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            xerr=[[middle - low], [high - middle]],
            error_kw={"capsize": 3, "linewidth": 1},
        )
        axes.annotate(
            seconds(middle),
            (high, row),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    _scale(figure, timed)
    axes.set_yticks(range(len(timed)), [result.name for result in timed])
    axes.xaxis.set_major_formatter(EngFormatter("s"))
    axes.set_xlabel("time per update, log scale; median, smallest, largest")
    axes.set_title(f"{peers.lesson}: the same training, timed", fontsize=11)
    tidy(axes)
    return figure


def _scale(figure: Figure, timed: list[PeerResult]) -> None:
    """Leave room for the labels; explain the colours."""
    (axes,) = figure.axes
    times = [s.per_update for result in timed for s in result.samples]
    axes.set_xlim(min(times) / 3, max(times) * 6)
    kinds = dict.fromkeys(result.kind for result in reversed(timed))
    figure.legend(
        handles=[
            Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=name)
            for name, colour, hatch in (KINDS[kind] for kind in kinds)
        ],
        loc="outside upper center",
        ncols=len(kinds),
        frameon=False,
    )


def _median(result: PeerResult) -> float:
    return statistics.median(sample.per_update for sample in result.samples)
