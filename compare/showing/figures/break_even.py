"""From when on a slower start pays."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.judging import ratios
from compare.records import MODES, SIDES, Mode, Side
from compare.records.report import LessonReport
from compare.showing.figures.style import (
    COLOURS,
    NAMES,
    WIDTH,
    label_ends,
    log_axis,
    short,
)
from compare.showing.formats import number, seconds

STYLES: dict[Mode, tuple[str, float]] = {
    "eager": ("-", 1.6),
    "graph": ("--", 1.8),
    "xla": (":", 2.4),
}


def break_even_chart(lesson: LessonReport) -> Figure | None:
    """Draw the time since the start over the updates, per mode."""
    evens = list(ratios.break_evens(lesson.timings))
    if not evens:
        return None
    last = 10 ** np.ceil(np.log10(max(even.updates for even in evens) * 10))
    figure = Figure(figsize=(WIDTH, 3.8), layout="constrained")
    columns = figure.subplots(1, 2, sharey=True)
    labels = []
    for axes, side in zip(columns, SIDES, strict=True):
        labels.append(_draw_side(axes, lesson, side, float(last)))
        axes.set_title(NAMES[side], fontsize=11)
    columns[0].set_ylabel("time since TensorFlow was imported")
    for axes, ends in zip(columns, labels, strict=True):
        label_ends(axes, ends, points=26)
    return figure


def _draw_side(
    axes: Axes, lesson: LessonReport, side: Side, last: float
) -> list[tuple[float, str]]:
    costs = {
        timing.mode: ratios.start_and_update(timing)
        for timing in lesson.timings
        if timing.side == side and timing.samples and not timing.control
    }
    evens = {
        even.mode: even.updates
        for even in ratios.break_evens(lesson.timings)
        if even.side == side
    }
    updates = np.geomspace(1, last, 200)
    ends: list[tuple[float, str]] = []
    for mode in (mode for mode in MODES if mode in costs):
        start, update = costs[mode]
        style, width = STYLES[mode]
        total = start + update * updates
        axes.plot(updates, total, style, linewidth=width, color=COLOURS[side])
        text: str = mode
        if mode in evens:
            text += f", pays after\n{number(evens[mode], 'update')}"
            at = evens[mode]
            axes.plot(at, start + update * at, "ko", markersize=5)
        ends.append((float(total[-1]), text))
    log_axis(axes, "x", short)
    log_axis(axes, "y", lambda value, _: seconds(value))
    axes.set_xlabel("updates")
    axes.set_xlim(1, last)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#dddddd", linewidth=0.6)
    return ends
