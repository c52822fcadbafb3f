"""The blocks that a report is told in.

A telling makes them, `terminal` and `page` show them. All texts are in the
reader's language already; nothing in them is markup, but for words between
backticks, which are code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from compare.records.peers import Kind

Tone = Literal["plain", "lead", "quiet", "good", "bad"]
"""How a text is meant: "lead" opens a section, "quiet" is for experts."""


@dataclass(frozen=True)
class Heading:
    """What the blocks after it are about."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A few sentences."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Cell:
    """A field of a table; `name` where it holds a name from code."""

    text: str
    tone: Tone = "plain"
    name: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under columns; the first cell of a row is what the row is about.

    Attributes:
        title: what it shows, for those who cannot see its place.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | Cell, ...], ...]


@dataclass(frozen=True)
class Bar:
    """A value to be drawn.

    Attributes:
        owner: whose it is.
        text: the value, in words.
        value: at least 0.
        low, high: ends of its spread.
    """

    owner: Kind
    text: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Bars:
    """Values of several owners, drawn row by row.

    Attributes:
        title: what is drawn.
        owners: who has a bar in each row, and what they are called.
        rows: label, bars, and what stands behind them.
        note: heading of what stands behind the bars, or "".
        scale: "row": the longest bar of each row fills it; "common": the
            longest of all; "logarithmic": seconds, each mark ten times the
            one before.
    """

    title: str
    owners: Mapping[Kind, str]
    rows: tuple[tuple[Cell, tuple[Bar, ...], str], ...]
    note: str = ""
    scale: Literal["row", "common", "logarithmic"] = "common"


@dataclass(frozen=True)
class Facts:
    """Terms and what they are."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Code:
    """Text in a fixed width: "diff", "python", or "output" as it came."""

    text: str
    kind: Literal["diff", "python", "output"] = "output"


@dataclass(frozen=True)
class Chart:
    """A picture that the page's scripts draw; a terminal leaves it out.

    Attributes:
        kind: which script draws it.
        label: what it shows, for those who cannot see it.
        scene: the numbers.
        keys: name -> number of its line, for the legend.
        note: how to read it.
        title: what stands above it, if anything.
    """

    kind: str
    label: str
    scene: Mapping[str, Any]
    keys: tuple[str, ...] = ()
    note: str = ""
    title: str = ""


@dataclass(frozen=True)
class Details:
    """Blocks that a page folds away under a summary."""

    summary: str
    blocks: tuple[Block, ...]
    tone: Tone = "plain"


Block = Heading | Paragraph | Table | Bars | Facts | Code | Chart | Details


@dataclass(frozen=True)
class Section:
    """A part of a report.

    Attributes:
        name: of its place on the page.
        title: its heading.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
