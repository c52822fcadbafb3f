"""What is told of many lessons at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from compare.records import SIDES
from compare.records.report import LessonReport, Report
from compare.showing.blocks import (
    Block,
    Cell,
    Heading,
    Section,
    Table,
)
from compare.showing.language import Speaker
from compare.showing.telling import studies
from compare.showing.telling.common import (
    on_gpu,
    outcome_cell,
    reason,
    where,
)
from compare.showing.telling.lesson import tell_checks


def overview(report: Report, speaker: Speaker) -> list[Section]:
    """Tell a line per lesson and mode, and what stands out."""
    env = report.environment
    return [
        Section("where", "", (where(env, speaker), *on_gpu(env, speaker))),
        Section("overview", "", tuple(_tell(report, speaker))),
        *studies(report, speaker, {"ladder"}),
    ]


def _tell(report: Report, speaker: Speaker) -> Iterator[Block]:
    """Tell verdicts and sizes, and why a verdict is not identical."""
    yield Table(
        speaker.say("Lessons at a glance"),
        speaker.heads(
            "lesson", "mode", "verdict", "updates", "statements", "nodes"
        ),
        tuple(
            row for lesson in report.lessons for row in _rows(lesson, speaker)
        ),
    )
    yield speaker.paragraph(
        "Statements and nodes of the syntax tree: by hand / Keras.", "quiet"
    )
    for lesson in report.lessons:
        blocks = [
            *(
                reason(verdict.mode, verdict, speaker)
                for verdict in lesson.verdicts
                if verdict.outcome != "identical"
            ),
            *tell_checks(lesson, speaker),
        ]
        if blocks:
            yield Heading(lesson.lesson)
            yield from blocks


def _rows(
    lesson: LessonReport, speaker: Speaker
) -> Iterator[tuple[str | Cell, ...]]:
    sizes = [lesson.sizes[side] for side in SIDES]
    for number, verdict in enumerate(lesson.verdicts):
        yield (
            Cell("" if number else lesson.lesson, name=True),
            verdict.mode,
            outcome_cell(verdict, speaker),
            " / ".join(f"{n:,}" for n in dict.fromkeys(verdict.updates)),
            " / ".join(str(size.statements) for size in sizes),
            " / ".join(str(size.nodes) for size in sizes),
        )
