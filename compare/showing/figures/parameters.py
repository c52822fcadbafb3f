"""The parameters over the updates, and predicted against true values."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from compare.records import SIDES
from compare.records.report import LessonReport
from compare.showing.figures import runs
from compare.showing.figures.style import (
    LINES,
    WIDTH,
    draw_side,
    label_ends,
    plain,
    short,
    sides_legend,
)

MOST = 21
"""Labels beside the lines; of more parameters the most moved are named."""


def parameters_chart(lesson: LessonReport) -> Figure | None:
    """Draw how each parameter moves, and what is predicted in the end."""
    if not runs.pair(lesson) or lesson.features < 2:
        return None
    names, _ = _flat(lesson)
    height = max(3.8, 1.3 + 0.215 * min(len(names), MOST))
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    if runs.predicts_numbers(lesson):
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        draw_predictions(right, lesson)
    else:
        left = figure.subplots()
    sides_legend(figure)
    _draw_parameters(left, lesson)
    return figure


def draw_predictions(axes: Axes, lesson: LessonReport) -> None:
    """Draw predicted over true values in the end, both sides."""
    assert lesson.points is not None
    _, y = runs.shown_data(lesson)
    looks = {"manual": ("o", 28), "keras": (".", 6)}
    for run, side in zip(runs.pair(lesson), SIDES, strict=True):
        last = runs.finite_rows(run) - 1
        y_hat = runs.predicted(lesson, run, last, lesson.points.x)
        marker, size = looks[side]
        axes.scatter(
            y, y_hat, s=size, marker=marker, color=LINES[side]["color"]
        )
    prepare_predictions(axes, lesson, y)


def prepare_predictions(
    axes: Axes, lesson: LessonReport, y: np.ndarray
) -> None:
    """Draw the diagonal and name the axes."""
    axes.axline(
        (float(y.mean()), float(y.mean())),
        slope=1,
        color="black",
        linewidth=0.8,
        zorder=0,
    )
    target = plain(runs.column(lesson, None))
    axes.set(xlabel=f"{target}, true", ylabel=f"{target}, predicted")
    axes.xaxis.set_major_formatter(short)
    axes.yaxis.set_major_formatter(short)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.spines[["top", "right"]].set_visible(False)


def _draw_parameters(axes: Axes, lesson: LessonReport) -> None:
    names, values = _flat(lesson)
    for side, numbers in zip(SIDES, values, strict=True):
        steps = lesson.recorded_updates[: len(numbers)].tolist()
        for column in numbers.T:
            line = draw_side(axes, side, steps, column.tolist())
            if len(names) > MOST:  # a bundle: thinner lines
                line.set_linewidth(float(line.get_linewidth()) / 2.5)
    axes.set(xlabel="update", ylabel="parameter")
    axes.set_xlim(0, max(float(lesson.recorded_updates[-1]), 1))
    axes.xaxis.set_major_formatter(short)
    axes.yaxis.set_major_formatter(short)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.spines[["top", "right"]].set_visible(False)
    numbers = values[0]
    moved = np.abs(numbers[-1] - numbers[0])
    shown = np.sort(np.argsort(-moved, kind="stable")[:MOST])
    if len(names) > MOST:
        axes.set_title(
            f"{len(names)} parameters; named: the {MOST} that moved most",
            fontsize=10,
            loc="left",
        )
    label_ends(
        axes, [(float(numbers[-1, i]), names[i]) for i in shown], points=14
    )


def _flat(lesson: LessonReport) -> tuple[list[str], list[np.ndarray]]:
    """Return a name per parameter, and each side's (rows, parameters)."""
    pair = runs.pair(lesson)
    names: list[str] = []
    for name, values in pair[0].parameters.items():
        shape = values.shape[1:]
        names += [
            _name(lesson, name, index, shape) for index in np.ndindex(shape)
        ]
    numbers = [
        np.column_stack(
            [
                values[: runs.finite_rows(run)].reshape(
                    runs.finite_rows(run), -1
                )
                for values in run.parameters.values()
            ]
        ).astype(float)
        for run in pair
    ]
    return names, numbers


def _name(
    lesson: LessonReport,
    name: str,
    index: tuple[int, ...],
    shape: tuple[int, ...],
) -> str:
    """Name a parameter: a kernel's entry by its column."""
    if name == "kernel" and lesson.scaling and index:
        name = plain(runs.column(lesson, index[0]))
        return (
            f"{name}, {index[1]}" if len(index) > 1 and shape[1] > 1 else name
        )
    if int(np.prod(shape)) <= 1:
        return name
    return f"{name} {', '.join(map(str, index))}"
