"""`check`: run a baseline's lessons again and tell what became worse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from compare.commands.options import EXIT_AGREE, EXIT_DIFFERENT, add

if TYPE_CHECKING:
    from compare.records.baseline import Baseline, Comparison
    from compare.running.processes import Progress

HELP = "run a baseline's lessons or pair again, tell what became worse"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run again what save-baseline or pair --baseline ran. A worse "
        "verdict or more statements on a side fail with exit code 1. A side "
        "whose code is another one is timed against its code in the "
        "baseline, in the same processes, and fails if it certainly takes "
        "longer and the threshold is nearer than what it was. With other "
        "versions, Keras's time over the manual one must not have grown by a "
        "quarter either."
    )
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="made by save-baseline, or by pair --baseline",
    )
    add(parser, "--threshold", "--format", "--update", "--lang")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run, compare, tell what changed."""
    from compare.showing.progress import progress
    from compare.studies.baseline import read_baseline, write_baseline

    before = read_baseline(options.file)
    again = _pair if before.pair else _lessons
    with progress() as watcher:
        found, now = again(before, command, options.threshold / 100, watcher)
    _show(found, options.format, options.lang)
    if options.update:
        write_baseline(options.file, now)
    return EXIT_DIFFERENT if found.worse else EXIT_AGREE


def _lessons(
    before: Baseline, command: str, limit: float, watcher: Progress
) -> tuple[Comparison, Baseline]:
    """Run a baseline's lessons again."""
    from dataclasses import replace

    from compare.running.environment import read_environment
    from compare.studies.baseline import MACHINE, compare, differences
    from compare.studies.lesson.report import make_report
    from compare.studies.rewritten import time_changed

    assert before.request is not None
    request = replace(before.request, command=command, digests=True)
    here = read_environment(request.timeout, watcher)
    if differences(before.report.environment, here, MACHINE):
        request = replace(request, effort=None)  # speeds do not compare
    report = make_report(request, watcher)
    timed, broken = time_changed(before.report, report, request, watcher)
    found = compare(before.report, report, limit, timed, broken)
    return found, replace(before, report=report)


def _pair(
    before: Baseline, command: str, limit: float, watcher: Progress
) -> tuple[Comparison, Baseline]:
    """Run a baseline's own pair again."""
    from compare.pairs.baseline import check_again, statements, time_changed
    from compare.running.environment import read_environment
    from compare.studies.baseline import MACHINE, compare, differences

    assert before.pair is not None
    here = read_environment(before.pair.problem.timeout, watcher)
    now = check_again(before, here, command, watcher)
    timed, broken = (
        ({}, ())  # speeds do not compare
        if differences(before.report.environment, here, MACHINE)
        else time_changed(before, now, watcher)
    )
    reports = before.report, now.report
    sizes = statements(before, now)
    return compare(*reports, limit, timed, broken, sizes), now


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
