"""Reports -> lessons and studies as a page shows them, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from compare.records import SIDES
from compare.records.fit import FitReport
from compare.records.report import LessonReport, Report
from compare.showing.blocks import Block, Section
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
    parts = _studies(reports, speaker, hidden)
    return Book(lessons, parts, _method(reports, speaker))


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
    text = told(lesson.lesson, speaker.language)
    manual, keras = (lesson.sizes[side].statements for side in SIDES)
    verdict = worst(lesson)
    return Lesson(
        name=name,
        suffix=suffix,
        hero=hero(lesson, speaker, fit),
        parts=tuple(_parts(report, lesson, speaker, text, suffix)),
        text=text,
        still=still(lesson),
        agree=verdict.agree,
        verdict=speaker.outcome(verdict),
        statements=(manual, keras),
    )


def _parts(
    report: Report,
    lesson: LessonReport,
    speaker: Speaker,
    text: Told | None,
    suffix: str,
) -> list[Part]:
    """Return what is told of a lesson and its stages, in the page's order."""
    parts = {
        section.name: _told(section, suffix)
        for section in lesson_sections(report, lesson, speaker)
    }
    for name, (title, stage) in STAGES.items():
        context = stage(lesson, speaker)
        if context is not None:
            parts[name] = Part(
                name + suffix,
                speaker.gettext(title),
                template=f"{name}.html",
                context=context,
                on_paper=name in ON_PAPER,
            )
    for name, title in (
        ("about", speaker.say("What is this about?")),
        ("exercises", speaker.say("Exercises")),
    ):
        if text and getattr(text, name):
            context = {"text": text}
            parts[name] = Part(
                name + suffix, title, (), f"{name}.html", context
            )
    return [parts[name] for name in ORDER if name in parts]


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
            context = stage(report, speaker)
            if context is not None:
                said = speaker.gettext(title)
                own.append(Part(name, said, (), f"{name}.html", context))
        parts += [part for part in own if part not in parts]
    names = unique(part.id for part in parts)
    return tuple(
        replace(part, id=name) for part, name in zip(parts, names, strict=True)
    )


def _method(reports: Sequence[Report], speaker: Speaker) -> Part:
    blocks = [b for report in reports for b in tell_method(report, speaker)]
    title = speaker.say("How it was measured")
    return Part("method", title, tuple(blocks))


def _told(section: Section, suffix: str) -> Part:
    paper = section.name in ON_PAPER
    return Part(
        section.name + suffix, section.title, section.blocks, on_paper=paper
    )
