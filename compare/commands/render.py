"""`render`: make the page from reports that were written before."""

from __future__ import annotations

import argparse
from pathlib import Path

from compare.commands.options import EXIT_AGREE, OTHER_FIGURES, add

HELP = "make report.html from report.json; runs nothing"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.add_argument(
        "reports",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="report.json, or other reports that commands have written",
    )
    add(parser, "--lang", "--figures", "--out")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Read the reports, write the page and the charts."""
    from compare.commands.delivery import say_written
    from compare.records import files
    from compare.showing.page.render import read_report, write_page

    reports = [read_report(path) for path in options.reports]
    files.check_writable(options.out)
    if options.figures:
        files.check_writable(options.figures, OTHER_FIGURES)
    say_written([write_page(reports, options.lang, options.out)])
    if options.figures:
        from compare.showing.figures import write_figures  # takes a while

        for report in reports:
            say_written(write_figures(report, options.figures))
    return EXIT_AGREE
