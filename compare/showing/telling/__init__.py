"""What is told of a report: each kind of record once, in blocks.

A kind of report is a field of `Report`, a row of STUDIES here, and a module
that makes blocks of the record. Terminal and page show what is told.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterator
from typing import Any

from compare.records.note import marked
from compare.records.report import LessonReport, Report
from compare.showing.blocks import Block, Section
from compare.showing.language import Speaker
from compare.showing.telling.code import tell_sizes, tell_tensors
from compare.showing.telling.common import on_gpu, where
from compare.showing.telling.lesson import (
    tell_ends,
    tell_task,
    tell_verdicts,
)
from compare.showing.telling.picture import tell_picture
from compare.showing.telling.speed import tell_speed

STUDIES = {
    "lessons": marked("From when on is Keras as fast?"),
    "pair": marked("Are both sides the same training?"),
    "fit": marked("Where does the time of fit go?"),
    "growth": marked("How does the time grow?"),
    "peers": marked("And other frameworks?"),
    "across": marked("And in other environments?"),
    "streaming": marked("Rows that stay on disk"),
    "calibration": marked("Can the timer be trusted?"),
    "mistakes": marked("Classic mistakes"),
    "score": marked("How well are causes named?"),
    "ladder": marked("What does each feature cost?"),
}
"""Field of a report -> the title of its section. `tell_FIELD` in the module of
that name tells it; the module is imported where there is such a field."""


def sections(report: Report, speaker: Speaker) -> list[Section]:
    """Tell a whole report.

    The code sizes that every run of lessons finds on its way are left to the
    page and to `ladder`.
    """
    environment = report.environment
    first = where(environment, speaker), *on_gpu(environment, speaker)
    told = [Section("where", "", first)]
    for lesson in report.lessons:
        told += lesson_sections(report, lesson, speaker)
    hidden = {"ladder"} if report.lessons else set()
    return [*told, *studies(report, speaker, hidden)]


def lesson_sections(
    report: Report, lesson: LessonReport, speaker: Speaker
) -> list[Section]:
    """Tell a lesson."""
    title = f"{lesson.lesson}: {speaker.gettext(lesson.title)}"
    speed = tell_speed(lesson, report.environment, speaker)
    told = {
        "task": (title, tell_task(lesson, speaker)),
        "same": (
            speaker.say("Are they the same training?"),
            tell_verdicts(lesson, speaker),
        ),
        "ends": (
            speaker.say("Where do they end?"),
            tell_ends(lesson, speaker),
        ),
        "picture": (
            speaker.say("What was learnt?"),
            tell_picture(lesson, speaker) if lesson.pictures else iter(()),
        ),
        "size": (speaker.say("How much code?"), tell_sizes(lesson, speaker)),
        "tensors": (
            speaker.say("What shape is everything?"),
            tell_tensors(lesson, speaker),
        ),
        "speed": (speaker.say("How fast?"), speed),
    }
    return _with_blocks(told)


def studies(
    report: Report, speaker: Speaker, hidden: Collection[str] = ()
) -> list[Section]:
    """Tell what a report holds beside lessons."""
    return _with_blocks(
        {
            name: (speaker.gettext(title), _tell(name)(found, speaker))
            for name, title in STUDIES.items()
            if name not in hidden and (found := getattr(report, name))
        }
    )


def _tell(name: str) -> Callable[[Any, Speaker], Iterator[Block]]:
    module = importlib.import_module(f"{__name__}.{name}")
    return getattr(module, f"tell_{name}")  # type: ignore[no-any-return]


def _with_blocks(
    told: dict[str, tuple[str, Iterator[Block]]],
) -> list[Section]:
    """Return the sections that have something to tell."""
    sections = [
        Section(name, title, tuple(blocks))
        for name, (title, blocks) in told.items()
    ]
    return [section for section in sections if section.blocks]
