"""`mistakes`: the lesson on mistakes, and what happens when they are made."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from compare.commands.options import COMMON, EXIT_AGREE, EXIT_DIFFERENT, add

if TYPE_CHECKING:
    from compare.records.report import Environment
    from compare.running.processes import Progress

HELP = "classic mistakes: the diff, what happens, why; --run makes them"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Show classic mistakes in training loops as changes to the lessons. "
        "Without a KEY: list them. With --run: make them, and check that "
        "each is caught; exit code 1 if one is not."
    )
    parser.add_argument(
        "keys", nargs="*", metavar="KEY", help="mistakes to show"
    )
    names = "--all", "--run", "--score", "--rounds", *COMMON
    add(parser, *names, rounds=1)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Show the mistakes, or make them and tell what was seen."""
    from compare.commands.delivery import deliver
    from compare.mistakes import CATALOGUE, find
    from compare.mistakes.observing import observe
    from compare.records import UsageError, files
    from compare.records.report import Report
    from compare.running.environment import read_environment
    from compare.showing.language import speaker
    from compare.showing.page.render import write_page
    from compare.showing.progress import progress
    from compare.showing.telling.mistakes import (
        index_sections,
        mistake_sections,
        seen_sections,
    )
    from compare.showing.terminal import print_sections

    if options.score:
        return _score(options, command)
    if options.all and options.keys:
        raise UsageError("--all shows every mistake: leave the keys out")
    chosen = find(options.keys) if options.keys else CATALOGUE
    in_full = bool(options.keys or options.all)
    said_by = speaker(options.lang)
    if not options.run:
        show = mistake_sections if in_full else index_sections
        print_sections(show(chosen, said_by))
        return EXIT_AGREE
    files.check_writable(options.out)
    with progress() as watcher:
        environment = read_environment(options.timeout, watcher)
        reports = observe(
            chosen, environment.cpus, options.timeout, options.rounds, watcher
        )
    report = Report(environment, command, mistakes=reports)
    deliver(
        seen_sections(report, in_full, said_by),
        lambda: [
            files.write_report(report, options.out, "mistakes.json"),
            write_page([report], options.lang, options.out),
        ],
    )
    caught = all(report.caught for report in reports)
    return EXIT_AGREE if caught else EXIT_DIFFERENT


def _score(options: argparse.Namespace, command: str) -> int:
    """Diagnose the pairs of networks, and count what was named."""
    from compare.commands.delivery import report_study
    from compare.mistakes.network_pairs import PAIRS
    from compare.pairs.score import score
    from compare.records import UsageError

    if options.all or options.run:
        raise UsageError("--score shows a set of its own: leave the rest out")
    chosen = [
        pair
        for pair in PAIRS.values()
        if not options.keys or pair.key.startswith(tuple(options.keys))
    ]
    if not chosen:
        known = sorted({pair.clean for pair in PAIRS.values()})
        raise UsageError(
            f"no pair begins with {', '.join(options.keys)}: there are "
            f"{', '.join(known)}"
        )

    def study(environment: Environment, watcher: Progress) -> dict[str, Any]:
        return {"score": score(chosen, options.timeout, watcher)}

    report = report_study("score.json", options, command, study)
    assert report.score is not None
    right = all(pair.right for pair in report.score.pairs)
    return EXIT_AGREE if right else EXIT_DIFFERENT
