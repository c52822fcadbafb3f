"""Reports -> one HTML file that needs nothing else."""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from compare.records.files import write_atomically
from compare.records.report import LessonReport, Report
from compare.showing.blocks import Block, Section
from compare.showing.language import Speaker, speaker
from compare.showing.page.hero import hero
from compare.showing.page.html import templates
from compare.showing.page.stages import SCRIPT_TEXTS, STAGES, STUDY_STAGES
from compare.showing.telling import lesson_sections, studies
from compare.showing.telling.method import tell_method

FOLDER = importlib.resources.files("compare.showing.page")
SCRIPTS = (
    "vendor/d3.min.js",
    "static/chart.js",
    "static/learn.js",
    "static/rates.js",
    "static/growth.js",
    "static/picture.js",
    "static/code.js",
    "static/quiz.js",
)

ORDER = (
    "same",
    "ends",
    "code",
    "learn",
    "picture",
    "rates",
    "size",
    "tensors",
    "speed",
)
"""Sections and stages of a lesson, as the page has them."""


@dataclass(frozen=True)
class Part:
    """A section of the page: blocks, or a template and what it shows."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def write_page(reports: Sequence[Report], language: str, folder: Path) -> Path:
    """Write report.html whole or not at all; return its path.

    Raises:
        UsageError: it cannot be written.
    """
    path = folder / "report.html"
    write_atomically(path, page(reports, language).encode())
    return path


def page(reports: Sequence[Report], language: str) -> str:
    """Return the page of one or more reports in a language.

    Args:
        reports: each with sections of its own; shown in this order.
        language: one of LANGUAGES.
    """
    said_by = speaker(language)
    lessons = [
        (report, lesson) for report in reports for lesson in report.lessons
    ]
    return (
        templates(said_by)
        .get_template("page.html")
        .render(
            language=language,
            lessons=[
                {
                    "hero": hero(lesson, said_by),
                    "parts": _parts(report, lesson, said_by, number),
                }
                for number, (report, lesson) in enumerate(lessons)
            ],
            common=_common(reports, said_by),
            style=_asset("static/page.css"),
            scripts=[_asset(name) for name in SCRIPTS],
            texts={k: said_by.gettext(v) for k, v in SCRIPT_TEXTS.items()},
        )
    )


def _parts(
    report: Report, lesson: LessonReport, speaker: Speaker, number: int
) -> list[Part]:
    """Return what is told of a lesson and its stages, in the page's order."""
    suffix = f"-{number}" if number else ""
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
            )
    return [parts[name] for name in ORDER if name in parts]


def _common(reports: Sequence[Report], speaker: Speaker) -> list[Part]:
    """Return what is told of studies, and of how all was measured."""
    parts: dict[str, Part] = {}
    for report in reports:
        known = f"-{len(parts)}" if parts else ""
        for section in studies(report, speaker, STUDY_STAGES):
            part = _told(section, known if section.name in parts else "")
            parts[part.id] = part
        for name, (title, stage) in STUDY_STAGES.items():
            context = stage(report, speaker)
            if context is not None:
                at = name + (known if name in parts else "")
                said = speaker.gettext(title)
                parts[at] = Part(at, said, (), f"{name}.html", context)
    blocks = [b for report in reports for b in tell_method(report, speaker)]
    title = speaker.say("How it was measured")
    return [*parts.values(), Part("method", title, tuple(blocks))]


def _told(section: Section, suffix: str) -> Part:
    return Part(section.name + suffix, section.title, section.blocks)


def _asset(name: str) -> Markup:
    return Markup((FOLDER / name).read_text(encoding="utf-8"))
