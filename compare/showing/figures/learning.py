"""The learning of a line: over the points, and downhill on the loss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from compare.judging.theory import pack
from compare.records import SIDES
from compare.records.report import LessonReport
from compare.showing.figures import runs
from compare.showing.figures.style import (
    WIDTH,
    draw_side,
    label_ends,
    plain,
    short,
    sides_legend,
)

STAGES = (0.5, 0.15)
"""Shares of the way to go at which the line is shown between its ends."""

Surface = Callable[[np.ndarray, np.ndarray], np.ndarray]


def learning_chart(lesson: LessonReport) -> Figure | None:
    """Draw the line at some updates, and the path of the parameters."""
    pair = runs.pair(lesson)
    if not pair or not runs.is_line(lesson):
        return None
    figure = Figure(figsize=(WIDTH, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1))
    sides_legend(figure)
    draw_path(right, lesson)
    _draw_lines(left, lesson)
    return figure


def draw_points(axes: Axes, lesson: LessonReport) -> np.ndarray:
    """Draw the data; return the two x, standardised, that a line needs."""
    assert lesson.points is not None
    x, y = runs.shown_data(lesson)
    axes.scatter(x, y, s=14, color="black", zorder=3)
    axes.set_xlabel(plain(runs.column(lesson, 0)) if lesson.scaling else "x")
    axes.set_ylabel(plain(runs.column(lesson, None)))
    axes.set_xlim(*_widened(x, 0.05))
    axes.set_ylim(*_widened(y, 0.15))
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_locator(_few())
    axes.yaxis.set_major_locator(_few())
    axes.xaxis.set_major_formatter(short)
    axes.yaxis.set_major_formatter(short)
    ends = np.array(axes.get_xlim())
    if lesson.scaling is None:
        return ends
    scaling = lesson.scaling
    mean, scale = scaling.feature_means[0], scaling.feature_scales[0]
    return np.asarray((ends - mean) / scale)


def draw_path(axes: Axes, lesson: LessonReport) -> None:
    """Draw the loss's contours, the path over them, start and end."""
    ways = paths(lesson)
    assert lesson.theory is not None
    end = pack(lesson.theory.closed_form)
    window = np.vstack([*ways, end[None]])
    low, high = window.min(axis=0), window.max(axis=0)
    room = np.maximum(0.22 * (high - low), 1e-3 * np.maximum(np.abs(high), 1))
    low, high = low - room, high + room
    grid = np.meshgrid(*(np.linspace(low[i], high[i], 200) for i in (0, 1)))
    height = _above_least(lesson, np.stack(grid, axis=-1))
    top = float(height.max())
    if top > 0:  # else the loss is flat: no contours
        levels = np.geomspace(top * 1e-5, top * 0.9, 14)
        axes.contour(*grid, height, levels, colors="#c4c4c4", linewidths=0.8)
    for side, way in zip(SIDES, ways, strict=True):
        draw_side(axes, side, way[:, 0].tolist(), way[:, 1].tolist())
    start = ways[0][0]
    axes.plot(*start, "o", color="black", fillstyle="none", markersize=8)
    axes.plot(*end, "x", color="black", markersize=9, markeredgewidth=2)
    for place, other, name in (
        (start, end, "start"),
        (end, start, "closed form"),
    ):
        _name_point(axes, place, other, name)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axes.set(xlabel="kernel, w", ylabel="bias, b")
    axes.xaxis.set_major_locator(_few())
    axes.yaxis.set_major_locator(_few())
    axes.xaxis.set_major_formatter(short)
    axes.yaxis.set_major_formatter(short)


def _name_point(
    axes: Axes, place: np.ndarray, other: np.ndarray, name: str
) -> None:
    """Write a name above or below, away from the other point."""
    above = place[1] >= other[1]
    axes.annotate(
        name,
        (float(place[0]), float(place[1])),
        xytext=(0, 9 if above else -9),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
    )


def paths(lesson: LessonReport) -> list[np.ndarray]:
    """Return each side's (kernel, bias) after every row, finite ones."""
    found = []
    for run in runs.pair(lesson):
        rows = runs.finite_rows(run)
        columns = [run.parameters[name][:rows] for name in ("kernel", "bias")]
        found.append(
            np.column_stack([c.reshape(rows).astype(float) for c in columns])
        )
    return found


def _above_least(lesson: LessonReport, at: np.ndarray) -> np.ndarray:
    """Return the loss above its least: half d'Hd, exact for least squares."""
    assert lesson.points is not None
    assert lesson.theory is not None
    away = at - pack(lesson.theory.closed_form)
    hessian = lesson.points.hessian
    assert hessian is not None
    return np.asarray(0.5 * np.einsum("...i,ij,...j", away, hessian, away))


def _draw_lines(axes: Axes, lesson: LessonReport) -> None:
    ends = draw_points(axes, lesson)
    pair = runs.pair(lesson)
    labels = []
    for number in _stages(lesson):
        for run, side in zip(pair, SIDES, strict=True):
            line = runs.predicted(lesson, run, number, ends)
            draw_side(axes, side, list(axes.get_xlim()), line.tolist())
        update = int(lesson.recorded_updates[number])
        text = f"after {update:,}" if update else "start"
        labels.append((float(line[-1]), text))
    label_ends(axes, labels, points=13)


def _stages(lesson: LessonReport) -> list[int]:
    """Choose rows: the start, some of the way, the last finite one."""
    rows = min(runs.finite_rows(run) for run in runs.pair(lesson))
    above = _above_least(lesson, paths(lesson)[0][:rows])
    far = np.sqrt(above / max(above[0], 1e-300))
    between = [int(np.argmax(far <= s)) for s in STAGES if far.min() <= s]
    return sorted({0, *between, rows - 1})


def _widened(values: np.ndarray, share: float) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = share * (high - low) or 1.0
    return low - room, high + room


def _few() -> MaxNLocator:
    return MaxNLocator(5)
