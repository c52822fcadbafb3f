"""What is told of a pair that a user brings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from compare.judging.ratios import centre
from compare.records.diagnosis import SIGNS, STAGE_NAMES, Diagnosis
from compare.records.pairs import OwnPair, SideCost
from compare.records.timing import Paired
from compare.showing.blocks import Block, Cell, Heading, Paragraph, Table
from compare.showing.formats import seconds
from compare.showing.language import Speaker
from compare.showing.telling.common import left_out


def tell_pair(pair: OwnPair, speaker: Speaker) -> Iterator[Block]:
    """Tell the verdict, why it is so, and what each side costs."""
    verdict = pair.verdict
    yield Paragraph(
        speaker.outcome(verdict), "good" if verdict.agree else "bad"
    )
    yield speaker.paragraph("{why}.", why=speaker.why(verdict))
    if verdict.diagnosis:
        yield Heading(speaker.say("Why?"))
        yield from tell_diagnosis(pair.names, verdict.diagnosis, speaker)
    if pair.costs:
        yield Heading(speaker.say("How fast?"))
        yield from tell_costs(pair, speaker)


def tell_diagnosis(
    names: tuple[str, str],
    diagnosis: Diagnosis,
    speaker: Speaker,
    cures: bool = True,
) -> Iterator[Block]:
    """Tell where they part, then causes with their proof, then facts."""
    if diagnosis.stages:
        yield Paragraph(speaker.note(diagnosis.chain(speaker.note)), "lead")
        yield stages(names, diagnosis, speaker)
    for cause in diagnosis.causes:
        title, cure, proof, *threads = cause.sentences(speaker.note)
        yield Paragraph(title, "bad")
        for text in (cure, proof, *threads) if cures else (proof,):
            yield Paragraph(text)
    for text in diagnosis.other_sentences(speaker.note):
        yield Paragraph(text)


def stages(
    names: tuple[str, str], diagnosis: Diagnosis, speaker: Speaker
) -> Table:
    """Show both sides' values at every stage where they were seen."""
    return Table(
        speaker.say("The stages of this update, side by side"),
        ("", *names, ""),
        tuple(
            (
                speaker.note(STAGE_NAMES[stage.name]),
                _shown(stage.left, speaker),
                _shown(stage.right, speaker),
                Cell(
                    SIGNS[stage.status],
                    "bad" if stage.status == "different" else "plain",
                ),
            )
            for stage in diagnosis.stages
            if stage.left or stage.right
        ),
    )


def _shown(figure: str, speaker: Speaker) -> str:
    """Show what was seen at a stage; counts of rows and updates are said."""
    counted = re.fullmatch(r"(\d[\d,]*) (row|update)s?", figure)
    if not counted:
        return figure
    count = int(counted[1].replace(",", ""))
    if counted[2] == "row":
        return speaker.count("{count} row", "{count} rows", count)
    return speaker.count("{count} update", "{count} updates", count)


def tell_costs(report: OwnPair, speaker: Speaker) -> Iterator[Block]:
    """Tell the ratio, what each side takes, and what makes it slow."""
    costs = report.costs
    if costs is None:
        return
    if costs.paired:
        yield from _ratio(report, costs.paired, speaker)
    if costs.sides:
        yield _sides(costs.sides, speaker)
        for cost in costs.sides:
            for reason in cost.reasons():
                yield Paragraph(speaker.note(reason))
        yield speaker.paragraph(
            "One fresh process each, from start to end.", "quiet"
        )
    yield from left_out(costs.left_out, speaker)


def _ratio(
    report: OwnPair, paired: Paired, speaker: Speaker
) -> Iterator[Block]:
    """Tell how many times as long the right takes, and the noise floor."""
    ratio, floor = centre(paired.factors), centre(paired.floor)
    if ratio is None or floor is None:
        return
    left, right = report.names
    times = speaker.times(ratio)
    yield speaker.paragraph(
        "Whether {right} or {left} is faster: {times}."
        if ratio.answer == "too noisy to tell"
        else "{right} takes {times} times as long as {left}, whole trainings "
        "with their start: single updates cannot be seen."
        if paired.whole
        else "{right} takes {times} times as long per update as {left}.",
        left=left,
        right=right,
        times=times,
    )
    yield speaker.paragraph(
        "{left} against itself: {times}. Both train by turns in each of "
        "{processes} fresh processes.",
        "quiet",
        left=left,
        times=speaker.times(floor),
        processes=len(paired.factors),
    )


def _sides(costs: Sequence[SideCost], speaker: Speaker) -> Table:
    return Table(
        speaker.say("What each side takes"),
        speaker.heads(
            "",
            "start",
            "per update",
            "updates",
            "traces",
            "operations in the largest graph",
        ),
        tuple(
            (
                Cell(cost.side, name=True),
                seconds(cost.start_seconds),
                seconds(cost.seconds_per_update)
                if cost.seconds_per_update > 0
                else speaker.say("too noisy to tell"),
                f"{cost.updates:,}",
                f"{cost.traces:,}",
                f"{cost.graph_nodes:,}",
            )
            for cost in costs
        ),
    )
