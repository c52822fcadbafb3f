"""The parameters over the updates, and predicted against true values."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from compare.records.report import LessonReport
from compare.records.runs import Trajectory
from compare.showing.figures import runs, style
from compare.showing.language import Speaker

DOTS: dict[str, tuple[str, float]] = {"manual": ("o", 6), "keras": (".", 3)}
"""Marker and size: a small dot in a large one."""

MOST = 21
"""Labels beside the lines; of more parameters the most moved are named."""


def parameters_chart(lesson: LessonReport, who: Speaker) -> Figure | None:
    """Draw how each parameter moves, and what is predicted in the end."""
    if not runs.pair(lesson) or lesson.features < 2:
        return None
    height = max(4.1, 1.6 + 0.215 * min(len(_names(lesson)), MOST))
    figure = Figure(figsize=(style.WIDTH, height))
    if runs.predicts_numbers(lesson):
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        draw_predictions(right, lesson, who)
    else:
        left = figure.subplots()
    style.entitle(
        figure, who.say("how the parameters move"), who.gettext(lesson.title)
    )
    style.sides_legend(figure, who)
    _draw_parameters(left, lesson, who)
    return figure


def draw_predictions(
    axes: Axes, lesson: LessonReport, who: Speaker
) -> list[Line2D]:
    """Draw predicted over true values in the end; return each side's dots."""
    x, y = runs.shown_data(lesson)
    dots = []
    for run in runs.pair(lesson):
        marker, size = DOTS[run.side]
        colour = style.LINES[run.side]["color"]
        y_hat = runs.predicted(lesson, run, -1, x)
        dots += axes.plot(y, y_hat, marker, markersize=size, color=colour)
    axes.axline((y[0], y[0]), slope=1, color="black", linewidth=0.8, zorder=0)
    name = runs.target(lesson)
    axes.set(
        xlabel=who.say("{name}, true", name=name),
        ylabel=who.say("{name}, predicted", name=name),
    )
    style.number_axes(axes, most=5)
    return dots


def _draw_parameters(axes: Axes, lesson: LessonReport, who: Speaker) -> None:
    names = _names(lesson)
    for run in runs.pair(lesson):
        updates = runs.updates(lesson, run)
        for values in _numbers(run).T:
            line = style.draw_side(axes, run.side, updates, values)
            if len(names) > MOST:  # a bundle: thinner lines
                line.set_linewidth(float(line.get_linewidth()) / 2.5)
    axes.set(xlabel=who.say("update"), ylabel=who.say("parameter"))
    axes.set_xlim(0, max(float(lesson.recorded_updates[-1]), 1))
    style.number_axes(axes)
    if len(names) > MOST:
        axes.set_title(
            who.say(
                "{count} parameters; named: the {most} that moved most",
                count=_shown(lesson),
                most=MOST,
            ),
            fontsize=10,
            loc="left",
        )
    numbers = _numbers(runs.pair(lesson)[0])
    moved = np.abs(numbers[-1] - numbers[0])
    shown = np.sort(np.argsort(-moved, kind="stable")[:MOST])
    ends = [(float(numbers[-1, i]), names[i]) for i in shown]
    style.label_ends(axes, ends)


def _shown(lesson: LessonReport) -> str:
    """Say how many parameters are drawn; a report cuts large ones."""
    run = runs.pair(lesson)[0]
    drawn = len(_names(lesson))
    trained = sum(
        run.results.get(name, values[0]).size
        for name, values in run.parameters.items()
    )
    return f"{drawn} / {trained:,}" if drawn < trained else f"{drawn}"


def _numbers(run: Trajectory) -> np.ndarray:
    """Return all parameters side by side, shape (rows, parameters)."""
    flat = [v.reshape(len(v), -1) for v in run.parameters.values()]
    return np.column_stack(flat).astype(float)


def _names(lesson: LessonReport) -> list[str]:
    """Name each parameter: a kernel's entry by its column."""
    return [
        runs.column(lesson, index[0])
        if name == "kernel" and lesson.scaling and index
        else f"{name} {', '.join(map(str, index))}".rstrip()
        for name, values in runs.pair(lesson)[0].parameters.items()
        for index in np.ndindex(values[0].squeeze().shape)
    ]
