"""What every command does with what it found: write it, tell it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from compare.commands.options import (
    EXIT_AGREE,
    EXIT_COULD_NOT_RUN,
    EXIT_DIFFERENT,
)
from compare.records import UsageError, Verdict
from compare.records.files import write_report
from compare.records.report import Report
from compare.showing.blocks import Section
from compare.showing.language import speaker
from compare.showing.telling import sections
from compare.showing.terminal import print_sections


def deliver_study(
    report: Report, name: str, options: argparse.Namespace
) -> int:
    """Write a study's report to --out, tell it in --lang; return the code."""
    deliver(
        sections(report, speaker(options.lang)),
        lambda: [write_report(report, options.out, name)],
    )
    return exit_code(report.verdicts)


def deliver(
    told: Sequence[Section],
    write: Callable[[], Iterable[Path]],
    draw: Callable[[], Iterable[Path]] = tuple,
) -> None:
    """Write, then tell, then draw, which takes a while.

    What could not be written is told all the same, so that it is not lost.
    """
    try:
        paths = list(write())
    except UsageError:
        print_sections(told)
        raise
    print_sections(told)
    sys.stdout.write("\n")
    say_written(paths)
    say_written(draw())


def say_written(paths: Iterable[Path]) -> None:
    """Name each file as soon as it is there."""
    for path in paths:
        sys.stdout.write(f"Written: {path}\n")
        sys.stdout.flush()


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """Return the exit code for verdicts.

    A pair that could not run weighs more than one that is different.
    """
    outcomes = {verdict.outcome for verdict in verdicts}
    if "could not run" in outcomes:
        return EXIT_COULD_NOT_RUN
    return EXIT_DIFFERENT if "different" in outcomes else EXIT_AGREE
