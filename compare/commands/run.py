"""`run`: run lessons on both sides, in every mode, and report."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from compare.commands.options import TABLE, add

if TYPE_CHECKING:
    from compare.records.request import Request
    from compare.records.timing import Effort

HELP = "run lessons and report (the default)"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run lessons on both sides, in every mode, and report."
    )
    add_request(parser, "--device", "--out", "--figures")


def add_request(parser: argparse.ArgumentParser, *more: str) -> None:
    """Let the user say what to run, and set more."""
    parser.add_argument(
        "lessons",
        nargs="*",
        metavar="LESSON",
        help="lessons to run (linear_regression; minibatch with --data)",
    )
    settings = *TABLE, "--steps", "--learning-rate", "--batch-size"
    how = "--modes", "--quick", "--budget", "--timeout", "--lang"
    add(parser, "--all", *settings, *how, *more)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run the lessons; write, tell and draw the report."""
    from compare.running import family

    family.current().prepare()  # TensorFlow, while all below is read
    from compare.commands.delivery import deliver, draw, exit_code
    from compare.records import files
    from compare.running.devices import on_device
    from compare.showing.language import speaker
    from compare.showing.page.render import compile_templates, write_page
    from compare.showing.progress import progress
    from compare.showing.telling import sections as tell
    from compare.studies.lesson.report import make_report

    request = request_of(options, command)
    files.check_writable(options.out)
    if options.all:
        from compare.showing.telling.overview import overview as tell
    if options.figures:
        files.check_writable(options.figures, files.OTHER_FIGURES)
    compile_templates()
    with (
        progress() as watcher,
        on_device(options.device, options.timeout, watcher),
    ):
        report = make_report(request, watcher)
    deliver(
        tell(report, speaker(options.lang)),
        lambda: [
            files.write_report(report, options.out),
            write_page([report], options.lang, options.out),
        ],
        lambda: draw(report, options.figures, options.lang),
    )
    return exit_code(report.verdicts)


def request_of(options: argparse.Namespace, command: str) -> Request:
    """Turn the options into what to run.

    Raises:
        UsageError: options contradict each other, or there is no such table.
    """
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
    table = None
    if options.data:
        from compare.lessons.tables import read_table  # with pandas

        table = read_table(options.data, options.target, options.features)
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


def _effort(options: argparse.Namespace) -> Effort | None:
    """Return how long to time; all lessons only where a budget is given."""
    from compare.judging.ratios import effort

    if options.all and options.budget is None:
        return None
    return effort(options.budget, options.quick)


def _lessons(options: argparse.Namespace) -> tuple[str, ...]:
    from compare.lessons.problems import LESSONS

    if options.all:
        return tuple(LESSONS)
    default = "minibatch" if options.data else "linear_regression"
    return tuple(dict.fromkeys(options.lessons or [default]))
