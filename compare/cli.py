"""The command line: `python -m compare`."""

from __future__ import annotations

import argparse
import io
import os
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from compare.escape import printable
from compare.options import COMMANDS, EXIT_USAGE, parser

if TYPE_CHECKING:
    from compare import timing

EXIT_AGREE, EXIT_DIFFERENT, EXIT_COULD_NOT_RUN = 0, 1, 3
EXIT_FAULT, EXIT_INTERRUPTED, EXIT_CLOSED = 70, 130, 141

ROUNDS, QUICK_ROUNDS = 3, 1
"""Processes that each side is timed in."""


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
    except Exception:  # 1 would say that a pair is different
        traceback.print_exc()
        return EXIT_FAULT


def _carry_out(given: Sequence[str]) -> int:
    words = given if _names_command(given) else ["run", *given]
    options = parser().parse_args(words)
    from compare.records import UsageError

    command = shlex.join(["python", "-m", "compare", *given])
    try:
        return CARRY_OUT[options.command](options, command)
    except UsageError as error:
        sys.stderr.write(f"compare: {printable(str(error))}\n")
        return EXIT_USAGE


def _names_command(words: Sequence[str]) -> bool:
    return bool(words) and words[0] in (*COMMANDS, "-h", "--help")


def _run(options: argparse.Namespace, command: str) -> int:
    from compare import files, live, overview, records, render
    from compare.problem import Settings
    from compare.records import UsageError
    from compare.report import make_report
    from compare.request import Request
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


CARRY_OUT: dict[str, Callable[[argparse.Namespace, str], int]] = {
    "run": _run,
    "list": _list,
    "ladder": _ladder,
}
