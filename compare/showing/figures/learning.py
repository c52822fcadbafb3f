"""The learning of a line: over the points, and downhill on the loss."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from compare.judging.theory import pack
from compare.records.report import LessonReport
from compare.showing.figures import runs, style
from compare.showing.language import Speaker

STAGES = (0.5, 0.15)
"""Shares of the way to go at which the line is shown between its ends."""


def learning_chart(lesson: LessonReport, who: Speaker) -> Figure | None:
    """Draw the line at some updates, and the path of the parameters."""
    if not runs.pair(lesson) or not is_line(lesson):
        return None
    figure = Figure(figsize=(style.WIDTH, 4.3))
    left, right = figure.subplots(1, 2)
    style.entitle(
        figure, who.say("the way to the least loss"), who.gettext(lesson.title)
    )
    style.sides_legend(figure, who)
    draw_path(right, lesson, who)
    draw_points(left, lesson)
    labels = []
    for row in _stages(lesson):
        *_, line = draw_lines(left, lesson, row)
        update = int(lesson.recorded_updates[row])
        after = who.say("after {updates}", updates=f"{update:,}")
        text = after if update else who.say("start")
        labels.append((float(np.asarray(line.get_ydata())[-1]), text))
    style.label_ends(left, labels, points=15)
    return figure


def is_line(lesson: LessonReport) -> bool:
    """Whether a line is fitted to one feature."""
    points = lesson.points
    return (
        points is not None
        and points.hessian is not None
        and lesson.features == 1
    )


def draw_points(axes: Axes, lesson: LessonReport) -> None:
    """Draw the data, and keep to where they are."""
    axes.scatter(*runs.shown_data(lesson), s=14, color="black", zorder=3)
    axes.margins(x=0.05, y=0.15)
    axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim())
    axes.set(xlabel=runs.column(lesson), ylabel=runs.target(lesson))
    style.number_axes(axes)


def draw_lines(axes: Axes, lesson: LessonReport, row: int) -> list[Line2D]:
    """Draw what each side has fitted after a row, from end to end."""
    ends = np.array(axes.get_xlim())
    lines = []
    for run in runs.pair(lesson):
        y_hat = runs.predicted(lesson, run, row, ends[:, None])
        lines.append(style.draw_side(axes, run.side, ends, y_hat))
    return lines


def draw_path(axes: Axes, lesson: LessonReport, who: Speaker) -> list[Line2D]:
    """Draw each side's path from start to end over the loss's contours."""
    assert lesson.theory is not None
    pair = runs.pair(lesson)
    start = pack(pair[0].state(0))
    end = pack(lesson.theory.closed_form)
    lines = []
    for run in pair:
        w, b = (run.parameters[name].ravel() for name in ("kernel", "bias"))
        lines.append(style.draw_side(axes, run.side, w, b))
    axes.plot(*start, "ko", fillstyle="none", markersize=8)
    axes.plot(*end, "kx", markersize=9, markeredgewidth=2)
    up = 1 if end[1] > start[1] else -1  # each name away from the other
    for (w, b), name, way in (
        (start, who.say("start"), -up),
        (end, who.say("closed form"), up),
    ):
        axes.annotate(
            name,
            (w, b),
            (0, 9 * way),
            textcoords="offset points",
            ha="center",
            va="bottom" if way > 0 else "top",
        )
    axes.margins(0.2)
    _draw_contours(axes, lesson)
    axes.set(xlabel=who.say("kernel w"), ylabel=who.say("bias b"))
    axes.spines[:].set_visible(True)
    style.number_axes(axes, most=5)
    return lines


def _draw_contours(axes: Axes, lesson: LessonReport) -> None:
    """Draw lines of equal loss above its least: half d'Hd for a line."""
    assert lesson.points is not None
    assert lesson.points.hessian is not None
    assert lesson.theory is not None
    limits = (axes.get_xlim(), axes.get_ylim())
    grid = np.meshgrid(*(np.linspace(*ends, 200) for ends in limits))
    away = np.stack(grid, axis=-1) - pack(lesson.theory.closed_form)
    height = np.sum(away @ lesson.points.hessian * away, axis=-1) / 2
    top = float(height.max())
    if top > 0:  # else the loss is flat: no contours
        levels = np.geomspace(top * 1e-5, top * 0.9, 14)
        axes.contour(
            *grid, height, levels, colors="#c4c4c4", linewidths=0.8, zorder=1
        )


def _stages(lesson: LessonReport) -> list[int]:
    """Choose rows: the start, some of the way, the last that both have."""
    assert lesson.points is not None
    rows = min(len(run.losses) for run in runs.pair(lesson))
    losses = runs.pair(lesson)[0].losses[:rows]
    above = np.maximum(losses - (lesson.points.least_loss or 0), 0)
    far = np.sqrt(above / max(above[0], 1e-300))
    between = [int(np.argmax(far <= s)) for s in STAGES if far.min() <= s]
    return sorted({0, *between, rows - 1})
