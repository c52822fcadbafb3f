"""The loss over the updates, on a logarithmic scale."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from compare.records import SIDES
from compare.records.report import LessonReport
from compare.showing.figures import runs
from compare.showing.figures.style import (
    WIDTH,
    draw_side,
    label_ends,
    log_axis,
    short,
    sides_legend,
)


def loss_chart(lesson: LessonReport) -> Figure | None:
    """Draw the loss of both sides, its least and its predicted fall."""
    pair = runs.pair(lesson)
    seen = [runs.drawable(run) for run in pair]
    if not pair or any(np.isnan(losses).all() for losses in seen):
        return None
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    axes = figure.subplots()
    sides_legend(figure)
    for run, side, losses in zip(pair, SIDES, seen, strict=True):
        steps = runs.updates(lesson, run)
        draw_side(axes, side, steps.tolist(), losses.tolist())
    axes.set(xlabel="update", ylabel="loss on all rows")
    axes.xaxis.set_major_formatter(short)
    axes.set_xlim(0, max(float(lesson.recorded_updates[-1]), 1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#dddddd", linewidth=0.6)
    ends = _marks(lesson, seen[0])
    both = np.concatenate(seen)  # the sides may have made unequal updates
    low, high = np.nanmin(both), np.nanmax(both)
    for height, _, line in ends:
        axes.plot(*line, color="black", linestyle=":", linewidth=1.2)
        low, high = min(low, height), max(high, height)
    low = max(low, 1e-16 * float(seen[0][0]))  # rounding, no more
    axes.set_ylim(low / 1.6, high * 1.6)
    log_axis(axes, "y", short)
    label_ends(axes, [(height, text) for height, text, _ in ends], 30)
    return figure


Line = tuple[list[float], list[float]]


def _marks(
    lesson: LessonReport, losses: np.ndarray
) -> list[tuple[float, str, Line]]:
    """Return what is known beforehand: (height at the end, text, line)."""
    steps = lesson.recorded_updates.astype(float)
    least = lesson.points.least_loss if lesson.points else None
    marks = []
    if least is not None and least > 1e-9 * np.nanmax(losses):
        line = ([0.0, float(steps[-1])], [least, least])
        text = f"closed form\n{short(float(f'{least:.4g}'))}"
        marks.append((least, text, line))
    theory = lesson.theory
    if (
        theory is not None
        and least is not None
        and theory.largest_learning_rate is not None
        and lesson.batch_size == lesson.rows
        and lesson.learning_rate < theory.largest_learning_rate
        and len(losses) > 3
    ):
        factor = 1 - lesson.learning_rate * theory.smallest_curvature
        middle = len(losses) // 2
        above = losses[middle] - least
        predicted = least + above * factor ** (2 * (steps - steps[middle]))
        if above > 0 and np.all(np.isfinite(predicted)):
            text = f"predicted fall:\n× {factor**2:.4g} an update"
            curve = (steps.tolist(), predicted.tolist())
            marks.append((float(predicted[-1]), text, curve))
    return marks
