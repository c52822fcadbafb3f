"""Reports -> lessons and studies as a page shows them, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from compare.records import SIDES
from compare.records.fit import FitReport
from compare.records.report import LessonReport, Report
from compare.showing.blocks import Block
from compare.showing.language import Speaker
from compare.showing.page.hero import hero, worst
from compare.showing.page.stages import STAGES, STUDY_STAGES
from compare.showing.page.still import still
from compare.showing.page.told import Told, told
from compare.showing.telling import lesson_sections, studies
from compare.showing.telling.method import tell_method

ORDER = (
    "about",
    "learn",
    "code",
    "same",
    "ends",
    "picture",
    "tensors",
    "size",
    "speed",
    "laboratory",
    "exercises",
)
"""Sections and stages of a lesson, as a learner meets them."""

ON_PAPER = ("code", "same", "ends", "size")
"""What a printed lesson has beside its opening: it fits on two pages."""


@dataclass(frozen=True)
class Part:
    """A section of the page: blocks, or a template and what it shows."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    on_paper: bool = False


@dataclass(frozen=True)
class Lesson:
    """A lesson, and the card that leads to it.

    Attributes:
        name: what its address ends in.
        suffix: of ids in it.
    """

    name: str
    suffix: str
    hero: dict[str, Any]
    parts: tuple[Part, ...]
    text: Told | None
    still: Markup
    agree: bool
    verdict: str
    statements: tuple[int, int]


@dataclass(frozen=True)
class Book:
    """All that reports hold; each lesson once, as the last report has it."""

    lessons: tuple[Lesson, ...]
    studies: tuple[Part, ...]
    method: Part


def book(reports: Sequence[Report], speaker: Speaker) -> Book:
    """Say in a language what reports hold."""
    found = {
        (lesson.lesson, lesson.data): (report, lesson)
        for report in reports
        for lesson in report.lessons
    }
    names = unique((each.lesson for _, each in found.values()), ["index"])
    fit = next((report.fit for report in reports if report.fit), None)
    lessons = tuple(
        _lesson(report, lesson, fit, speaker, name, number)
        for number, ((report, lesson), name) in enumerate(
            zip(found.values(), names, strict=True)
        )
    )
    hidden = {"ladder"} if len(lessons) == 1 else set[str]()
    blocks = (b for report in reports for b in tell_method(report, speaker))
    title = speaker.say("How it was measured")
    return Book(
        lessons,
        _studies(reports, speaker, hidden),
        Part("method", title, tuple(blocks)),
    )


def unique(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return names that files and addresses may have, each another one."""
    used = set(taken)
    made = []
    for name in names:
        plain = (
            re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:60] or "lesson"
        )
        number, other = 1, plain
        while other.casefold() in used:
            number += 1
            other = f"{plain}-{number}"
        used.add(other.casefold())
        made.append(other)
    return made


def _lesson(
    report: Report,
    lesson: LessonReport,
    fit: FitReport | None,
    speaker: Speaker,
    name: str,
    number: int,
) -> Lesson:
    suffix = f"-{number}" if number else ""
    manual, keras = (lesson.sizes[side].statements for side in SIDES)
    verdict = worst(lesson)
    return Lesson(
        name=name,
        suffix=suffix,
        hero=hero(lesson, speaker, fit),
        parts=tuple(_parts(report, lesson, speaker, suffix)),
        text=told(lesson.lesson, speaker.language),
        still=still(lesson),
        agree=verdict.agree,
        verdict=speaker.outcome(verdict),
        statements=(manual, keras),
    )


def _parts(
    report: Report, lesson: LessonReport, speaker: Speaker, suffix: str
) -> Iterator[Part]:
    """Yield what is told of a lesson and its stages, in the page's order."""
    parts = {
        section.name: Part(section.name, section.title, section.blocks)
        for section in lesson_sections(report, lesson, speaker)
    }
    for name, (title, stage) in STAGES.items():
        if (context := stage(lesson, speaker)) is not None:
            said = speaker.gettext(title)
            parts[name] = Part(name, said, (), f"{name}.html", context)
    for name in ORDER:
        if name in parts:
            paper = name in ON_PAPER
            yield replace(parts[name], id=name + suffix, on_paper=paper)


def _studies(
    reports: Sequence[Report], speaker: Speaker, hidden: Set[str]
) -> tuple[Part, ...]:
    """Return what is told of studies; what two reports share, once.

    A lesson alone goes without the ladder, which is on all of them.
    """
    parts: list[Part] = []
    for report in reports:
        sections = studies(report, speaker, {*hidden, *STUDY_STAGES})
        own = [Part(s.name, s.title, s.blocks) for s in sections]
        for name, (title, stage) in STUDY_STAGES.items():
            if (context := stage(report, speaker)) is not None:
                said = speaker.gettext(title)
                own.append(Part(name, said, (), f"{name}.html", context))
        parts += [part for part in own if part not in parts]
    names = unique(part.id for part in parts)
    return tuple(
        replace(part, id=name) for part, name in zip(parts, names, strict=True)
    )
