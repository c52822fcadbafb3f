"""`fit`: where the time of Keras's `fit` goes, and what cures it."""

from __future__ import annotations

import argparse
import sys

from compare.commands.options import MODES, add_out, count, exit_code, positive

HELP = "where the time of Keras's fit goes, and what cures it"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.add_argument(
        "--mode",
        choices=MODES,
        default="graph",
        help="how an update of the fit that is broken down runs (graph)",
    )
    parser.add_argument(
        "--rounds",
        type=count,
        default=5,
        metavar="N",
        help="processes that each form is timed in (5, the fewest that give "
        "intervals)",
    )
    parser.add_argument(
        "--timeout",
        type=positive,
        default=300.0,
        metavar="SECONDS",
        help="stop a process that takes longer (300)",
    )
    add_out(parser, "fit.json")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Study fit; print and write what was found."""
    from compare.records import files
    from compare.records.report import Report
    from compare.showing.terminal import live
    from compare.showing.terminal.fit import print_fit
    from compare.studies.fit.study import Study, study_fit
    from compare.studies.lesson.report import read_environment

    files.check_writable(options.out)
    study = Study(options.mode, options.rounds, options.timeout)
    with live.progress() as progress:
        environment = read_environment(options.timeout, progress)
        found = study_fit(study, environment, progress)
    report = Report(environment=environment, command=command, fit=found)
    path = files.write_report(report, options.out, "fit.json")
    print_fit(report)
    sys.stdout.write(f"Written: {path}\n")
    sys.stdout.flush()
    return exit_code([f.verdict.outcome for f in found.forms if f.verdict])
