"""`run`: run lessons on both sides, in every mode, and report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from compare.commands.options import (
    EPILOG,
    MODES,
    OTHER_FIGURES,
    add_figures,
    add_language,
    add_out,
    count,
    exit_code,
    positive,
)

if TYPE_CHECKING:
    from compare.records.report import Report
    from compare.records.request import Request
    from compare.records.timing import Effort

HELP = "run lessons and report (the default)"

ROUNDS, QUICK_ROUNDS = 3, 1
"""Processes that each side is timed in."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run lessons on both sides, in every mode, and report."
    )
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_request(parser)
    add_language(parser)
    add_out(parser, "report.json and report.html")
    add_figures(parser)


def add_request(parser: argparse.ArgumentParser) -> None:
    """Let the user say what to run."""
    parser.add_argument(
        "lessons",
        nargs="*",
        metavar="LESSON",
        help="lessons to run (linear_regression; minibatch with --data)",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="run every lesson, a line each: verdicts and sizes, no timing",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="train on this CSV or Parquet table; columns are standardised",
    )
    parser.add_argument(
        "--target", metavar="COLUMN", help="the column to predict"
    )
    parser.add_argument(
        "--features",
        nargs="+",
        metavar="COLUMN",
        help="the columns to predict it from (all others)",
    )
    parser.add_argument(
        "--steps",
        type=count,
        metavar="N",
        help="number of updates (mini-batches: rounded up to whole epochs)",
    )
    parser.add_argument(
        "--learning-rate", type=positive, metavar="R", help="step length"
    )
    parser.add_argument(
        "--batch-size", type=count, metavar="N", help="rows per update"
    )
    parser.add_argument(
        "--modes",
        nargs="+",
        choices=MODES,
        default=list(MODES),
        metavar="MODE",
        help="how an update runs: eager, graph, xla (all three)",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="50 updates, in whole epochs, and one timed process a side",
    )
    parser.add_argument(
        "--budget",
        type=positive,
        metavar="SECONDS",
        help="time each lesson so long, for intervals and the noise floor",
    )
    parser.add_argument(
        "--timeout",
        type=positive,
        default=300.0,
        metavar="SECONDS",
        help="stop a process that takes longer (300)",
    )


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run the lessons, print and write the report."""
    from compare.records import UsageError, files
    from compare.showing.page.render import write_page
    from compare.showing.terminal import live, overview
    from compare.showing.terminal.report import print_report
    from compare.studies.lesson.report import make_report

    request = request_of(options, command)
    files.check_writable(options.out)
    if options.figures:
        files.check_writable(options.figures, OTHER_FIGURES)
    with live.progress() as progress:
        report = make_report(request, progress)
    show = overview.print_summary if options.all else print_report
    try:
        paths = [
            files.write_report(report, options.out),
            write_page([report], options.lang, options.out),
        ]
    except UsageError:
        show(report)  # what could not be written is not lost
        raise
    show(report)
    sys.stdout.write("\n" + "".join(f"Written: {p}\n" for p in paths))
    if options.figures:
        from compare.showing.figures import write_figures  # takes a while

        for chart in write_figures(report, options.figures):
            sys.stdout.write(f"Written: {chart}\n")
    sys.stdout.flush()
    return report_code(report)


def request_of(options: argparse.Namespace, command: str) -> Request:
    """Turn the options into what to run.

    Raises:
        UsageError: options contradict each other, or there is no such table.
    """
    from compare.lessons.tables import read_table
    from compare.records import MODES, UsageError
    from compare.records.problem import Settings
    from compare.records.request import Request

    if options.data and not options.target:
        raise UsageError("--data needs --target COLUMN, the column to predict")
    if not options.data and (options.target or options.features):
        raise UsageError("--target and --features need --data FILE")
    if options.all and options.lessons:
        raise UsageError("--all runs every lesson: leave their names out")
    if options.all and (options.data or options.batch_size):
        raise UsageError(
            "--all runs every lesson on data of its own: leave --data and "
            "--batch-size out, or name the lessons"
        )
    table = options.data and read_table(
        options.data, options.target, options.features
    )
    return Request(
        lessons=_lessons(options),
        settings=Settings(
            table, options.steps, options.learning_rate, options.batch_size
        ),
        modes=tuple(mode for mode in MODES if mode in options.modes),
        effort=_effort(options),
        quick=options.quick,
        timeout=options.timeout,
        command=command,
    )


def report_code(report: Report) -> int:
    """Return the exit code that the verdicts of a report ask for."""
    return exit_code(
        [
            verdict.outcome
            for lesson in report.lessons
            for verdict in lesson.all_verdicts
        ]
    )


def _effort(options: argparse.Namespace) -> Effort | None:
    from compare.judging.ratios import FEWEST
    from compare.records.timing import Effort

    if options.all:
        return None
    if options.budget is not None:
        return Effort(FEWEST, options.budget)
    return Effort(QUICK_ROUNDS if options.quick else ROUNDS)


def _lessons(options: argparse.Namespace) -> tuple[str, ...]:
    from compare.lessons.problems import LESSONS

    if options.all:
        return tuple(LESSONS)
    default = "minibatch" if options.data else "linear_regression"
    return tuple(dict.fromkeys(options.lessons or [default]))
