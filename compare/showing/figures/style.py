"""What all charts share: for print and for colour-blind people."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator
from numpy.typing import ArrayLike

from compare.records import SIDES, Side
from compare.records.escape import printable
from compare.records.files import OTHER_FOLDER, write_atomically

NAMES: dict[Side, str] = {"manual": "manual TensorFlow", "keras": "Keras"}

BARS: dict[Side, dict[str, Any]] = {
    "manual": {"color": "#0072B2", "edgecolor": "white"},
    "keras": {"color": "#E69F00", "edgecolor": "white", "hatch": "///"},
}
"""Blue and orange of Okabe and Ito; hatching tells them apart in grey."""

LINES: dict[str, dict[str, Any]] = {
    "manual": {"color": "#9ECAE1", "linewidth": 5, "solid_capstyle": "butt"},
    "keras": {"color": "#8C4A00", "linewidth": 1.4, "linestyle": (0, (4, 3))},
}
"""A wide pale line, and a thin dark dashed one over it: equal sides are both
seen, in grey too."""

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

mpl.rcParams.update(
    {
        "axes.axisbelow": True,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 11,
        "figure.constrained_layout.use": True,
        "font.family": [
            "DejaVu Sans",
            *[n for n in ASIAN if n in font_manager.get_font_names()][:1],
        ],
        "grid.color": "#dddddd",
        "grid.linewidth": 0.6,
        "legend.frameon": False,
        "legend.handlelength": 3,
        "savefig.dpi": 150,
        "svg.hashsalt": "compare",  # the same chart, the same file
        "text.parse_math": False,  # a $ in a name is a $
    }
)


def write_chart(
    figure: Figure, folder: Path, name: str, advice: str = OTHER_FOLDER
) -> list[Path]:
    """Write a chart as PNG and SVG; return the paths.

    Raises:
        UsageError: a file cannot be written; ends with the advice.
    """
    paths = []
    for kind, metadata in (("png", None), ("svg", {"Date": None})):
        content = io.BytesIO()
        figure.savefig(content, format=kind, metadata=metadata)
        paths.append(folder / f"{name}.{kind}")
        write_atomically(paths[-1], content.getvalue(), advice)
    return paths


def draw_side(axes: Axes, side: str, x: ArrayLike, y: ArrayLike) -> Line2D:
    """Draw one side's line."""
    (line,) = axes.plot(x, y, **LINES[side])
    return line


def sides_legend(figure: Figure) -> None:
    """Say above the charts which line is which side's."""
    figure.legend(
        [Line2D([], [], **LINES[side]) for side in SIDES],
        [NAMES[side] for side in SIDES],
        loc="outside upper center",
        ncols=2,
    )


def number_axes(axes: Axes, most: int = 6) -> None:
    """Give both axes ticks in plain numbers, with at most so many steps."""
    axes.locator_params(nbins=most)
    axes.xaxis.set_major_formatter(short)
    axes.yaxis.set_major_formatter(short)


def log_axis(axes: Axes, which: Literal["x", "y"], most: int = 6) -> None:
    """Scale an axis logarithmically, with so many ticks in plain numbers.

    Call it when everything is drawn: few decades get ticks between them.
    """
    axes.set(**{f"{which}scale": "log"})
    axes.autoscale_view()
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axis.get_view_interval()
    between = (1, 2, 5) if high < 100 * low else (1,)
    axis.set_major_locator(LogLocator(subs=between, numticks=most))
    axis.set_major_formatter(short)
    axis.set_minor_locator(NullLocator())


def short(value: float, _: object = None) -> str:
    """Show a tick's number: 0.001, 1,000, 2.5e-09."""
    plainly = value == 0 or 1e-4 <= abs(value) < 1e6
    return f"{value:,.6g}" if plainly else f"{value:.3g}"


def plain(name: str) -> str:
    """Make a user's name fit for a chart: short, on one line, in our fonts.

    What is left out is marked by an ellipsis, a letter that no installed
    font has by an empty box.
    """
    text = printable(name)
    if len(text) > LONGEST:
        half = LONGEST // 2
        text = f"{text[:half]}…{text[1 - half :]}"
    return "".join(c if ord(c) in _characters() else "□" for c in text)


@functools.cache
def _characters() -> frozenset[int]:
    """Return the characters that our fonts have."""
    paths = map(font_manager.findfont, mpl.rcParams["font.family"])
    charmaps = (font_manager.get_font(path).get_charmap() for path in paths)
    return frozenset().union(*charmaps)


def label_ends(
    axes: Axes, ends: Sequence[tuple[float, str]], points: float = 14
) -> None:
    """Write labels right of the axes at these heights, kept apart.

    Args:
        axes: with their final limits; the labels need room at their right.
        ends: (y in data, text).
        points: least distance between the middles of two labels.
    """
    if not ends:
        return
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()  # now the axes have their height
    height = axes.bbox.height / figure.dpi * 72
    up = axes.transData.transform([(0, y) for y, _ in ends])[:, 1]
    at = np.clip((up - axes.bbox.y0) / axes.bbox.height, 0, 1)
    places = spread(at, points / height)
    for (_, text), start, place in zip(ends, at, places, strict=True):
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


def spread(wanted: np.ndarray, gap: float) -> np.ndarray:
    """Move heights apart by at least `gap`, as little as possible.

    The nearest such heights in the sense of least squares: subtract the gaps,
    make what is left rise (isotonic regression, by its max-min formula;
    Robertson, Wright and Dykstra, Order Restricted Statistical Inference,
    1988), add them again. All lie between 0 and 1 as far as there is room.
    """
    order = np.argsort(wanted, kind="stable")
    count = len(wanted)
    steps = gap * np.arange(count)
    values = wanted[order] - steps
    rising = [
        max(
            min(values[low:high].mean() for high in range(i + 1, count + 1))
            for low in range(i + 1)
        )
        for i in range(count)
    ]
    places = np.empty(count)
    room = max(1 - gap * (count - 1), 0)
    places[order] = np.clip(rising, 0, room) + steps
    return places
