"""`save-baseline`: run lessons and keep what was found, for `check`."""

from __future__ import annotations

import argparse
from pathlib import Path

from compare.commands.run import add_request, request_of

HELP = "run lessons and keep verdicts, sizes and speed for check"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run lessons and keep verdicts, sizes and speed in a file. "
        "`check FILE` runs them again and tells what became worse; of --all "
        "it compares speed only if --budget gives it time."
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="where to write the baseline"
    )
    add_request(parser)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run the lessons, write the baseline, tell what is in it."""
    from dataclasses import replace

    from compare.commands.delivery import exit_code, say_written
    from compare.records import files
    from compare.records.baseline import Baseline
    from compare.showing.language import speaker
    from compare.showing.progress import progress
    from compare.showing.telling.overview import overview
    from compare.showing.terminal import print_sections
    from compare.studies.baseline import write_baseline
    from compare.studies.lesson.report import make_report

    request = replace(request_of(options, command), digests=True)
    files.check_replaceable(options.file)
    with progress() as watcher:
        report = make_report(request, watcher)
    write_baseline(options.file, Baseline(request, report))
    print_sections(overview(report, speaker(options.lang)))
    say_written([options.file])
    return exit_code(report.verdicts)
