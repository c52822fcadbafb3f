"""`grow`: what an update costs by rows and features."""

from __future__ import annotations

import argparse

from compare.commands.options import add_budget, add_common, count

HELP = "what an update costs by rows and features, for every variant"

ROUNDS, QUICK_ROUNDS = 3, 1
"""Processes that each variant is timed in, at each size."""

LARGEST, QUICK_LARGEST = 10**9, 10**6
"""Numbers in the largest table."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Time one full-batch update of the same linear model on tables of "
        "many sizes, by hand and in Keras, in every variant; say how the "
        "cost grows and where the gap between the sides vanishes."
    )
    add_budget(
        parser,
        "go on timing so long; three processes per variant and size are "
        "timed in any case (300)",
        300.0,
    )
    parser.add_argument(
        "--largest",
        type=count,
        metavar="NUMBERS",
        help="leave out tables of more numbers, rows times features; the "
        "largest has 102,400,000, which takes 2 GB of memory",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="tables of at most a million numbers, one process each",
    )
    add_common(parser, "growth.json, growth.png and growth.svg")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Measure; write, tell and draw what was found."""
    from compare.commands.delivery import deliver, exit_code
    from compare.judging.trends import lines_of
    from compare.records import UsageError, files
    from compare.records.report import Report
    from compare.records.timing import Effort
    from compare.showing.figures.growth import growth_chart
    from compare.showing.figures.style import write_chart
    from compare.showing.language import speaker
    from compare.showing.progress import progress
    from compare.showing.telling import sections
    from compare.studies.grow.study import measure_growth
    from compare.studies.grow.tables import SIZES
    from compare.studies.lesson.report import read_environment

    files.check_writable(options.out)
    largest = options.largest or (QUICK_LARGEST if options.quick else LARGEST)
    sizes = [s for s in SIZES if s.rows * s.features <= largest]
    if not list(lines_of(sizes)):
        raise UsageError(
            f"--largest {largest:,} leaves fewer than three tables to "
            "compare: give 1000 or more"
        )
    effort = (
        Effort(QUICK_ROUNDS)
        if options.quick
        else Effort(ROUNDS, options.budget)
    )
    with progress() as watcher:
        environment = read_environment(options.timeout, watcher)
        growth = measure_growth(sizes, effort, options.timeout, watcher)
    report = Report(environment, command, growth=growth)
    deliver(
        sections(report, speaker(options.lang)),
        lambda: [files.write_report(report, options.out, "growth.json")],
        lambda: write_chart(growth_chart(growth), options.out, "growth"),
    )
    return exit_code(report.verdicts)
