"""What a lesson has learnt: images, curves and texts, as on the page."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from compare.records.picture import Curves, Images, Picture
from compare.records.report import LessonReport
from compare.showing.figures import style
from compare.showing.language import Speaker
from compare.showing.telling.picture import pictures_of

COLOURS = tuple(style.INKS[n] for n in (0, 1, 3, 2, 4, 5))
"""In the order in which curves take them on the page."""

STYLES = ("-", "--", ":", "-.")
MARKERS = "o+^xsv"

LINE, MOST_LETTERS = 60, 600
"""Letters of a text in a line, and in all."""


def picture_charts(
    lesson: LessonReport, who: Speaker
) -> Iterator[tuple[str, Figure]]:
    """Draw what was learnt, once where both sides have learnt the same."""
    pictures = pictures_of(lesson)
    for side, picture in pictures.items():
        name = f"picture-{side}" if side else "picture"
        about = who.gettext(lesson.title)
        title = who.side(side) if side else who.say("what was learnt")
        if figure := _draw(picture, title, about, who):
            yield name, figure


def _draw(
    picture: Picture, title: str, about: str, who: Speaker
) -> Figure | None:
    """Draw all that a picture holds, one below the other."""
    heights = [
        *(0.4 + 0.2 * len(_lines(text)) for _, text in picture.texts),
        *(_height(images) for images in picture.images),
        *(3.2 for _ in picture.curves),
    ]
    if not heights:
        return None
    figure = Figure(figsize=(style.WIDTH, 0.5 + sum(heights)))
    style.entitle(figure, title, about)
    rows = iter(
        figure.subfigures(
            len(heights), 1, height_ratios=heights, squeeze=False
        ).flat
    )
    for name, text in picture.texts:
        _write(next(rows), name, text, who)
    for images in picture.images:
        _draw_images(next(rows), images, who)
    for curves in picture.curves:
        _draw_curves(next(rows), curves, who)
    return figure


def _lines(text: str) -> list[str]:
    """Return a text in lines that fit, without what no font has."""
    return textwrap.wrap(style.plain(text, MOST_LETTERS), LINE) or [""]


def _write(part: SubFigure, name: str, text: str, who: Speaker) -> None:
    """Write a text below its title."""
    axes = part.subplots()
    axes.axis("off")
    axes.set_title(style.plain(who.gettext(name), LINE), loc="left")
    axes.text(0, 1, "\n".join(_lines(text)), va="top", family=style.MONOSPACE)


def _grid(images: Images) -> tuple[int, int]:
    """Return rows and columns; images with named places stand alone."""
    count = len(images.values)
    named = images.rows or images.columns
    columns = 1 if named else min(count, math.ceil(math.sqrt(2.5 * count)))
    return math.ceil(count / columns), columns


def _height(images: Images) -> float:
    """Return inches that images need."""
    rows, columns = _grid(images)
    one = 4.4 if columns == 1 else 0.8 * style.WIDTH / max(columns, 4)
    _, high, wide = images.values.shape
    return 0.6 + rows * (min(one * float(high / wide), 5.0) + 0.3)


def _draw_images(part: SubFigure, images: Images, who: Speaker) -> None:
    """Draw matrices in one scale of grey; the darker, the larger."""
    title = style.plain(who.gettext(images.title), LINE)
    part.suptitle(title, x=0.01, ha="left", fontsize=11)
    panels = part.subplots(*_grid(images), squeeze=False)
    low, high = float(images.values.min()), float(images.values.max())
    for number, axes in enumerate(panels.flat):
        if number >= len(images.values):
            axes.set_visible(False)
            continue
        drawn = axes.imshow(
            images.values[number], cmap="Greys", vmin=low, vmax=high
        )
        axes.spines[:].set_visible(True)
        axes.spines[:].set_color("#bbbbbb")
        _name_places(axes, images, who)
        if images.captions:
            axes.set_xlabel(style.plain(images.captions[number]))
    part.colorbar(drawn, ax=panels, shrink=0.8, format=style.short)


def _name_places(axes: Axes, images: Images, who: Speaker) -> None:
    """Name rows and columns, and what they are."""
    axes.set_xticks(range(len(images.columns)), map(_place, images.columns))
    axes.set_yticks(range(len(images.rows)), map(_place, images.rows))
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    _name_axes(axes, images.across, images.down, who)


def _name_axes(axes: Axes, across: str, up: str, who: Speaker) -> None:
    """Say what the axes are."""
    axes.set(
        xlabel=style.plain(who.gettext(across), LINE // 2),
        ylabel=style.plain(who.gettext(up), LINE // 2),
    )


def _place(name: str) -> str:
    return "␣" if name == " " else style.plain(name)


def _draw_curves(part: SubFigure, curves: Curves, who: Speaker) -> None:
    """Draw curves and dots over common axes."""
    axes = part.subplots()
    for number, curve in enumerate(curves.curves):
        kinds = MARKERS if curve.dots else STYLES
        kind = kinds[number % len(kinds)]
        axes.plot(
            *curve.points.T,
            marker=kind if curve.dots else "",
            linestyle="" if curve.dots else kind,
            color=COLOURS[number % len(COLOURS)],
            markersize=4,
            label=style.plain(who.gettext(curve.name)),
        )
    axes.set_title(style.plain(who.gettext(curves.title), LINE), loc="left")
    _name_axes(axes, curves.across, curves.up, who)
    style.number_axes(axes)
    across = np.concatenate([c.points[:, 0] for c in curves.curves])
    whole = bool(np.all(across == np.round(across)))
    axes.locator_params("x", integer=whole)
    axes.xaxis.set_major_formatter("{x:g}")  # no comma in a year
    axes.grid()
    part.legend(loc="outside right upper")
