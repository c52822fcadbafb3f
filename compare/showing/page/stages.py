"""What the page has beyond the telling: code, player, and laboratory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compare.records.note import marked
from compare.records.report import LessonReport, Report
from compare.showing.blocks import Code
from compare.showing.language import Speaker
from compare.showing.page import code, laboratory, quiz, scenes, tensors
from compare.showing.page.folding import folding
from compare.showing.page.told import told
from compare.showing.telling.code import tell_share

Context = dict[str, Any] | None
"""What a template gets as `it`; None where it has nothing to show."""


def code_side_by_side(lesson: LessonReport, speaker: Speaker) -> Context:
    """Return both sources by their sections, and what Keras takes over."""
    folded = folding(lesson.sources["manual"], lesson.sources["keras"])
    calling = code.calling(lesson)
    return {
        "rows": code.rows(lesson.sources, lesson.tensors, folded),
        "sources": lesson.sources,
        "share": tell_share(folded.counts, speaker),
        "reads": code.attributes(lesson),
        "calling": calling and Code(calling, "python"),
    }


def about(lesson: LessonReport, speaker: Speaker) -> Context:
    """Return what the lesson's own text says of it."""
    text = told(lesson.lesson, speaker.language)
    return {"text": text} if text and text.about else None


def exercises(lesson: LessonReport, speaker: Speaker) -> Context:
    """Return the exercises at the end of the lesson's own text."""
    text = told(lesson.lesson, speaker.language)
    return {"text": text} if text and text.exercises else None


def player(lesson: LessonReport, speaker: Speaker) -> Context:
    """Return the frames of the training, to be played through.

    The first charts stand on top of the page, the others in a section.
    """
    scene = scenes.learning(lesson)
    if scene is None:
        return None
    first = ["loss"]
    if scene["line"]:
        first = ["line", "path"] if scene["bowl"] else ["line", "loss"]
    elif scene["predictions"] and not lesson.pictures:
        first = ["predictions", "loss"]
    others = [
        chart
        for chart in ("predictions", "loss", "parameters", "ulps")
        if chart not in first
        and (chart != "predictions" or scene["predictions"])
        and (chart != "ulps" or max(scene["ulps"]) > 0)
    ]
    return {"scene": scene, "first": first, "others": others}


STAGES = {
    "about": (marked("What is this about?"), about),
    "code": (marked("The code, side by side"), code_side_by_side),
    "learn": (marked("Update by update"), player),
    "tensors": (marked("What shape is everything?"), tensors.chapter),
    "laboratory": (
        marked("A laboratory for the learning rate"),
        laboratory.laboratory,
    ),
    "exercises": (marked("Exercises"), exercises),
}
"""Name of a stage and of its template -> its title, and what it shows."""

STUDY_STAGES: dict[str, tuple[str, Callable[[Report, Speaker], Context]]] = {
    "quiz": (marked("Find the bug"), quiz.questions),
    "mistakes": (marked("Classic mistakes"), quiz.catalogue),
}
"""The same for what a report holds beside lessons."""
