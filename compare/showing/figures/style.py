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

from compare.records import LANGUAGES, SIDES, Side
from compare.records.escape import printable
from compare.records.files import OTHER_FOLDER, write_atomically
from compare.showing.language import Speaker, speaker

BLUE, ORANGE = "#0072B2", "#E69F00"
"""The colours of both sides, as on the page; of Okabe and Ito."""

INKS = ("#1b1f24", "#0072b2", "#00805e", "#c24e00", "#a87000", "#a8517f")
"""The page's colours of lines that are no side's."""

BARS: dict[Side, dict[str, Any]] = {
    "manual": {"color": BLUE, "edgecolor": "white"},
    "keras": {"color": ORANGE, "edgecolor": "white", "hatch": "///"},
}
"""Hatching tells them apart in grey."""

LINES: dict[str, dict[str, Any]] = {
    "manual": {"color": BLUE, "linewidth": 5, "solid_capstyle": "butt"},
    "keras": {"color": ORANGE, "linewidth": 1.8, "linestyle": (0, (4, 3))},
}
"""A wide line, and a thin dashed one over it: equal sides are both seen, in
grey too."""

WIDTH = 8.0
"""Inches; on the 6.7 of a page of A4 a text of 10 points is printed in 8."""

LONGEST = 22
"""Characters of a column's name that are shown."""

LONGEST_TITLES = (90, 64, 40)
"""Characters of a title that are shown: as many of these as have room."""

ASIAN = (
    "notosanscjk-regular",
    "notosanskr-regular",
    "nanumgothic",
    "applesdgothicneo",
    "malgun",
)
"""Files of fonts that have what matplotlib's own lacks, the best first."""


def _asian() -> list[str]:
    """Return the name of the best of these fonts that is installed, if any.

    matplotlib's own list of fonts may be older than the font.
    """
    stems = {Path(p).stem.lower(): p for p in font_manager.findSystemFonts()}
    for stem in filter(stems.__contains__, ASIAN):
        font_manager.fontManager.addfont(stems[stem])
        return [font_manager.FontProperties(fname=stems[stem]).get_name()]
    return []


mpl.rcParams.update(
    {
        "axes.axisbelow": True,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlesize": 11,
        "figure.constrained_layout.use": True,
        "font.family": ["DejaVu Sans", *_asian()],
        "grid.color": "#dddddd",
        "grid.linewidth": 0.6,
        "legend.frameon": False,
        "legend.handlelength": 3,
        "savefig.dpi": 150,
        "svg.hashsalt": "compare",  # the same chart, the same file
        "text.parse_math": False,  # a $ in a name is a $
    }
)


MONOSPACE = ["DejaVu Sans Mono", *mpl.rcParams["font.family"]]
"""Fonts of texts that were written."""


def chart_speaker(language: str) -> Speaker:
    """Return who writes charts: in English where no font has the letters."""
    who = speaker(language)
    wanted = set(map(ord, who.gettext("loss on all rows"))) - {ord(" ")}
    return who if wanted <= _characters() else speaker(LANGUAGES[0])


def entitle(figure: Figure, title: str, about: str = "") -> None:
    """Say above a chart what it shows, and of which lesson."""
    told = f"{about}: {title}" if about else title
    text = figure.suptitle("", x=0.01, ha="left", fontsize=13)
    for longest in LONGEST_TITLES:
        text.set_text(plain(told, longest))
        if text.get_window_extent().x1 <= figure.bbox.x1:
            break


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


def sides_legend(figure: Figure, who: Speaker) -> None:
    """Say below the charts which line is which side's."""
    figure.legend(
        [Line2D([], [], **LINES[side]) for side in SIDES],
        [who.side(side) for side in SIDES],
        loc="outside lower center",
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


def plain(name: str, longest: int = LONGEST) -> str:
    """Make a user's name fit for a chart: short, on one line, in our fonts.

    What is left out is marked by an ellipsis, a letter that no installed
    font has by an empty box.
    """
    text = printable(name)
    if len(text) > longest:
        half = longest // 2
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
