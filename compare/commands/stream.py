"""`stream`: train on a table larger than memory."""

from __future__ import annotations

import argparse

from compare.commands.options import COMMON, EXIT_DIFFERENT, add

ROWS = (100_000, 1_000_000, 10_000_000)

HELP = "train on rows that stay on disk: speed, peak memory, the same bits"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Write a table to disk, train on it in one pass with the lesson "
        "streaming on both sides, and beside it with all rows in memory; "
        "show rows per second and peak memory. Exits with 1 also where the "
        "memory of a side that reads files grows with the rows."
    )
    names = "--rows", "--rounds", "--folder", *COMMON
    add(parser, *names, rows=ROWS, rounds=1, timeout=600.0)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Train from files and from memory."""
    from compare.commands.delivery import exit_code, report_study
    from compare.studies.stream.large_table import check_room
    from compare.studies.stream.study import measure_streaming

    sizes = sorted(set(options.rows))
    check_room(sizes[-1], options.folder)
    report = report_study(
        "streaming.json",
        options,
        command,
        lambda _, watcher: {
            "streaming": measure_streaming(
                sizes, options.rounds, options.folder, options.timeout, watcher
            )
        },
    )
    assert report.streaming
    if not all(flat.flat for flat in report.streaming.flatness):
        return exit_code(report.verdicts) or EXIT_DIFFERENT
    return exit_code(report.verdicts)
