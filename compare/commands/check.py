"""`check`: run a baseline's lessons again and tell what became worse."""

from __future__ import annotations

import argparse
from pathlib import Path

from compare.commands.options import EXIT_AGREE, EXIT_DIFFERENT, add

HELP = "run a baseline's lessons again and tell what became worse"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run again what save-baseline ran. A worse verdict or more "
        "statements on a side fail with exit code 1, and so does a ratio of "
        "Keras's time to the manual one that has certainly grown by more "
        "than the threshold."
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="made by save-baseline"
    )
    add(parser, "--threshold", "--lang")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run, compare, tell what changed."""
    from dataclasses import replace

    from compare.running.environment import read_environment
    from compare.showing.blocks import Section
    from compare.showing.language import speaker
    from compare.showing.progress import progress
    from compare.showing.telling.baseline import tell_comparison
    from compare.showing.terminal import print_sections
    from compare.studies.baseline import (
        MACHINE,
        compare,
        differences,
        read_baseline,
    )
    from compare.studies.lesson.report import make_report

    baseline = read_baseline(options.file)
    request = replace(baseline.request, command=command)
    with progress() as watcher:
        here = read_environment(request.timeout, watcher)
        if differences(baseline.report.environment, here, MACHINE):
            request = replace(request, effort=None)  # speeds do not compare
        report = make_report(request, watcher)
    found = compare(baseline.report, report, options.threshold / 100)
    told = tell_comparison(found, speaker(options.lang))
    print_sections([Section("changes", "", tuple(told))])
    return EXIT_DIFFERENT if found.worse else EXIT_AGREE
