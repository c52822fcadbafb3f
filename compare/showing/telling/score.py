"""What is told of how well a diagnosis does."""

from __future__ import annotations

from collections.abc import Iterator

from compare.records.diagnosis import STAGE_NAMES, STAGES
from compare.records.score import Score
from compare.showing.blocks import Block, Paragraph, Table
from compare.showing.formats import seconds
from compare.showing.language import Speaker


def tell_score(score: Score, speaker: Speaker) -> Iterator[Block]:
    """Tell the verdicts, the causes by stage, and what went wrong."""
    pairs = score.pairs
    verdict, diagnosis = score.seconds
    yield speaker.paragraph(
        "{right} of {pairs} verdicts are right; {named} of {planted} "
        "planted causes are named, {wrong} are named beside them. A "
        "verdict takes {verdict}, a diagnosis {diagnosis} more (medians).",
        "lead",
        right=sum(pair.right for pair in pairs),
        pairs=len(pairs),
        named=score.named,
        planted=score.planted,
        wrong=sum(len(pair.wrong) for pair in pairs),
        verdict=seconds(verdict),
        diagnosis=seconds(diagnosis),
    )
    by_stage = score.by_stage()
    yield Table(
        speaker.say("Causes, by the stage at which they are planted"),
        speaker.heads("", "planted", "named"),
        tuple(
            (
                speaker.note(STAGE_NAMES[stage]),
                f"{by_stage[stage][1]}",
                f"{by_stage[stage][0]}",
            )
            for stage in STAGES
            if stage in by_stage
        ),
    )
    for pair in pairs:
        missed = (c for c, named in pair.named.items() if not named)
        said = [
            *([] if pair.right else [speaker.say("wrong verdict")]),
            *(
                speaker.say("not named: {cause}", cause=_cause(c, speaker))
                for c in missed
            ),
            *(
                speaker.say("named beside: {cause}", cause=c)
                for c in pair.wrong
            ),
        ]
        if said:
            yield Paragraph(f"{pair.key}: {'; '.join(said)}")


def _cause(cause: str, speaker: Speaker) -> str:
    """Say what was planted, after the stages at which it may be seen."""
    stages, _, what = cause.partition(": ")
    said = map(speaker.gettext, stages.split(" or "))
    places = f" {speaker.say('or')} ".join(said)
    return f"{places}: {speaker.gettext(what)}"
