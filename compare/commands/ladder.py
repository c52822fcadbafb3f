"""`ladder`: what each feature costs by hand and in Keras."""

from __future__ import annotations

import argparse

from compare.commands.options import EXIT_AGREE, add

HELP = "what each feature costs by hand and in Keras; runs nothing"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    add(parser, "--measure", "--lang", "--out")


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Measure the lessons; write, tell and draw what was found."""
    from compare.commands.delivery import deliver
    from compare.records import files
    from compare.records.report import Report
    from compare.showing.blocks import Section
    from compare.showing.figures.ladder import ladder_chart
    from compare.showing.figures.style import chart_speaker, write_chart
    from compare.showing.language import speaker
    from compare.showing.telling.ladder import tell_ladder
    from compare.studies.ladder import installed, ladder

    files.check_writable(options.out)
    rungs = ladder()
    report = Report(installed(), command, ladder=rungs)
    said_by = speaker(options.lang)
    told = tuple(tell_ladder(rungs, said_by, options.measure))
    title = said_by.say("What does each feature cost?")
    deliver(
        [Section("ladder", title, told)],
        lambda: [files.write_report(report, options.out, "ladder.json")],
        lambda: write_chart(
            ladder_chart(rungs, options.measure, chart_speaker(options.lang)),
            options.out,
            "ladder",
        ),
    )
    return EXIT_AGREE
