"""How long each side takes, phase by phase."""

from __future__ import annotations

import statistics

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from compare.judging import ratios
from compare.records import MODES, SIDES, Mode
from compare.records.report import LessonReport
from compare.records.timing import Timing
from compare.showing.figures.style import COLOURS, NAMES, WIDTH, log_axis
from compare.showing.formats import seconds, times

PHASES = {
    "build": "build",
    "first_call": "first call",
    "per_epoch": "per epoch",
}
MARKERS = {"manual": "o", "keras": "D"}


def speed_chart(lesson: LessonReport) -> Figure | None:
    """Draw the time of every phase, mode and side.

    A dot and not a bar: a logarithmic scale has no zero to start from.
    """
    timed = [t for t in lesson.timings if t.samples and not t.control]
    if not timed:
        return None
    modes = [mode for mode in MODES if any(t.mode == mode for t in timed)]
    figure = Figure(
        figsize=(WIDTH, 1.5 + 0.95 * len(modes)), layout="constrained"
    )
    columns = figure.subplots(1, 3, sharey=True, squeeze=False)[0]
    for axes, phase in zip(columns, PHASES, strict=True):
        _draw_phase(axes, timed, modes, phase)
    columns[0].set_yticks(
        range(len(modes)), [_mode_label(lesson, mode) for mode in modes]
    )
    columns[0].set_ylim(len(modes) - 0.5, -0.6)
    processes = len(timed[0].samples)
    figure.supxlabel(
        f"median and range of {processes} processes per side"
        if processes > 1
        else "one process per side",
        fontsize=10,
    )
    handles, labels = columns[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=2,
        frameon=False,
    )
    return figure


def _mode_label(lesson: LessonReport, mode: Mode) -> str:
    found = ratios.keras_to_manual(lesson.timings, mode)
    if found is None:
        return mode
    return f"{mode}\nper epoch, Keras\ntakes × {times(found)}"


def _draw_phase(
    axes: Axes, timed: list[Timing], modes: list[Mode], phase: str
) -> None:
    for side in SIDES:
        for timing in timed:
            if timing.side != side:
                continue
            values = [getattr(sample, phase) for sample in timing.samples]
            middle = statistics.median(values)
            height = modes.index(timing.mode) + (
                -0.15 if side == "manual" else 0.31
            )
            if min(values) <= 0:  # the slope over two lengths was noise
                where = axes.get_yaxis_transform()
                text = f"{NAMES[side].split()[0]}: lost in noise"
                axes.text(0.5, height, text, transform=where, ha="center")
                continue
            axes.plot(
                [min(values), max(values)],
                [height, height],
                color=COLOURS[side],
                linewidth=2,
            )
            axes.plot(
                middle,
                height,
                MARKERS[side],
                color=COLOURS[side],
                markeredgecolor="black",
                markersize=8,
                label=NAMES[side] if timing.mode == modes[0] else None,
            )
            axes.annotate(
                seconds(middle),
                (middle, height),
                xytext=(0, 8),
                textcoords="offset points",
                ha="center",
            )
    log_axis(axes, "x", lambda value, _: seconds(value))
    axes.set_xmargin(0.35)
    axes.autoscale_view()
    axes.xaxis.set_major_locator(NullLocator())  # every dot has its number
    axes.tick_params(axis="y", length=0)
    axes.set_title(PHASES[phase], fontsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    for row in range(1, len(modes)):
        axes.axhline(row - 0.5, color="#dddddd", linewidth=0.8)
