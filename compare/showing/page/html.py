"""Blocks -> HTML: what the templates cannot do by themselves."""

from __future__ import annotations

import functools
import importlib.resources
import json
import math
import re
from dataclasses import dataclass, replace
from typing import Any, get_args

from jinja2 import Environment
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import DiffLexer, PythonLexer

from compare.records.escape import printable
from compare.records.peers import Kind
from compare.showing.blocks import Bar, Bars, Cell, Code
from compare.showing.formats import seconds
from compare.showing.language import Speaker

FOLDER = importlib.resources.files("compare.showing.page")

LEXERS = {"diff": DiffLexer, "python": PythonLexer}

MARK = re.compile(r'<span class="(\w+)">([^<]*)</span>')
COLOURED = (
    *("k", "kn", "kd", "ow", "kc", "s", "s1", "s2", "sd", "sa", "si"),
    *("m", "mi", "mf", "c", "c1", "ch", "nf", "nc", "nd", "fm"),
    *("gi", "gd", "gu", "gh"),
)
"""Kinds of words that have a colour in page.css, by Pygments' short names."""


@functools.cache
def templates(speaker: Speaker) -> Environment:
    """Return the templates, which escape all that is put into them."""
    made = speaker.templates(FOLDER / "templates", escape=True)
    made.filters |= {
        "data": data,
        "drawn": drawn,
        "highlighted": highlighted,
        "printable": printable,
        "prose": prose,
        "said": speaker.gettext,
    }
    made.tests["cell"] = lambda value: isinstance(value, Cell)
    made.globals["kind_of"] = lambda block: type(block).__name__
    return made


def data(value: Any) -> Markup:
    """Return JSON that cannot end the script element that it stands in."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def prose(text: str) -> Markup:
    """Return text; what stands in backticks is code."""
    lines = "\n".join(map(printable, text.split("\n")))
    html = re.sub("`(.+?)`", r"<code>\1</code>", str(escape(lines)))
    return Markup(html)


@functools.lru_cache(maxsize=512)  # the same in every language
def highlighted(code: Code) -> Markup:
    """Return code with its words marked, by what they are."""
    text = "\n".join(map(printable, code.text.splitlines()))
    if code.kind not in LEXERS:
        return escape(text)
    lexer = LEXERS[code.kind]()
    html: str = highlight(text, lexer, HtmlFormatter(nowrap=True))
    return Markup(plain(html))


@functools.lru_cache(maxsize=512)
def python_lines(source: str) -> tuple[str, ...]:
    """Return lines of Python with all words marked, one for one."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    html: str = highlight(source, lexer, HtmlFormatter(nowrap=True))
    return tuple(html.split("\n"))


def plain(html: str) -> str:
    """Leave out the marks around words that have no colour of their own.

    They are two thirds of what Pygments writes.
    """
    return MARK.sub(lambda m: m[0] if m[1] in COLOURED else m[2], html)


@dataclass(frozen=True)
class DrawnBars:
    """Bars in their places, so that they fit any width.

    Attributes:
        rows: label, bars, and what stands behind them; value, low and high
            of a bar are in percent of the track.
        marks: place in percent and text of the ticks of a logarithmic scale.
        legend: owners and their names, where there are several.
    """

    rows: list[tuple[Cell, list[Bar], str]]
    marks: list[tuple[float, str]]
    legend: list[tuple[Kind, str]]


def drawn(bars: Bars) -> DrawnBars:
    """Put bars in their places."""
    everything = [bar for _, row, _ in bars.rows for bar in row]
    logarithmic = bars.scale == "logarithmic"
    ends = [e for b in everything for e in (b.low, b.value, b.high) if e > 0]
    first = math.floor(math.log10(min(ends, default=1)) - 0.01)
    last = math.ceil(math.log10(max(ends, default=1)) + 0.01)

    def place(value: float, most: float) -> float:
        if not logarithmic:
            return 100 * max(value, 0.0) / (most or 1)
        power = math.log10(value) if value > 0 else first
        return max(100 * (power - first) / (last - first), 0.0)

    def row(several: tuple[Bar, ...]) -> list[Bar]:
        among = several if bars.scale == "row" else everything
        most = max((bar.high for bar in among), default=0)
        return [
            replace(
                bar,
                value=place(bar.value, most),
                low=place(bar.low, most),
                high=place(bar.high, most),
            )
            for bar in several
        ]

    powers = [10.0**n for n in range(first, last + 1)] if logarithmic else []
    return DrawnBars(
        [(label, row(several), text) for label, several, text in bars.rows],
        [(place(power, 0), seconds(power)) for power in powers],
        [(o, bars.owners[o]) for o in get_args(Kind) if o in bars.owners],
    )
