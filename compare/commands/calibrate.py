"""`calibrate`: what the timer finds where the truth is known."""

from __future__ import annotations

import argparse

from compare.commands.options import COMMON, add

HELP = "try the timer on equal code and on planted slow-downs"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Try the timer where the truth is known: how often does it call the "
        "same code different, how often does it find slow-downs of 2 and 5 % "
        "that were planted, and how long does that take?"
    )
    add(parser, "--budget", *COMMON, budget=300.0)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Calibrate the timer."""
    from compare.commands.delivery import exit_code, report_study
    from compare.studies.calibrate.study import calibrate

    report = report_study(
        "calibration.json",
        options,
        command,
        lambda _, watcher: {
            "calibration": calibrate(options.budget, options.timeout, watcher)
        },
    )
    return exit_code(report.verdicts)
