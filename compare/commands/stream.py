"""`stream`: train on a table larger than memory."""

from __future__ import annotations

import argparse
from pathlib import Path

from compare.commands.options import (
    EXIT_AGREE,
    EXIT_DIFFERENT,
    add_common,
    add_rounds,
    count,
)

HELP = "train on rows that stay on disk: speed, peak memory, the same bits"

ROWS = (100_000, 1_000_000, 10_000_000)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Write a table to disk, train on it in one pass with the lesson "
        "streaming on both sides, and beside it with all rows in memory; "
        "show rows per second and peak memory. Exits with 1 also where the "
        "memory of a side that reads files grows with the rows."
    )
    parser.add_argument(
        "--rows",
        type=count,
        nargs="+",
        metavar="N",
        default=ROWS,
        help="numbers of rows (100000 1000000 10000000); a row takes 60 "
        "bytes on disk",
    )
    add_rounds(parser, "processes for each side and number of rows", 1)
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help="where the table may lie meanwhile (the system's folder for "
        "temporary files)",
    )
    add_common(parser, "streaming.json", timeout=600.0)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Train from files and from memory; write and tell what was found."""
    from compare.commands.delivery import deliver_study
    from compare.records import files
    from compare.records.report import Report
    from compare.showing.progress import progress
    from compare.studies.lesson.report import read_environment
    from compare.studies.stream.large_table import check_room
    from compare.studies.stream.study import measure_streaming

    files.check_writable(options.out)
    sizes = sorted(set(options.rows))
    check_room(sizes[-1], options.folder)
    with progress() as watcher:
        environment = read_environment(options.timeout, watcher)
        found = measure_streaming(
            sizes, options.rounds, options.folder, options.timeout, watcher
        )
    report = Report(environment, command, streaming=found)
    code = deliver_study(report, "streaming.json", options)
    if code == EXIT_AGREE and not all(flat.flat for flat in found.flatness):
        return EXIT_DIFFERENT
    return code
