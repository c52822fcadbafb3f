"""What every command does with what it found: write it, tell it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from compare.commands.options import (
    EXIT_AGREE,
    EXIT_COULD_NOT_RUN,
    EXIT_DIFFERENT,
)
from compare.records import UsageError
from compare.records.files import check_writable, write_report
from compare.records.report import Environment, Report
from compare.records.verdicts import Verdict
from compare.running.environment import read_environment
from compare.running.processes import Progress
from compare.showing.blocks import Section
from compare.showing.language import speaker
from compare.showing.progress import progress
from compare.showing.telling import sections
from compare.showing.terminal import print_sections


def report_study(
    name: str,
    options: argparse.Namespace,
    command: str,
    study: Callable[[Environment, Progress], dict[str, Any]],
    figures: Path | None = None,
) -> Report:
    """Carry a study out; write its report to --out, tell it, draw it.

    Args:
        name: of the report's file.
        options: with timeout, out and lang.
        command: how the user asked.
        study: returns fields of the report.
        figures: folder for charts of it, if there are to be any.
    """
    check_writable(options.out)
    with progress() as watcher:
        environment = read_environment(options.timeout, watcher)
        report = Report(environment, command, **study(environment, watcher))
    deliver(
        sections(report, speaker(options.lang)),
        lambda: [write_report(report, options.out, name)],
        lambda: draw(report, figures, options.lang),
    )
    return report


def deliver(
    told: Sequence[Section],
    write: Callable[[], Iterable[Path]],
    drawing: Callable[[], Iterable[Path]] = tuple,
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
    say_written(drawing())


def draw(report: Report, folder: Path | None, language: str) -> Iterable[Path]:
    """Write the charts of a report, if a folder is named."""
    if folder is None:
        return ()
    from compare.showing.figures import write_figures  # takes a while

    return write_figures(report, folder, language)


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
