"""What is told of how a report was made."""

from __future__ import annotations

from collections.abc import Iterator

from compare.records.report import Report
from compare.showing.blocks import Block, Code, Facts
from compare.showing.language import Speaker


def tell_method(report: Report, speaker: Speaker) -> Iterator[Block]:
    """Say how was measured, on what, and how to do it again."""
    if report.lessons:
        yield speaker.paragraph(
            "Every run has a fresh process, forked from a server that has "
            "imported TensorFlow once. All parameters are recorded after "
            "every update and compared bit by bit; where bits differ, the "
            "pair is run again in float64: rounding shrinks, a real "
            "difference stays. Timing runs one process at a time; for a "
            "ratio both sides take turns in the same processes. Each process "
            "counts once, and an interval holds every ratio that Wilcoxon's "
            "exact test over the processes does not reject."
        )
    environment = report.environment
    facts = {
        "TensorFlow": environment.tensorflow,
        "Keras": environment.keras,
        "NumPy": environment.numpy,
        "Python": environment.python,
        speaker.say("system"): environment.system,
        speaker.say("CPUs"): str(environment.cpus),
        speaker.say("devices"): ", ".join(environment.devices),
    }
    yield Facts(tuple((k, v) for k, v in facts.items() if v))
    yield speaker.paragraph("The command that reproduces this:")
    yield Code(report.command)
