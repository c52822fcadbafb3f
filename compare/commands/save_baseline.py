"""`save-baseline`: run lessons and keep what was found, for `check`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from compare.commands.run import add_request, report_code, request_of

HELP = "run lessons and keep verdicts, sizes and speed for check"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run lessons and keep verdicts, sizes and speed in a file. "
        "`check FILE` runs them again and tells what became worse. Speed is "
        "compared only if both are given time: use --budget."
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="where to write the baseline"
    )
    add_request(parser)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run the lessons, write the baseline, print what is in it."""
    from compare.records import files
    from compare.showing.terminal import live, overview
    from compare.studies.baseline import write_baseline
    from compare.studies.lesson.report import make_report

    request = request_of(options, command)
    files.check_replaceable(options.file)
    with live.progress() as progress:
        report = make_report(request, progress)
    write_baseline(options.file, request, report)
    overview.print_summary(report)
    sys.stdout.write(f"\nWritten: {options.file}\n")
    return report_code(report)
