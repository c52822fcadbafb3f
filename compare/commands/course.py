"""`course`: make a small site from reports that were written before."""

from __future__ import annotations

import argparse

from compare.commands.options import EXIT_AGREE, add
from compare.commands.render import add_reports

HELP = "make a small site of lessons from reports; runs nothing"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    add_reports(parser)
    add(parser, "--lang", "--out")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Read the reports, write the pages."""
    from compare.commands.delivery import say_written
    from compare.records import files
    from compare.showing.page.course import write_course
    from compare.showing.reading import read_report

    reports = [read_report(path) for path in options.reports]
    files.check_writable(options.out)
    say_written(write_course(reports, options.lang, options.out))
    return EXIT_AGREE
