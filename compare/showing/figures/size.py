"""How much code each side is."""

from __future__ import annotations

from matplotlib.figure import Figure

from compare.judging.codesize import MEASURES
from compare.records import SIDES
from compare.records.report import LessonReport
from compare.showing.figures.style import COLOURS, HATCHES, NAMES, WIDTH


def size_chart(lesson: LessonReport) -> Figure | None:
    """Draw a pair of bars per measure, each pair to its own scale."""
    if not lesson.sizes:
        return None
    figure = Figure(figsize=(WIDTH, 4.6), layout="constrained")
    axes = figure.subplots()
    for place, side in enumerate(SIDES):
        counts = [getattr(lesson.sizes[side], name) for name in MEASURES]
        most = [
            max(getattr(lesson.sizes[s], name) for s in SIDES) or 1
            for name in MEASURES
        ]
        bars = axes.barh(
            [row - 0.2 + 0.4 * place for row in range(len(MEASURES))],
            [count / m for count, m in zip(counts, most, strict=True)],
            height=0.38,
            color=COLOURS[side],
            hatch=HATCHES[side],
            edgecolor="white",
            label=NAMES[side],
        )
        axes.bar_label(bars, [f"{count:,}" for count in counts], padding=3)
    axes.set_yticks(range(len(MEASURES)), list(MEASURES.values()))
    axes.invert_yaxis()
    axes.set_xlim(0, 1.1)
    axes.xaxis.set_visible(False)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.set_title("Each pair of bars has a scale of its own", fontsize=10)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return figure
