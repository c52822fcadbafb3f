"""The ladder of lessons as a chart."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.records import MEASURES, SIDES
from compare.records.ladder import Ladder
from compare.showing.figures import style
from compare.showing.language import Speaker
from compare.studies.ladder import ALL_AT_ONCE, FIRST, by_size


def ladder_chart(ladder: Ladder, measure: str, who: Speaker) -> Figure:
    """Draw every lesson's size, and the running sum beside the whole."""
    figure = Figure(figsize=(style.WIDTH, 2.1 + 0.4 * len(ladder.rungs)))
    left, right = figure.subplots(1, 2, width_ratios=(4, 3))
    _draw_lessons(left, ladder, measure, who)
    _draw_sum(right, ladder, measure, who)
    for axes in (left, right):
        axes.invert_yaxis()
        axes.grid(axis="x")
        axes.locator_params("x", nbins=5, integer=True)
    left.set_xlabel(who.gettext(MEASURES[measure]))
    style.entitle(figure, who.say("How long every lesson is"))
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def _draw_lessons(
    axes: Axes, ladder: Ladder, measure: str, who: Speaker
) -> None:
    lessons = by_size(ladder, measure)
    rows = range(len(lessons))
    for side, shift in zip(SIDES, (-0.2, 0.2), strict=True):
        bars = axes.barh(
            [row + shift for row in rows],
            [sizes[side] for _, sizes in lessons],
            height=0.38,
            label=who.side(side),
            **style.BARS[side],
        )
        axes.bar_label(bars, padding=3)
    axes.set_yticks(rows, [lesson for lesson, _ in lessons])
    axes.margins(x=0.12)
    axes.set_title(who.say("the shortest by hand first"))


def _draw_sum(axes: Axes, ladder: Ladder, measure: str, who: Speaker) -> None:
    counted = [rung for rung in ladder.rungs if rung.counted]
    names = [FIRST, *(f"+ {rung.lesson}" for rung in counted), ALL_AT_ONCE]
    rows = range(len(names))
    for side, shift, align in zip(
        SIDES, (9, -9), ("left", "right"), strict=True
    ):
        sizes = (ladder.first, *(r.running for r in counted), ladder.whole)
        values = [getattr(size[side], measure) for size in sizes]
        colour = style.BARS[side]["color"]
        axes.plot(values[:-1], rows[:-1], marker="o", color=colour)
        axes.plot(values[-1], rows[-1], "D", markersize=8, color=colour)
        for row, value in zip(rows, values, strict=True):
            axes.annotate(
                str(value),
                (value, row),
                xytext=(shift, 0),
                textcoords="offset points",
                ha=align,
                va="center",
            )
    axes.set_yticks(rows, names)
    axes.margins(x=0.35)  # room for the labels on both sides
    axes.set_title(who.say("running sum, and {lesson}", lesson=ALL_AT_ONCE))
