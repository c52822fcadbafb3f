"""`list`: the lessons."""

from __future__ import annotations

import argparse
import sys

from compare.commands.options import EXIT_AGREE

HELP = "list the lessons"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to set."""


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Print a line per lesson."""
    from compare.lessons.problems import LESSONS, problem_of
    from compare.records.problem import Settings

    width = max(map(len, LESSONS))
    for lesson in LESSONS:
        title = problem_of(lesson, Settings()).title
        sys.stdout.write(f"{lesson:{width}}  {title}\n")
    return EXIT_AGREE
