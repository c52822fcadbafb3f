"""What is told of a pair that a user brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compare.records.diagnosis import SIGNS, Diagnosis
from compare.records.pairs import OwnPair, SideCost
from compare.records.verdicts import Verdict
from compare.showing.blocks import Block, Cell, Heading, Paragraph, Table
from compare.showing.formats import seconds
from compare.showing.language import Speaker


def tell_pair(pair: OwnPair, speaker: Speaker) -> Iterator[Block]:
    """Tell the verdict, why it is so, and what each side costs."""
    yield from tell_verdict(pair.verdict, speaker)
    if pair.verdict.diagnosis:
        yield Heading(speaker.say("Why?"))
        yield from tell_diagnosis(pair.verdict.diagnosis, speaker)
    if pair.costs:
        yield Heading(speaker.say("How fast?"))
        yield from tell_costs(pair.costs, speaker)


def tell_verdict(verdict: Verdict, speaker: Speaker) -> Iterator[Block]:
    """Tell whether the sides are the same training."""
    yield Paragraph(
        speaker.outcome(verdict), "good" if verdict.agree else "bad"
    )
    yield Paragraph(speaker.say("{why}.", why=speaker.why(verdict)))


def tell_diagnosis(diagnosis: Diagnosis, speaker: Speaker) -> Iterator[Block]:
    """Tell where they part, then causes with their proof, then facts."""
    if diagnosis.stages:
        yield Paragraph(speaker.note(diagnosis.chain()), "lead")
        yield _stages(diagnosis, speaker)
    for cause in diagnosis.causes:
        title, *rest = cause.sentences(speaker.note)
        yield Paragraph(title, "bad")
        yield from (Paragraph(text) for text in rest)
    for text in diagnosis.other_sentences(speaker.note):
        yield Paragraph(text)


def _stages(diagnosis: Diagnosis, speaker: Speaker) -> Table:
    """Show both sides' values at every stage where they were seen."""
    return Table(
        speaker.say("The stages of this update, side by side"),
        ("", speaker.say("left"), speaker.say("right"), ""),
        tuple(
            (
                speaker.say(stage.name),
                stage.left,
                stage.right,
                Cell(
                    SIGNS[stage.status],
                    "bad" if stage.status == "different" else "plain",
                ),
            )
            for stage in diagnosis.stages
            if stage.left or stage.right
        ),
    )


def tell_costs(costs: Sequence[SideCost], speaker: Speaker) -> Iterator[Block]:
    """Tell what each side takes, and what makes it slow."""
    yield Table(
        speaker.say("What each side takes"),
        (
            "",
            speaker.say("start"),
            speaker.say("per update"),
            speaker.say("updates"),
            speaker.say("traces"),
            speaker.say("operations in the largest graph"),
        ),
        tuple(
            (
                Cell(cost.side, name=True),
                seconds(cost.start_seconds),
                seconds(cost.seconds_per_update),
                f"{cost.updates:,}",
                f"{cost.traces:,}",
                f"{cost.graph_nodes:,}",
            )
            for cost in costs
        ),
    )
    for cost in costs:
        for reason in cost.reasons():
            yield Paragraph(speaker.note(reason))
    yield Paragraph(
        speaker.say("One fresh process each: look at factors, not per cents."),
        "quiet",
    )
