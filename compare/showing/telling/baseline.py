"""What is told of a comparison with a baseline."""

from __future__ import annotations

from collections.abc import Iterator

from compare.records.baseline import Change, Comparison
from compare.showing.blocks import Block, Cell, Table
from compare.showing.language import Speaker


def tell_comparison(
    comparison: Comparison, speaker: Speaker
) -> Iterator[Block]:
    """Tell what changed and nothing else, and what was not compared."""
    for note in comparison.notes:
        yield speaker.paragraph(
            "Note: {note}.", "quiet", note=speaker.note(note)
        )
    if not comparison.changes:
        yield speaker.paragraph("Nothing changed.")
        return
    yield Table(
        speaker.say("What changed"),
        speaker.heads("", "lesson", "what", "baseline", "now"),
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
        _now(change, speaker),
    )


def _now(change: Change, speaker: Speaker) -> str:
    return "; ".join(map(speaker.note, change.now))


def for_github(comparison: Comparison, speaker: Speaker) -> Iterator[str]:
    """Yield a line per finding that GitHub shows beside the code."""
    for note in comparison.notes:
        yield _command("warning", speaker.note(note))
    for change in comparison.changes:
        what = speaker.note(change.what)
        before, now = speaker.note(change.before), _now(change, speaker)
        text = f"{change.lesson}: {what}: {before} → {now}"
        yield _command("error" if change.worse else "notice", text)


def _command(level: str, text: str) -> str:
    """Write a workflow command, in which some signs have a meaning."""
    for sign, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(sign, code)
    return f"::{level}::{text}"
