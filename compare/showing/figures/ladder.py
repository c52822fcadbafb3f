"""The ladder of lessons as a chart."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.judging.codesize import MEASURES
from compare.records import SIDES
from compare.records.ladder import Ladder
from compare.showing.figures.style import COLOURS, HATCHES, NAMES, tidy
from compare.studies.ladder import ALL_AT_ONCE, FIRST


def ladder_chart(ladder: Ladder, measure: str) -> Figure:
    """Draw what each feature adds, and the running sum beside the whole."""
    height = 0.8 + 0.4 * len(ladder.rungs)
    figure = Figure(figsize=(10, height), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    _draw_features(left, ladder, measure)
    _draw_sum(right, ladder, measure)
    figure.legend(
        *left.get_legend_handles_labels(),
        loc="outside upper center",
        ncols=2,
        frameon=False,
    )
    return figure


def _draw_features(axes: Axes, ladder: Ladder, measure: str) -> None:
    names = [rung.lesson for rung in ladder.rungs]
    for place, side in enumerate(SIDES):
        bars = axes.barh(
            [row + 0.2 - 0.4 * (1 - place) for row in range(len(names))],
            [getattr(rung.added[side], measure) for rung in ladder.rungs],
            height=0.38,
            color=COLOURS[side],
            hatch=HATCHES[side],
            edgecolor="white",
            label=NAMES[side],
        )
        axes.bar_label(bars, padding=3, fontsize=9)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.8)
    axes.margins(x=0.12)
    axes.set_title("What each feature adds", fontsize=11)
    axes.set_xlabel(MEASURES[measure])
    tidy(axes)


def _draw_sum(axes: Axes, ladder: Ladder, measure: str) -> None:
    counted = [rung for rung in ladder.rungs if rung.counted]
    names = [FIRST, *(f"+ {rung.lesson}" for rung in counted)]
    for side in SIDES:
        sums = [
            getattr(ladder.first[side], measure),
            *(getattr(rung.running[side], measure) for rung in counted),
        ]
        axes.plot(sums, range(len(sums)), marker="o", color=COLOURS[side])
        whole = getattr(ladder.whole[side], measure)
        axes.plot(
            whole, len(sums), marker="D", markersize=8, color=COLOURS[side]
        )
        for row, value in [*enumerate(sums), (len(sums), whole)]:
            axes.annotate(
                str(value),
                (value, row),
                xytext=(9, 0) if side == "manual" else (-9, 0),
                textcoords="offset points",
                ha="left" if side == "manual" else "right",
                va="center",
                fontsize=9,
            )
    axes.set_yticks(range(len(names) + 1), [*names, ALL_AT_ONCE])
    axes.invert_yaxis()
    axes.margins(x=0.2)  # room for the labels on both sides
    axes.set_title(f"Running sum, and {ALL_AT_ONCE}", fontsize=11)
    axes.set_xlabel(MEASURES[measure])
    tidy(axes)
