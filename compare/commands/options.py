"""What the commands' options share; nothing heavy is imported."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import NoReturn

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
130  interrupted by Ctrl-C; what was written before is named
141  the output was closed early (by head, say); the report is written
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Write one line to stderr and exit."""
        complain(f"{message}; see {self.prog} --help")
        raise SystemExit(EXIT_USAGE)


def complain(text: str) -> None:
    """Write one line to stderr."""
    from compare.records.escape import printable  # imports NumPy

    sys.stderr.write(f"compare: {printable(text)}\n")


def add_common(
    parser: argparse.ArgumentParser, writes: str, timeout: float = 300.0
) -> None:
    """Add what every command has that trains and reports.

    Args:
        parser: of the command.
        writes: what it writes to --out, or "" where there is no such folder.
        timeout: seconds that one process may take, unless the user says so.
    """
    parser.add_argument(
        "--timeout",
        type=positive,
        default=timeout,
        metavar="SECONDS",
        help=f"stop a process that takes longer ({timeout:g})",
    )
    add_language(parser)
    if writes:
        add_out(parser, writes)


def add_out(parser: argparse.ArgumentParser, writes: str) -> None:
    """Let the user choose the folder that is written to."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help=f"where to write {writes} (here)",
    )


def add_language(parser: argparse.ArgumentParser) -> None:
    """Let the user choose the language."""
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=LANGUAGES[0],
        help=f"language of what is shown: {', '.join(LANGUAGES)} "
        f"({LANGUAGES[0]})",
    )


def add_budget(
    parser: argparse.ArgumentParser, what: str, default: float | None = None
) -> None:
    """Let the user say how long to time."""
    parser.add_argument(
        "--budget",
        type=positive,
        default=default,
        metavar="SECONDS",
        help=what,
    )


def add_rounds(
    parser: argparse.ArgumentParser, what: str, default: int
) -> None:
    """Let the user say how many processes each thing is measured in."""
    parser.add_argument(
        "--rounds",
        type=count,
        default=default,
        metavar="N",
        help=f"{what} ({default})",
    )


def add_table(parser: argparse.ArgumentParser, otherwise: str) -> None:
    """Let the user bring a table."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help="train on this CSV or Parquet table; columns are standardised "
        f"({otherwise})",
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


def add_mode(parser: argparse.ArgumentParser, what: str) -> None:
    """Let the user choose one mode."""
    parser.add_argument(
        "--mode", choices=MODES, default="graph", help=f"{what} (graph)"
    )


def with_exit_codes(parser: argparse.ArgumentParser) -> None:
    """Explain the exit codes below the options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


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
