"""A verdict on a pair of the user's -> terminal."""

from __future__ import annotations

from rich.text import Text

from compare.records import Verdict
from compare.terminal.formats import STYLES, heading, say, terminal


def print_verdict(verdict: Verdict) -> None:
    """Print what was found and why."""
    console = terminal()
    console.print(Text(verdict.outcome, style=STYLES[verdict.outcome]))
    say(console, f"{verdict.reason}.")
    if verdict.diagnosis:
        heading(console, "Why?")
        for text in verdict.diagnosis.sentences():
            say(console, text)
