"""What changed since a baseline -> terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from compare.records.baseline import Comparison
from compare.records.escape import printable
from compare.showing.terminal.formats import say, table, terminal


def print_comparison(
    found: Comparison, console: Console | None = None
) -> None:
    """Print what changed and nothing else, and what was not compared."""
    console = console or terminal()
    for note in found.notes:
        say(console, f"Note: {note}.")
    if not found.changes:
        say(console, "Nothing changed.")
        return
    grid = table("", "lesson", "what", "baseline", "now")
    for change in found.changes:
        texts = (change.lesson, change.what, change.before, change.now)
        grid.add_row(
            Text("worse", style="bold red")
            if change.worse
            else Text("better", style="green"),
            *(Text(printable(text)) for text in texts),
        )
    console.print(grid)
