"""`fit`: where the time of Keras's `fit` goes, and what cures it."""

from __future__ import annotations

import argparse

from compare.commands.options import COMMON, add

HELP = "where the time of Keras's fit goes, and what cures it"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Take an epoch of the textbook fit apart, with timers inside Keras, "
        "and time the same training in other variants, each with one thing "
        "changed."
    )
    add(parser, "--mode", "--rounds", *COMMON, rounds=6)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Study fit."""
    from compare.commands.delivery import exit_code, report_study
    from compare.studies.fit.study import Study, study_fit

    study = Study(options.mode, options.rounds, options.timeout)
    report = report_study(
        "fit.json",
        options,
        command,
        lambda *given: {"fit": study_fit(study, *given)},
    )
    return exit_code(report.verdicts)
