"""What the commands' options share; nothing heavy is imported."""

from __future__ import annotations

import argparse
import math
import sys
import textwrap
from pathlib import Path
from typing import Any, NoReturn

from compare.records import LANGUAGES, MEASURES, MODES
from compare.records.escape import printable

EXIT_AGREE, EXIT_DIFFERENT, EXIT_USAGE, EXIT_COULD_NOT_RUN = 0, 1, 2, 3
EXIT_FAULT, EXIT_INTERRUPTED, EXIT_CLOSED = 70, 130, 141

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
    sys.stderr.write(f"compare: {printable(text)}\n")


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


def device(text: str) -> str:
    """Read a device of TensorFlow's; GPU is the first one."""
    kind, _, number = text.upper().partition(":")
    if kind not in ("CPU", "GPU") or not (number or "0").isdecimal():
        raise argparse.ArgumentTypeError(
            f"{text!r} is no device: give one such as CPU:0 or GPU:0"
        )
    return f"{kind}:{int(number or 0)}"


def positive(text: str) -> float:
    """Read a finite number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (value > 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def option(
    what: str, kind: Any = None, name: str = "", **more: Any
) -> dict[str, Any]:
    """Describe an option: what it is for, how its value is read and named."""
    if kind is None:
        return {"help": what, "action": "store_true"}
    return {"help": what, "type": kind, "metavar": name, **more}


OPTIONS: dict[str, dict[str, Any]] = {
    "--all": option("every one there is"),
    "--backend": option(
        "what Keras computes with: tensorflow, jax or torch; may be given "
        "again",
        str,
        "BACKEND",
        action="append",
        choices=("tensorflow", "jax", "torch"),
    ),
    "--baseline": option(
        "keep the verdict and the code of both sides there, for check",
        Path,
        "FILE",
    ),
    "--batch-size": option("rows per update", count, "N"),
    "--bisect": option(
        "of two --with that differ in one release, find the one between them "
        "that changed it"
    ),
    "--budget": option(
        "time so long, in enough processes for intervals", positive, "SECONDS"
    ),
    "--data": option(
        "train on this CSV or Parquet table; columns are standardised",
        Path,
        "FILE",
    ),
    "--device": option(
        "on which of TensorFlow's devices, such as CPU:0 or GPU:1 (its own "
        "choice: the first GPU, if there is one)",
        device,
        "DEVICE",
    ),
    "--features": option(
        "the columns to predict it from (all others)", str, "COLUMN", nargs="+"
    ),
    "--figures": option(
        "write the charts there: PNG and SVG, a GIF of the learning",
        Path,
        "FOLDER",
    ),
    "--folder": option(
        "where the table may lie meanwhile (the system's folder for "
        "temporary files)",
        Path,
        "FOLDER",
    ),
    "--format": option(
        "how findings are shown: text, json, github: a line each, as an "
        "annotation (%(default)s)",
        str,
        "FORMAT",
        choices=("text", "json", "github"),
        default="text",
    ),
    "--lang": option(
        "language of what is shown: en, ko (%(default)s)",
        str,
        "LANGUAGE",
        choices=LANGUAGES,
        default=LANGUAGES[0],
    ),
    "--largest": option(
        "leave out tables of more numbers, rows times features; the largest "
        "has 102,400,000, which takes 2 GB of memory",
        count,
        "NUMBERS",
    ),
    "--learning-rate": option("step length", positive, "R"),
    "--measure": option(
        "how code is measured (%(default)s)",
        str,
        "MEASURE",
        choices=tuple(MEASURES),
        default="statements",
    ),
    "--mode": option(
        "how an update runs, where that is not said otherwise (%(default)s)",
        str,
        "MODE",
        choices=MODES,
        default="graph",
    ),
    "--modes": option(
        "how an update runs: eager, graph, xla (all three)",
        str,
        "MODE",
        nargs="+",
        choices=MODES,
        default=MODES,
    ),
    "--out": option(
        "where to write the files (here)", Path, "FOLDER", default=Path()
    ),
    "--problem": option(
        "a function without arguments that returns compare.problem(...)",
        str,
        "FILE:FUNCTION",
    ),
    "--python": option(
        "an interpreter with TensorFlow and Keras, such as "
        ".venv/bin/python; may be given again",
        str,
        "PATH",
        action="append",
        default=[],
    ),
    "--quick": option("less of it: fewer updates, one process each"),
    "--rounds": option(
        "processes that each is measured in (%(default)s); 6 are the fewest "
        "that give intervals",
        count,
        "N",
    ),
    "--rows": option(
        "numbers of rows; a row takes 60 bytes on disk", count, "N", nargs="+"
    ),
    "--run": option("make them in fresh processes"),
    "--score": option(
        "check and diagnose pairs of networks with planted mistakes: takes "
        "some 15 minutes; KEY may be the beginning of a pair's name"
    ),
    "--steps": option(
        "number of updates, in whole epochs",
        count,
        "N",
    ),
    "--target": option("the column to predict", str, "COLUMN"),
    "--threshold": option(
        "slow-down of a side that must not go unseen (%(default)g)",
        positive,
        "PERCENT",
        default=5.0,
    ),
    "--time": option("time what agrees, by turns"),
    "--timeout": option(
        "stop a process that takes longer (%(default)g)",
        positive,
        "SECONDS",
        default=300.0,
    ),
    "--update": option("take what is found as the new baseline"),
    "--with": option(
        'what pip is to install, such as "tensorflow==2.20.0 keras==3.13.2"; '
        "may be given again",
        str,
        "REQUIREMENTS",
        action="append",
        default=[],
    ),
}
"""Every option of every command, once."""

TABLE = ("--data", "--target", "--features")
"""What a user's table needs."""

COMMON = ("--timeout", "--lang", "--out")
"""What most commands take that train and report."""


def add(parser: argparse.ArgumentParser, *names: str, **defaults: Any) -> None:
    """Let a command take options, some with defaults of its own.

    The exit codes are explained below them.
    """
    for name in names:
        parser.add_argument(name, **OPTIONS[name])
    parser.set_defaults(**defaults)
    parser.description = textwrap.fill(parser.description or "", 78)
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
