"""Blocks -> a terminal, with rich."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from compare.records.escape import printable
from compare.showing.blocks import (
    Bars,
    Block,
    Cell,
    Chart,
    Code,
    Details,
    Facts,
    Heading,
    Paragraph,
    Section,
    Table,
    Tone,
)

WIDTH = 100

STYLES: dict[Tone, str] = {"good": "green", "bad": "bold red"}
PATCH = {"+": "green", "-": "red", "@": "cyan"}
"""First sign of a line of a diff -> its colour."""


def terminal() -> Console:
    """Return a console on stdout; plain text where it is not a terminal."""
    plain = Console(highlight=False)
    width = min(plain.width, WIDTH) if plain.is_terminal else WIDTH
    return Console(highlight=False, width=width)


def print_sections(
    sections: Sequence[Section], console: Console | None = None
) -> None:
    """Print sections, a heading above each that has one."""
    console = console or terminal()
    for section in sections:
        if section.title:
            _heading(console, section.title)
        print_blocks(section.blocks, console)


def print_blocks(blocks: Sequence[Block], console: Console) -> None:
    """Print blocks, one below the other."""
    for block in blocks:
        match block:
            case Heading():
                _heading(console, block.text)
            case Paragraph():
                console.print(_text(block.text, STYLES.get(block.tone, "")))
            case Table():
                console.print(_table(block))
            case Bars():
                console.print(_bars(block))
            case Facts():
                for term, text in block.items:
                    line = Text(f"{printable(term)}: ", style="bold")
                    console.print(line.append(_text(text, "not bold")))
            case Code():
                console.print(_code(block), soft_wrap=True)
            case Details():
                _heading(console, block.summary, STYLES.get(block.tone, ""))
                print_blocks(block.blocks, console)
            case Chart():
                pass  # the table beside it has the numbers
            case _:
                assert_never(block)


def _heading(console: Console, text: str, style: str = "") -> None:
    console.print(_text("\n" + text, f"bold {style}"))


def _text(text: str, style: str = "") -> Text:
    """Return text that is no markup; code in it loses its backticks."""
    lines = re.sub("`(.+?)`", r"\1", text).split("\n")
    return Text("\n".join(map(printable, lines)), style=style)


def _table(table: Table) -> Grid:
    grid = _grid(table.columns)
    for row in table.rows:
        grid.add_row(*map(_cell, row))
    return grid


def _bars(bars: Bars) -> Grid:
    """Show the values in a column per owner, or one where none share a row."""
    alone = all(len(drawn) < 2 for _, drawn, _ in bars.rows)
    heads = ["", bars.title] if alone else [bars.title, *bars.owners.values()]
    grid = _grid([*heads, *filter(None, [bars.note])])
    for label, drawn, behind in bars.rows:
        texts = {bar.owner: bar.text for bar in drawn}
        values = list(texts.values()) or [""]
        if not alone:
            values = [texts.get(owner, "") for owner in bars.owners]
        cells = [*values, behind] if bars.note else values
        grid.add_row(_cell(label), *map(_text, cells))
    return grid


def _grid(columns: Sequence[str]) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        grid.add_column(_text(column), overflow="fold")
    return grid


def _cell(cell: str | Cell) -> Text:
    if isinstance(cell, str):
        return _text(cell)
    return _text(cell.text, STYLES.get(cell.tone, ""))


def _code(code: Code) -> Text:
    shown = Text()
    for line in code.text.splitlines():
        style = PATCH.get(line[:1], "") if code.kind == "diff" else "dim"
        shown.append(f"  {printable(line)}\n", style=style)
    shown.rstrip()
    return shown
