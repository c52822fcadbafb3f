"""`ladder`: what each feature costs by hand and in Keras."""

from __future__ import annotations

import argparse
import sys

from compare.commands.options import EXIT_AGREE, SIZE_MEASURES, add_out

HELP = "what each feature costs by hand and in Keras; runs nothing"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.add_argument(
        "--measure",
        choices=SIZE_MEASURES,
        default="statements",
        help="how code is measured (statements)",
    )
    add_out(parser, "ladder.json, ladder.png and ladder.svg")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Print the ladder and write its chart."""
    from compare.records import files
    from compare.records.report import Report
    from compare.showing.figures.ladder import ladder_chart
    from compare.showing.figures.style import write_chart
    from compare.showing.terminal.overview import print_ladder
    from compare.studies.ladder import installed, ladder

    files.check_writable(options.out)
    rungs = ladder()
    print_ladder(rungs, options.measure)
    figure = ladder_chart(rungs, options.measure)
    report = Report(installed(), command, ladder=rungs)
    for path in (
        files.write_report(report, options.out, "ladder.json"),
        *write_chart(figure, options.out, "ladder"),
    ):
        sys.stdout.write(f"Written: {path}\n")
    return EXIT_AGREE
