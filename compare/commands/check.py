"""`check`: run a baseline's lessons again and tell what became worse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from compare.commands.options import EXIT_AGREE, EXIT_DIFFERENT, add

if TYPE_CHECKING:
    from compare.records.baseline import Comparison

HELP = "run a baseline's lessons again and tell what became worse"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run again what save-baseline ran. A worse verdict or more "
        "statements on a side fail with exit code 1. A side whose code is "
        "another one is timed against its code in the baseline, in the same "
        "processes, and fails if it certainly takes longer and the threshold "
        "is nearer than what it was. With other versions, Keras's time over "
        "the manual one must not have grown by a quarter either."
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="made by save-baseline"
    )
    add(parser, "--threshold", "--format", "--update", "--lang")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run, compare, tell what changed."""
    from dataclasses import replace

    from compare.running.environment import read_environment
    from compare.showing.progress import progress
    from compare.studies.baseline import (
        MACHINE,
        compare,
        differences,
        read_baseline,
        write_baseline,
    )
    from compare.studies.lesson.report import make_report
    from compare.studies.rewritten import time_changed

    baseline = read_baseline(options.file)
    request = replace(baseline.request, command=command)
    timing = request
    with progress() as watcher:
        here = read_environment(request.timeout, watcher)
        if differences(baseline.report.environment, here, MACHINE):
            timing = replace(request, effort=None)  # speeds do not compare
        report = make_report(timing, watcher)
        timed, broken = time_changed(baseline.report, report, timing, watcher)
    limit = options.threshold / 100
    found = compare(baseline.report, report, limit, timed, broken)
    _show(found, options.format, options.lang)
    if options.update:
        write_baseline(options.file, baseline.request, report)
    return EXIT_DIFFERENT if found.worse else EXIT_AGREE


def _show(found: Comparison, form: str, language: str) -> None:
    """Show what changed: for people, for programs, or beside the code."""
    import json

    from compare.records.json_form import to_json
    from compare.showing.blocks import Section
    from compare.showing.language import speaker
    from compare.showing.telling.baseline import for_github, tell_comparison
    from compare.showing.terminal import print_sections

    if form == "text":
        told = tell_comparison(found, speaker(language))
        print_sections([Section("changes", "", tuple(told))])
    elif form == "json":
        sys.stdout.write(json.dumps(to_json(found), indent=1) + "\n")
    else:
        for line in for_github(found, speaker(language)):
            sys.stdout.write(f"{line}\n")
