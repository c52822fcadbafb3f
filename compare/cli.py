"""The command line: `python -m compare`."""

from __future__ import annotations

import argparse
import io
import math
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from compare.escape import printable

if TYPE_CHECKING:
    from compare import timing

EXIT_AGREE, EXIT_DIFFERENT, EXIT_USAGE, EXIT_COULD_NOT_RUN = 0, 1, 2, 3
EXIT_INTERRUPTED, EXIT_CLOSED = 130, 141

ROUNDS, QUICK_ROUNDS = 3, 1
"""Processes that each side is timed in."""

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
130  interrupted by Ctrl-C; nothing was written
141  the output was closed early (by head, say); the report is written
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        text = printable(f"compare: {message}; see {self.prog} --help")
        sys.stderr.write(text + "\n")
        raise SystemExit(EXIT_USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # an ASCII terminal has no µ
    try:
        code = _carry_out(given)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        sys.stderr.write("compare: interrupted; no report was written\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `| head` has seen enough; the report is written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_CLOSED


def _carry_out(given: Sequence[str]) -> int:
    words = given if _names_command(given) else ["run", *given]
    options = _parser().parse_args(words)
    from compare.records import UsageError

    command = shlex.join(["python", "-m", "compare", *given])
    try:
        return int(options.run(options, command))
    except UsageError as error:
        sys.stderr.write(f"compare: {printable(str(error))}\n")
        return EXIT_USAGE


def _names_command(words: Sequence[str]) -> bool:
    return bool(words) and words[0] in (*COMMANDS, "-h", "--help")


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m compare",
        description="Train the same job by hand in TensorFlow and with Keras, "
        "prove whether both are the same training, and compare their code "
        "and speed. Without a command: run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    run = commands.add_parser(
        "run",
        help="run lessons and report (the default)",
        description="Run lessons on both sides, in every mode, and report.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_run_options(run)
    run.set_defaults(run=_run)
    listing = commands.add_parser("list", help="list the lessons")
    listing.set_defaults(run=_list)
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
    rungs.set_defaults(run=_ladder)
    return parser


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


def _run(options: argparse.Namespace, command: str) -> int:
    from compare import files, live, overview, records, render
    from compare.plan import Request
    from compare.problem import Settings
    from compare.records import UsageError
    from compare.report import make_report
    from compare.tables import read_table

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
    lessons = _lessons(options)
    files.check_writable(options.out)
    table = (
        read_table(options.data, options.target, options.features)
        if options.data
        else None
    )
    request = Request(
        lessons=lessons,
        settings=Settings(
            table, options.steps, options.learning_rate, options.batch_size
        ),
        modes=tuple(mode for mode in records.MODES if mode in options.modes),
        effort=_effort(options),
        quick=options.quick,
        timeout=options.timeout,
        command=command,
    )
    with live.progress() as progress:
        report = make_report(request, progress)
    show = overview.print_summary if options.all else render.print_report
    try:
        path = files.write_report(report, options.out)
    except UsageError:
        show(report)  # what could not be written is not lost
        raise
    show(report)
    sys.stdout.write(f"\nWritten: {path}\n")
    sys.stdout.flush()
    return exit_code(
        [
            verdict.outcome
            for lesson in report.lessons
            for verdict in lesson.all_verdicts
        ]
    )


def _effort(options: argparse.Namespace) -> timing.Effort | None:
    from compare.ratios import FEWEST
    from compare.timing import Effort

    if options.all:
        return None
    if options.budget is not None:
        return Effort(FEWEST, options.budget)
    return Effort(QUICK_ROUNDS if options.quick else ROUNDS)


def _lessons(options: argparse.Namespace) -> tuple[str, ...]:
    from compare.problems import LESSONS

    if options.all:
        return tuple(LESSONS)
    default = "minibatch" if options.data else "linear_regression"
    return tuple(dict.fromkeys(options.lessons or [default]))


def exit_code(outcomes: Sequence[str]) -> int:
    """Return the exit code for the verdicts of a report.

    A pair that could not run weighs more than one that is different.
    """
    if "could not run" in outcomes:
        return EXIT_COULD_NOT_RUN
    return EXIT_DIFFERENT if "different" in outcomes else EXIT_AGREE


def _list(options: argparse.Namespace, command: str) -> int:
    from compare.problem import Settings
    from compare.problems import LESSONS, problem_of

    for lesson in LESSONS:
        sys.stdout.write(
            f"{lesson:20}{problem_of(lesson, Settings()).title}\n"
        )
    return EXIT_AGREE


def _ladder(options: argparse.Namespace, command: str) -> int:
    from compare import files, overview, plots
    from compare.ladder import ladder

    files.check_writable(options.out)
    rungs = ladder()
    overview.print_ladder(rungs, options.measure)
    figure = plots.ladder_chart(rungs, options.measure)
    for path in plots.write_chart(figure, options.out, "ladder"):
        sys.stdout.write(f"Written: {path}\n")
    return EXIT_AGREE


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
