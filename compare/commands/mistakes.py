"""`mistakes`: the lesson on mistakes, and what happens when they are made."""

from __future__ import annotations

import argparse
import sys

from compare.commands.options import (
    EXIT_AGREE,
    EXIT_DIFFERENT,
    add_out,
    count,
    positive,
)

HELP = "classic mistakes: the diff, what happens, why; --run makes them"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Show classic mistakes in training loops as changes to the lessons. "
        "Without a KEY: list them. With --run: make them, and check that "
        "each is caught; exit code 1 if one is not."
    )
    parser.add_argument(
        "keys", nargs="*", metavar="KEY", help="mistakes to show"
    )
    parser.add_argument(
        "--all", action="store_true", help="show every mistake"
    )
    parser.add_argument(
        "--run",
        action="store_true",
        help="make them in fresh processes (without a KEY: all of them)",
    )
    parser.add_argument(
        "--rounds",
        type=count,
        default=1,
        metavar="N",
        help="processes in which a slow one is timed; 5 for intervals (1)",
    )
    parser.add_argument(
        "--timeout",
        type=positive,
        default=300.0,
        metavar="SECONDS",
        help="stop a process that takes longer (300)",
    )
    add_out(parser, "mistakes.json, with --run,")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Show the mistakes, or make them and write what was seen."""
    from compare.mistakes import CATALOGUE, find
    from compare.mistakes.observing import observe
    from compare.records import UsageError, files
    from compare.records.report import Report
    from compare.showing.terminal import live
    from compare.showing.terminal.mistakes import (
        print_index,
        print_lesson,
        print_run,
    )
    from compare.studies.lesson.report import read_environment

    if options.all and options.keys:
        raise UsageError("--all shows every mistake: leave the keys out")
    chosen = find(options.keys) if options.keys else CATALOGUE
    if not options.run:
        if options.keys or options.all:
            print_lesson(chosen)
        else:
            print_index(chosen)
        return EXIT_AGREE
    files.check_writable(options.out)
    with live.progress() as progress:
        environment = read_environment(options.timeout, progress)
        reports = observe(
            chosen,
            environment.cpus,
            options.timeout,
            options.rounds,
            progress,
        )
    report = Report(environment, command, mistakes=reports)
    print_run(report, in_full=bool(options.keys or options.all))
    path = files.write_report(report, options.out, "mistakes.json")
    sys.stdout.write(f"\nWritten: {path}\n")
    caught = all(report.caught for report in reports)
    return EXIT_AGREE if caught else EXIT_DIFFERENT
