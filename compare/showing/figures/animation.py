"""The learning as a moving picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from compare.records import SIDES
from compare.records.report import LessonReport
from compare.showing.figures import runs
from compare.showing.figures.learning import draw_path, draw_points, paths
from compare.showing.figures.parameters import prepare_predictions
from compare.showing.figures.style import (
    LINES,
    WIDTH,
    draw_side,
    log_axis,
    short,
    sides_legend,
)

FRAMES = 80
FRAME_MILLISECONDS, HOLD_MILLISECONDS = 80, 3000
DOTS_PER_INCH = 100

Mover = Callable[[int], None]


def learning_gif(lesson: LessonReport) -> bytes | None:
    """Return a GIF of the learning, or None where nothing can be shown.

    Many frames show the first updates, where most happens; the last one
    stays for some seconds.
    """
    pair = runs.pair(lesson)
    if not pair or not runs.predicts_numbers(lesson):
        return None
    if any(np.isnan(runs.drawable(run)).all() for run in pair):
        return None
    rows = min(runs.finite_rows(run) for run in pair)
    if rows < 2:
        return None
    figure = Figure(figsize=(WIDTH, 3.4), dpi=DOTS_PER_INCH)
    canvas = FigureCanvasAgg(figure)
    figure.set_layout_engine("constrained")
    sides_legend(figure)
    moving, movers = _build(figure, lesson)
    for artist in moving:
        artist.set_animated(True)
    canvas.draw()  # all that stands still, once
    figure.set_layout_engine("none")
    still = canvas.copy_from_bbox(figure.bbox)
    frames = []
    for row in _rows(rows):
        canvas.restore_region(still)
        for move in movers:
            move(row)
        for artist in sorted(moving, key=lambda a: a.get_zorder()):
            figure.draw_artist(artist)
        frames.append(Image.fromarray(np.array(canvas.buffer_rgba())[..., :3]))
    return _gif(frames)


def _rows(count: int) -> list[int]:
    """Choose rows of a run: dense at first, then ever sparser."""
    ways = np.linspace(0, 1, FRAMES)
    return sorted({*np.round((count - 1) * ways**2.5).astype(int).tolist()})


def _gif(frames: list[Image.Image]) -> bytes:
    palette = Image.new("P", (1, 1))
    palette.putpalette(_palette())
    pictures = [
        frame.quantize(palette=palette, dither=Image.Dither.NONE)
        for frame in frames
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


def _palette() -> list[int]:
    """Return the colours in use and what lies between them, RGB."""
    white, black = np.full(3, 255.0), np.zeros(3)
    wide, thin = (
        np.array(to_rgb(str(LINES[side]["color"]))) * 255 for side in SIDES
    )
    ways = ((white, black, 24), (white, wide, 8), (wide, thin, 8))
    colours = [
        start + (end - start) * share
        for start, end, count in (*ways, (white, thin, 8), (wide, black, 8))
        for share in np.linspace(0, 1, count)
    ]
    return np.round(colours).astype(int).ravel().tolist()


def _build(
    figure: Figure, lesson: LessonReport
) -> tuple[list[Artist], list[Mover]]:
    """Draw what stands still; return what moves, and how."""
    if runs.is_line(lesson):
        first, second, third = figure.subplots(1, 3)
        parts = [
            _line(first, lesson),
            _path(second, lesson),
            _loss(third, lesson),
        ]
    else:
        first, third = figure.subplots(1, 2)
        parts = [_scatter(first, lesson), _loss(third, lesson)]
    counter = figure.text(0.01, 0.99, "", va="top", fontsize=11)

    def count(row: int) -> None:
        counter.set_text(f"update {int(lesson.recorded_updates[row]):,}")

    moving: list[Artist] = [counter]
    movers: list[Mover] = [count]
    for artists, mover in parts:
        moving += artists
        movers.append(mover)
    return moving, movers


Part = tuple[list[Any], Mover]


def _line(axes: Axes, lesson: LessonReport) -> Part:
    ends = draw_points(axes, lesson)
    limits = list(axes.get_xlim())
    lines = [draw_side(axes, side, [], []) for side in SIDES]

    def move(row: int) -> None:
        for line, run in zip(lines, runs.pair(lesson), strict=True):
            line.set_data(limits, runs.predicted(lesson, run, row, ends))

    return [*lines, *axes.collections], move


def _path(axes: Axes, lesson: LessonReport) -> Part:
    draw_path(axes, lesson)
    ways = paths(lesson)
    lines = list(axes.get_lines()[: len(SIDES)])
    over = [*axes.get_lines()[len(SIDES) :], *axes.texts]

    def move(row: int) -> None:
        for line, way in zip(lines, ways, strict=True):
            line.set_data(way[: row + 1, 0], way[: row + 1, 1])

    return [*lines, *over], move


def _loss(axes: Axes, lesson: LessonReport) -> Part:
    pair = runs.pair(lesson)
    lines = []
    for run, side in zip(pair, SIDES, strict=True):
        rows = runs.finite_rows(run)
        steps = runs.updates(lesson, run)[:rows]
        lines.append(
            draw_side(axes, side, steps.tolist(), run.losses[:rows].tolist())
        )
    log_axis(axes, "y", short)
    axes.set(xlabel="update", ylabel="loss on all rows")
    axes.xaxis.set_major_formatter(short)
    axes.locator_params(axis="x", nbins=4)
    axes.spines[["top", "right"]].set_visible(False)
    data = [line.get_data() for line in lines]

    def move(row: int) -> None:
        for line, (x, y) in zip(lines, data, strict=True):
            line.set_data(np.asarray(x)[: row + 1], np.asarray(y)[: row + 1])

    return lines, move


def _scatter(axes: Axes, lesson: LessonReport) -> Part:
    assert lesson.points is not None
    x = lesson.points.x
    _, y = runs.shown_data(lesson)
    pair = runs.pair(lesson)
    last = min(runs.finite_rows(run) for run in pair) - 1
    ends = [runs.predicted(lesson, run, last, x) for run in pair]
    looks = {"manual": ("o", 6), "keras": (".", 3)}
    lines = []
    for side, end in zip(SIDES, ends, strict=True):
        marker, size = looks[side]
        (line,) = axes.plot(
            y, end, marker, markersize=size, color=LINES[side]["color"]
        )
        lines.append(line)
    prepare_predictions(axes, lesson, y)

    def move(row: int) -> None:
        for line, run in zip(lines, pair, strict=True):
            line.set_data(y, runs.predicted(lesson, run, row, x))

    return lines, move
