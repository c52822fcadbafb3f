"""`calibrate`: what the timer finds where the truth is known."""

from __future__ import annotations

import argparse
import sys

from compare.commands.options import EXIT_AGREE, add_out, positive

HELP = "try the timer on equal code and on planted slow-downs"

TIMEOUT = 300.0
"""Seconds after which a process is stopped."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Try the timer where the truth is known: how often does it call the "
        "same code different, how often does it find slow-downs of 2, 5 and "
        "10 % that were planted, and how long does that take?"
    )
    parser.add_argument(
        "--budget",
        type=positive,
        default=300.0,
        metavar="SECONDS",
        help="how long to try (300); an hour makes the shares exact",
    )
    add_out(parser, "calibration.json")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Calibrate, print and write the report."""
    from compare.records import files
    from compare.records.report import Report
    from compare.showing.terminal import live
    from compare.showing.terminal.calibration import print_calibration
    from compare.studies.calibrate.study import calibrate
    from compare.studies.lesson.report import read_environment

    files.check_writable(options.out)
    with live.progress() as progress:
        environment = read_environment(TIMEOUT, progress)
        found = calibrate(options.budget, TIMEOUT, progress)
    print_calibration(environment, found)
    report = Report(environment, command, calibration=found)
    path = files.write_report(report, options.out, "calibration.json")
    sys.stdout.write(f"\nWritten: {path}\n")
    return EXIT_AGREE
