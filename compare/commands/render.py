"""`render`: make the page from reports that were written before."""

from __future__ import annotations

import argparse
from pathlib import Path

from compare.commands.options import EXIT_AGREE, add

HELP = "make report.html from report.json; runs nothing"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    add_reports(parser)
    add(parser, "--lang", "--figures", "--out")


def add_reports(parser: argparse.ArgumentParser) -> None:
    """Add the reports that are read."""
    parser.add_argument(
        "reports",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="report.json, or other reports that commands have written",
    )


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Read the reports, write the page and the charts."""
    from compare.commands.delivery import draw, say_written
    from compare.records import files
    from compare.showing.page.render import write_page
    from compare.showing.reading import read_report

    reports = [read_report(path) for path in options.reports]
    files.check_writable(options.out)
    if options.figures:
        files.check_writable(options.figures, files.OTHER_FIGURES)
    say_written([write_page(reports, options.lang, options.out)])
    for report in reports:
        say_written(draw(report, options.figures, options.lang))
    return EXIT_AGREE
