"""What several tellings say alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compare.records import Verdict
from compare.records.report import Environment
from compare.showing.blocks import Block, Cell, Paragraph
from compare.showing.language import Speaker


def outcome_cell(verdict: Verdict, speaker: Speaker) -> Cell:
    """Name an outcome, as good or bad as it is."""
    return Cell(speaker.outcome(verdict), "good" if verdict.agree else "bad")


def left_out(lines: Iterable[str], speaker: Speaker) -> Iterator[Block]:
    """Say what is missing, and why."""
    for line in lines:
        yield Paragraph(speaker.say("Left out: {line}.", line=line), "quiet")


def environment_line(environment: Environment, speaker: Speaker) -> str:
    """Say in one line with what and on what a report was made."""
    return speaker.say(
        "TensorFlow {tensorflow}, Keras {keras}, NumPy {numpy}, Python "
        "{python}, {system}, {cpus} CPUs, {devices}",
        tensorflow=environment.tensorflow,
        keras=environment.keras,
        numpy=environment.numpy,
        python=environment.python,
        system=environment.system,
        cpus=environment.cpus,
        devices=", ".join(environment.devices),
    )
