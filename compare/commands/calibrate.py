"""`calibrate`: what the timer finds where the truth is known."""

from __future__ import annotations

import argparse

from compare.commands.options import add_budget, add_common

HELP = "try the timer on equal code and on planted slow-downs"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Try the timer where the truth is known: how often does it call the "
        "same code different, how often does it find slow-downs of 2, 5 and "
        "10 % that were planted, and how long does that take?"
    )
    add_budget(
        parser, "how long to try (300); an hour makes the shares exact", 300.0
    )
    add_common(parser, "calibration.json")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Calibrate; write and tell what was found."""
    from compare.commands.delivery import deliver_study
    from compare.records import files
    from compare.records.report import Report
    from compare.showing.progress import progress
    from compare.studies.calibrate.study import calibrate
    from compare.studies.lesson.report import read_environment

    files.check_writable(options.out)
    with progress() as watcher:
        environment = read_environment(options.timeout, watcher)
        found = calibrate(options.budget, options.timeout, watcher)
    report = Report(environment, command, calibration=found)
    return deliver_study(report, "calibration.json", options)
