"""What all charts have in common: for print and for colour-blind people."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager, ticker
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from compare.records import SIDES, Side
from compare.records.files import write_atomically

COLOURS: dict[Side, str] = {"manual": "#0072B2", "keras": "#E69F00"}
HATCHES: dict[Side, str] = {"manual": "", "keras": "///"}
"""Blue and orange of Okabe and Ito; hatching tells them apart in grey."""

LINES: dict[Side, dict[str, Any]] = {
    "manual": {"color": "#9ECAE1", "linewidth": 5, "solid_capstyle": "butt"},
    "keras": {"color": "#8C4A00", "linewidth": 1.4, "linestyle": (0, (4, 3))},
}
"""A wide pale line, and a thin dark dashed one over it: equal sides are both
seen, in grey too."""

NAMES: dict[Side, str] = {"manual": "manual TensorFlow", "keras": "Keras"}
FORMATS = ("png", "svg")
WIDTH = 8.0
"""Inches; on the 6.7 of a page of A4 a text of 10 points is printed in 8."""

LONGEST = 22
"""Characters of a column's name that are shown."""

ASIAN = (
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Serif CJK JP",
    "NanumGothic",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
)
"""Fonts that have what matplotlib's own lacks, where one is installed."""

mpl.rcParams["svg.hashsalt"] = "compare"  # the same chart, the same file
mpl.rcParams["text.parse_math"] = False  # a $ in a name is a $
mpl.rcParams["font.family"] = [
    "DejaVu Sans",
    *[name for name in ASIAN if name in font_manager.get_font_names()][:1],
]


def write_chart(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a chart as PNG and SVG; return the paths."""
    paths = []
    for kind in FORMATS:
        content = io.BytesIO()
        metadata = {"Date": None} if kind == "svg" else None
        figure.savefig(content, format=kind, dpi=150, metadata=metadata)
        paths.append(folder / f"{name}.{kind}")
        write_atomically(
            paths[-1],
            content.getvalue(),
            "choose another folder with --figures",
        )
    return paths


def tidy(axes: Axes) -> None:
    """Take away what a chart does not need."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def plain(name: str) -> str:
    """Make a user's name fit for a chart: short, on one line, in our fonts.

    What is left out is marked by an ellipsis, a letter that no installed
    font has by an empty box.
    """
    text = "".join(c if c.isprintable() else " " for c in name)
    if len(text) > LONGEST:
        half = LONGEST // 2
        text = f"{text[:half]}…{text[1 - half :]}"
    return "".join(c if ord(c) in _characters() else "□" for c in text)


def sides_legend(figure: Figure) -> None:
    """Say above the charts which line is which side's."""
    figure.legend(
        [Line2D([], [], **LINES[side]) for side in SIDES],
        [NAMES[side] for side in SIDES],
        loc="outside upper center",
        ncols=2,
        frameon=False,
        handlelength=3,
    )


def draw_side(
    axes: Axes, side: Side, x: Sequence[float], y: Sequence[float]
) -> Line2D:
    """Draw one side's line."""
    (line,) = axes.plot(x, y, **LINES[side])
    return line


def label_ends(
    axes: Axes, ends: Sequence[tuple[float, str]], points: float = 14
) -> list[Artist]:
    """Write labels right of the axes at these heights, kept apart.

    Args:
        axes: with their final limits; the labels need room at their right.
        ends: (y in data, text).
        points: least distance between the middles of two labels.
    """
    if not ends:
        return []
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # now the axes have their height
    height = axes.bbox.height / figure.dpi * 72
    up = axes.transData.transform([(0, y) for y, _ in ends])[:, 1]
    low, high = axes.bbox.y0, axes.bbox.y1
    at = np.clip((up - low) / (high - low), 0, 1)
    places = spread(at, points / height)
    made: list[Artist] = []
    for (_, text), start, place in zip(ends, at, places, strict=True):
        made.append(
            axes.annotate(
                text,
                (1, start),
                (1.06, place),
                xycoords="axes fraction",
                textcoords="axes fraction",
                va="center",
                annotation_clip=False,
                arrowprops={
                    "arrowstyle": "-",
                    "color": "#888888",
                    "linewidth": 0.6,
                    "shrinkA": 1,
                    "shrinkB": 0,
                },
            )
        )
    return made


def spread(wanted: np.ndarray, gap: float) -> np.ndarray:
    """Move heights apart by at least `gap`, as little as possible.

    The nearest such heights in the sense of least squares: subtract the gaps,
    pool whatever is out of order (Ayer et al., Annals of Mathematical
    Statistics 26, 1955), add them again.
    """
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(len(wanted))
    pools: list[list[float]] = []
    for value in wanted[order] - steps:
        pools.append([float(value)])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    flat = np.array([np.mean(pool) for pool in pools for _ in pool])
    if len(flat):
        # As a whole between bottom and top, as far as there is room.
        flat = np.clip(flat, 0, max(1 - steps[-1], 0))
    places = np.empty(len(wanted))
    places[order] = flat + steps
    return places


def log_axis(
    axes: Axes, which: Literal["x", "y"], form: Callable[..., str]
) -> None:
    """Scale an axis logarithmically, with few ticks in plain numbers.

    Call it when everything is drawn: few decades get ticks between them.
    """
    axes.set(**{f"{which}scale": "log"})
    axes.autoscale_view()
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axis.get_view_interval()
    between = (1, 2, 5) if high < 100 * low else (1,)
    axis.set_major_locator(ticker.LogLocator(subs=between, numticks=6))
    axis.set_major_formatter(ticker.FuncFormatter(form))
    axis.set_minor_locator(ticker.NullLocator())


def short(value: float, _: object = None) -> str:
    """Show a tick's number: 0.001, 1,000, 1e-09."""
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        return f"{value:,.6g}"
    return f"{value:.0e}"


def _characters() -> set[int]:
    """Return the characters that our fonts have."""
    if not _CHARACTERS:
        for name in mpl.rcParams["font.family"]:
            path = font_manager.findfont(name)
            _CHARACTERS.update(font_manager.get_font(path).get_charmap())
    return _CHARACTERS


_CHARACTERS: set[int] = set()
