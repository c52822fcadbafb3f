"""A verdict on a pair of the user's -> terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from compare.records import Verdict
from compare.records.escape import printable
from compare.records.pairs import SideCost
from compare.showing.terminal.formats import (
    STYLES,
    heading,
    say,
    seconds,
    table,
    terminal,
)


def print_verdict(verdict: Verdict) -> None:
    """Print what was found and why."""
    console = terminal()
    console.print(Text(verdict.outcome, style=STYLES[verdict.outcome]))
    say(console, f"{verdict.reason}.")
    why = verdict.diagnosis.sentences() if verdict.diagnosis else []
    if why:
        heading(console, "Why?")
    for text in why:
        say(console, text)


def print_costs(costs: Sequence[SideCost]) -> None:
    """Print what each side takes, and what makes it slow."""
    if not costs:
        return
    console = terminal()
    heading(console, "How fast?")
    grid = table("", "start", "per update", "updates", "traces", "graph")
    for cost in costs:
        grid.add_row(
            printable(cost.side),
            seconds(cost.start_seconds),
            seconds(cost.seconds_per_update),
            f"{cost.updates:,}",
            f"{cost.traces:,}",
            f"{cost.graph_nodes:,} operations",
        )
    console.print(grid)
    for cost in costs:
        for reason in cost.reasons():
            say(console, reason)
    say(console, "One fresh process each: look at factors, not per cents.")
