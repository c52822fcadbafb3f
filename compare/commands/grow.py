"""`grow`: what an update costs by rows and features."""

from __future__ import annotations

import argparse

from compare.commands.options import COMMON, add

LARGEST, QUICK_LARGEST = 10**9, 10**6
"""Numbers in the largest table."""

HELP = "what an update costs by rows and features, for every variant"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Time one full-batch update of the same linear model on tables of "
        "many sizes, by hand and in Keras, in every variant; say how the "
        "cost grows and where the gap between the sides vanishes."
    )
    add(parser, "--budget", "--largest", "--quick", *COMMON, budget=300.0)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Time every variant at every size."""
    from compare.commands.delivery import exit_code, report_study
    from compare.judging.ratios import FEWEST
    from compare.judging.trends import lines_of
    from compare.records import UsageError
    from compare.records.timing import Effort
    from compare.studies.grow.study import measure_growth
    from compare.studies.grow.tables import SIZES

    largest = options.largest or (QUICK_LARGEST if options.quick else LARGEST)
    sizes = [s for s in SIZES if s.rows * s.features <= largest]
    if not list(lines_of(sizes)):
        raise UsageError(
            f"--largest {largest:,} leaves fewer than three tables to "
            "compare: give 1000 or more"
        )
    quick = options.quick
    effort = Effort(1) if quick else Effort(FEWEST, options.budget)
    report = report_study(
        "growth.json",
        options,
        command,
        lambda _, watcher: {
            "growth": measure_growth(sizes, effort, options.timeout, watcher)
        },
        figures=options.out,
    )
    return exit_code(report.verdicts)
