"""The learning as a moving picture."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from compare.records.report import LessonReport
from compare.showing.figures import learning, loss, parameters, runs, style
from compare.showing.language import Speaker

FRAMES = 80
FRAME_MILLISECONDS, HOLD_MILLISECONDS = 80, 3000
DOTS_PER_INCH = 100
SHADE = 17
"""Colours are rounded to its multiples: the few that are left, white one of
them, fit the 256 of a GIF."""


def learning_gif(lesson: LessonReport, who: Speaker) -> bytes | None:
    """Return a GIF of the learning, or None where nothing can be shown.

    Many frames show the first updates, where most happens; the last one
    stays for some seconds.
    """
    count = min((len(run.losses) for run in runs.pair(lesson)), default=0)
    shown = runs.predicts_numbers(lesson) and loss.has_losses(lesson)
    if count < 2 or not shown:
        return None
    rows = _rows(count)
    figure = Figure(figsize=(style.WIDTH, 3.7), dpi=DOTS_PER_INCH)
    canvas = FigureCanvasAgg(figure)
    style.entitle(figure, who.gettext(lesson.title))
    style.sides_legend(figure, who)
    lines = _draw(figure, lesson, rows, who)
    counter = figure.text(0.99, 0.98, "", va="top", ha="right", fontsize=11)
    moving: list[Artist] = [counter]
    for axes in figure.axes:
        moving += [*axes.lines, *axes.collections, *axes.texts]
    for artist in moving:
        artist.set_animated(True)
    canvas.draw()  # all that stands still, once
    figure.set_layout_engine("none")
    still = canvas.copy_from_bbox(figure.bbox)
    frames = []
    for number, row in enumerate(rows):
        update = f"{int(lesson.recorded_updates[row]):,}"
        counter.set_text(who.say("update {update}", update=update))
        for line, points in lines.items():
            line.set_data(points[number])
        canvas.restore_region(still)
        for artist in sorted(moving, key=lambda a: a.get_zorder()):
            figure.draw_artist(artist)
        frames.append(np.array(canvas.buffer_rgba())[..., :3])
    return _gif(frames)


def _draw(
    figure: Figure, lesson: LessonReport, rows: list[int], who: Speaker
) -> dict[Line2D, list[np.ndarray]]:
    """Draw the end; return each moving line's x and y in all these rows."""
    if learning.is_line(lesson):
        first, second, last = figure.subplots(1, 3)
        learning.draw_points(first, lesson)
        predicting = learning.draw_lines(first, lesson, -1)
        x = np.array(first.get_xlim())[:, None]
        growing = learning.draw_path(second, lesson, who)
    else:
        first, last = figure.subplots(1, 2)
        predicting = parameters.draw_predictions(first, lesson, who)
        x, _ = runs.shown_data(lesson)
        growing = []
    growing += loss.draw_losses(last, lesson, who)
    style.number_axes(last, most=4)
    style.log_axis(last, "y")
    lines = {
        line: [np.array(line.get_data())[:, : row + 1] for row in rows]
        for line in growing
    }
    for line, run in zip(predicting, runs.pair(lesson), strict=True):
        ways = [runs.predicted(lesson, run, row, x) for row in rows]
        lines[line] = [np.array([line.get_xdata(), y_hat]) for y_hat in ways]
    return lines


def _rows(count: int) -> list[int]:
    """Choose rows of a run: dense at first, then ever sparser."""
    ways = np.linspace(0, 1, FRAMES)
    return sorted({*np.round((count - 1) * ways**2.5).astype(int).tolist()})


def _gif(frames: list[np.ndarray]) -> bytes:
    """Encode frames, shape (height, width, 3), in the last one's colours."""
    rounded = [np.round(frame / SHADE).astype("uint8") for frame in frames]
    images = [Image.fromarray(frame * SHADE) for frame in rounded]
    palette = images[-1].quantize()
    pictures = [
        image.quantize(palette=palette, dither=Image.Dither.NONE)
        for image in images
    ]
    durations = [FRAME_MILLISECONDS] * (len(frames) - 1) + [HOLD_MILLISECONDS]
    content = io.BytesIO()
    pictures[0].save(
        content,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        loop=0,
        optimize=True,  # what does not change is not stored again
    )
    return content.getvalue()
