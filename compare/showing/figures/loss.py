"""The loss over the updates, on a logarithmic scale."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from compare.records.report import LessonReport
from compare.showing.figures import runs, style
from compare.showing.language import Speaker


def loss_chart(lesson: LessonReport, who: Speaker) -> Figure | None:
    """Draw the loss of both sides, its least and its predicted fall."""
    if not has_losses(lesson):
        return None
    losses = [run.losses for run in runs.pair(lesson)]
    figure = Figure(figsize=(style.WIDTH, 3.9))
    axes = figure.subplots()
    style.entitle(
        figure, who.say("the loss of both sides"), who.gettext(lesson.title)
    )
    style.sides_legend(figure, who)
    draw_losses(axes, lesson, who)
    axes.set_xlim(0, max(float(lesson.recorded_updates[-1]), 1))
    axes.grid()
    ends = []
    for text, heights in _known_beforehand(lesson, losses[0], who).items():
        axes.plot(lesson.recorded_updates, heights, "k:", linewidth=1.2)
        ends.append((float(heights[-1]), text))
    seen = [*np.concatenate(losses), *(height for height, _ in ends)]
    least = 1e-16 * float(losses[0][0])  # less is rounding, no more
    axes.set_ylim(max(np.nanmin(seen), least) / 1.6, np.nanmax(seen) * 1.6)
    style.log_axis(axes, "y")
    style.label_ends(axes, ends, points=30)
    return figure


def has_losses(lesson: LessonReport) -> bool:
    """Whether each side has a loss that can be drawn."""
    pair = runs.pair(lesson)
    return bool(pair) and all((run.losses > 0).any() for run in pair)


def draw_losses(
    axes: Axes, lesson: LessonReport, who: Speaker
) -> list[Line2D]:
    """Draw the loss of both sides; the scale is left to be set."""
    axes.set(xlabel=who.say("update"), ylabel=who.say("loss on all rows"))
    style.number_axes(axes)
    return [
        style.draw_side(axes, run.side, runs.updates(lesson, run), run.losses)
        for run in runs.pair(lesson)
    ]


def _known_beforehand(
    lesson: LessonReport, losses: np.ndarray, who: Speaker
) -> dict[str, np.ndarray]:
    """Return what theory says of the loss: text -> height at every row.

    In the end only the direction of the smallest curvature is left. There an
    update of plain descent on all rows takes the error times 1 minus learning
    rate times curvature, and the loss above its least times the square.
    """
    steps = lesson.recorded_updates.astype(float)
    least = lesson.points.least_loss if lesson.points else None
    theory = lesson.theory
    if least is None or theory is None:
        return {}
    found = {}
    if least > 1e-9 * np.nanmax(losses):
        name = who.say("closed form")
        text = f"{name}\n{style.short(float(f'{least:.4g}'))}"
        found[text] = np.full(len(steps), least)
    middle = len(losses) // 2
    if (
        lesson.batch_size == lesson.rows
        and lesson.learning_rate < (theory.largest_learning_rate or 0)
        and losses[middle] > least
        and middle > 1
    ):
        factor = (1 - lesson.learning_rate * theory.smallest_curvature) ** 2
        heights = factor ** (steps - steps[middle])
        heights = least + (losses[middle] - least) * heights
        if np.all(np.isfinite(heights)):
            name = who.say("predicted:")
            fall = who.say("× {factor} an update", factor=f"{factor:.4g}")
            found[f"{name}\n{fall}"] = heights
    return found
