"""What the commands' options share; nothing heavy is imported."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from compare.records.escape import printable

EXIT_AGREE, EXIT_DIFFERENT, EXIT_USAGE, EXIT_COULD_NOT_RUN = 0, 1, 2, 3
EXIT_FAULT, EXIT_INTERRUPTED, EXIT_CLOSED = 70, 130, 141

MODES = ("eager", "graph", "xla")
LANGUAGES = ("en", "ko")
SIZE_MEASURES = (
    "statements",
    "tokens",
    "nodes",
    "gzip_bytes",
    "names",
    "branches",
    "cognitive_complexity",
)

EPILOG = """\
exit codes:
  0  every pair agrees: identical bits, or the same mathematics
  1  a pair is different; for check: something became worse
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


def add_out(parser: argparse.ArgumentParser, what: str) -> None:
    """Let the user choose the folder that is written to."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help=f"where to write {what} (here)",
    )


def add_language(parser: argparse.ArgumentParser) -> None:
    """Let the user choose the language of the page."""
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=LANGUAGES[0],
        help="language of report.html (en)",
    )


OTHER_FIGURES = "choose another folder with --figures"


def add_figures(parser: argparse.ArgumentParser) -> None:
    """Let the user have the charts as files."""
    parser.add_argument(
        "--figures",
        type=Path,
        metavar="FOLDER",
        help="write the charts there: PNG and SVG, a GIF of the learning",
    )


def count(text: str) -> int:
    """Read a whole number above 0."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a whole number above 0"
        )
    return value


def positive(text: str) -> float:
    """Read a finite number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (value > 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def exit_code(outcomes: Sequence[str]) -> int:
    """Return the exit code for the verdicts of a report.

    A pair that could not run weighs more than one that is different.
    """
    if "could not run" in outcomes:
        return EXIT_COULD_NOT_RUN
    return EXIT_DIFFERENT if "different" in outcomes else EXIT_AGREE
