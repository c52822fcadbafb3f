"""The command line's options; nothing heavy is imported."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import NoReturn

from compare.escape import printable

EXIT_USAGE = 2

COMMANDS = ("run", "list", "ladder")
MODES = ("eager", "graph", "xla")
SIZE_MEASURES = (
    "statements",
    "tokens",
    "nodes",
    "gzip_bytes",
    "names",
    "branches",
    "cognitive_complexity",
    "lines",
)

EPILOG = """\
exit codes:
  0  every pair agrees: identical bits, or the same mathematics
  1  a pair is different
  2  the request cannot be carried out: bad option, bad data, no place to write
  3  a pair could not run: an error, a time-out, numbers that are not finite
 70  a fault in this program; please report it with the traceback
130  interrupted by Ctrl-C; nothing was written
141  the output was closed early (by head, say); the report is written
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Write one line to stderr and exit."""
        text = printable(f"compare: {message}; see {self.prog} --help")
        sys.stderr.write(text + "\n")
        raise SystemExit(EXIT_USAGE)


def parser() -> Parser:
    """Return the parser of the command line."""
    top = Parser(
        prog="python -m compare",
        description="Train the same job by hand in TensorFlow and with Keras, "
        "prove whether both are the same training, and compare their code "
        "and speed. Without a command: run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    run = commands.add_parser(
        "run",
        help="run lessons and report (the default)",
        description="Run lessons on both sides, in every mode, and report.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_run_options(run)
    run.set_defaults(command="run")
    listing = commands.add_parser("list", help="list the lessons")
    listing.set_defaults(command="list")
    rungs = commands.add_parser(
        "ladder",
        help="what each feature costs by hand and in Keras; runs nothing",
    )
    rungs.add_argument(
        "--measure",
        choices=SIZE_MEASURES,
        default="statements",
        help="how code is measured (statements)",
    )
    _add_out(rungs, "ladder.png and ladder.svg")
    rungs.set_defaults(command="ladder")
    return top


def _add_out(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help=f"where to write {what} (here)",
    )


def _add_run_options(run: argparse.ArgumentParser) -> None:
    run.add_argument(
        "lessons",
        nargs="*",
        metavar="LESSON",
        help="lessons to run (linear_regression; minibatch with --data)",
    )
    run.add_argument(
        "--all",
        action="store_true",
        help="run every lesson, a line each: verdicts and sizes, no timing",
    )
    run.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="train on this CSV or Parquet table; columns are standardised",
    )
    run.add_argument(
        "--target", metavar="COLUMN", help="the column to predict"
    )
    run.add_argument(
        "--features",
        nargs="+",
        metavar="COLUMN",
        help="the columns to predict it from (all others)",
    )
    run.add_argument(
        "--steps",
        type=_count,
        metavar="N",
        help="number of updates (mini-batches: rounded up to whole epochs)",
    )
    run.add_argument(
        "--learning-rate", type=_positive, metavar="R", help="step length"
    )
    run.add_argument(
        "--batch-size", type=_count, metavar="N", help="rows per update"
    )
    run.add_argument(
        "--modes",
        nargs="+",
        choices=MODES,
        default=list(MODES),
        metavar="MODE",
        help="how an update runs: eager, graph, xla (all three)",
    )
    run.add_argument(
        "--quick",
        action="store_true",
        help="50 updates, in whole epochs, and one timed process a side",
    )
    run.add_argument(
        "--budget",
        type=_positive,
        metavar="SECONDS",
        help="time each lesson so long, for intervals and the noise floor",
    )
    run.add_argument(
        "--timeout",
        type=_positive,
        default=300.0,
        metavar="SECONDS",
        help="stop a process that takes longer (300)",
    )
    _add_out(run, "report.json")


def _count(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a whole number above 0"
        )
    return value


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (value > 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value
