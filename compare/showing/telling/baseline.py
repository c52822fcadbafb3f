"""What is told of a comparison with a baseline."""

from __future__ import annotations

from collections.abc import Iterator

from compare.records.baseline import Change, Comparison
from compare.showing.blocks import Block, Cell, Paragraph, Table
from compare.showing.language import Speaker


def tell_comparison(
    comparison: Comparison, speaker: Speaker
) -> Iterator[Block]:
    """Tell what changed and nothing else, and what was not compared."""
    for note in comparison.notes:
        text = speaker.say("Note: {note}.", note=speaker.note(note))
        yield Paragraph(text, "quiet")
    if not comparison.changes:
        yield Paragraph(speaker.say("Nothing changed."))
        return
    yield Table(
        speaker.say("What changed"),
        (
            "",
            speaker.say("lesson"),
            speaker.say("what"),
            speaker.say("baseline"),
            speaker.say("now"),
        ),
        tuple(_row(change, speaker) for change in comparison.changes),
    )


def _row(change: Change, speaker: Speaker) -> tuple[str | Cell, ...]:
    return (
        Cell(speaker.say("worse"), "bad")
        if change.worse
        else Cell(speaker.say("better"), "good"),
        Cell(change.lesson, name=True),
        speaker.note(change.what),
        speaker.note(change.before),
        "; ".join(map(speaker.note, change.now)),
    )
