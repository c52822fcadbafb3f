"""`fit`: where the time of Keras's `fit` goes, and what cures it."""

from __future__ import annotations

import argparse

from compare.commands.options import add_common, add_mode, add_rounds

HELP = "where the time of Keras's fit goes, and what cures it"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    add_mode(parser, "how an update of the fit that is broken down runs")
    add_rounds(
        parser,
        "processes that each variant is timed in; 5 are the fewest that give "
        "intervals",
        5,
    )
    add_common(parser, "fit.json")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Study fit; write and tell what was found."""
    from compare.commands.delivery import deliver_study
    from compare.records import files
    from compare.records.report import Report
    from compare.showing.progress import progress
    from compare.studies.fit.study import Study, study_fit
    from compare.studies.lesson.report import read_environment

    files.check_writable(options.out)
    study = Study(options.mode, options.rounds, options.timeout)
    with progress() as watcher:
        environment = read_environment(options.timeout, watcher)
        found = study_fit(study, environment, watcher)
    report = Report(environment, command, fit=found)
    return deliver_study(report, "fit.json", options)
