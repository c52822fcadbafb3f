"""The sections of the page: what each shows, and whether it has anything.

A section is a template of its name and one line in a list below; its context
is made from a record, and None leaves the section out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from compare.judging import ratios
from compare.judging.differences import ulps_apart
from compare.records import SIDES, TensorInfo
from compare.records.report import LessonReport, Report
from compare.showing.page import bars, code, scenes
from compare.showing.page.answers import Context, same
from compare.showing.page.calibration import calibration
from compare.showing.page.fit import fit
from compare.showing.page.growth import growth
from compare.showing.page.language import marked
from compare.showing.page.mistakes import mistakes
from compare.showing.page.peers import peers
from compare.showing.page.say import Speaker, iterator_cost
from compare.showing.page.streaming import streaming
from compare.showing.page.texts import (
    ALL_SAME,
    KINDS,
    MEASURE_NAMES,
    RANKS,
    RATES,
    ROLES,
    SECTION_NAMES,
    SIDE_NAMES,
    SOME_SAME,
)
from compare.studies.ladder import whether_it_grows


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes:
        name: of its template and of its anchor.
        title: its heading.
        context: what the template gets as `it`, or None.
    """

    name: str
    title: str
    context: Callable[[Any, Speaker], Context]


def _code(lesson: LessonReport, speaker: Speaker) -> Context:
    gettext = speaker.gettext
    rows = code.rows(lesson.sources, lesson.tensors)
    return {
        "rows": [
            {
                "title": gettext(SECTION_NAMES.get(row.name, row.name)),
                "lines": row.lines,
                "wrote": [gettext(text) for text in row.wrote],
                "unseen": row.unseen,
            }
            for row in rows
        ],
        "sources": lesson.sources,
        "tensors": _tensors(lesson, speaker),
    }


def _tensors(
    lesson: LessonReport, speaker: Speaker
) -> list[tuple[str, list[str]]]:
    found = {
        side: {info.role: info for info in infos}
        for side, infos in lesson.tensors.items()
    }
    roles = dict.fromkeys(r for infos in found.values() for r in infos)
    return [
        (
            _role(role, speaker),
            [_tensor(found.get(s, {}).get(role), speaker) for s in SIDES],
        )
        for role in roles
    ]


def _role(role: str, speaker: Speaker) -> str:
    if role in ROLES:
        return speaker.gettext(ROLES[role])
    if role.startswith("gradient of "):
        name = role.removeprefix("gradient of ")
        return speaker.say("gradient of {name}", name=name)
    return role


def _tensor(info: TensorInfo | None, speaker: Speaker) -> str:
    if info is None:
        return "–"
    rank = len(info.shape)
    kind = speaker.gettext(RANKS[rank]) if rank < len(RANKS) else ""
    return f"{kind} {info.shape} {info.dtype}".strip()


def _learn(lesson: LessonReport, speaker: Speaker) -> Context:
    scene = scenes.learning(lesson)
    return scene and {"scene": scene, "lesson": lesson}


def _rates(lesson: LessonReport, speaker: Speaker) -> Context:
    scene = scenes.rates(lesson)
    if scene is None or not scene["tried"]:
        return None
    for tried in scene["tried"]:
        updates = len(tried["losses"]["manual"]) - 1
        kind = tried["outcome"]
        tried["kind"] = speaker.gettext(KINDS[kind])
        tried["words"] = speaker.say(RATES[kind], updates=updates)
    return {
        "scene": scene,
        "count": len(scene["tried"]),
        "limit": f"{scene['limit']:.5g}",
        "curvature": f"{2 / scene['limit']:.4g}",
        "same": _same_rates(lesson, speaker),
    }


def _same_rates(lesson: LessonReport, speaker: Speaker) -> str:
    """Say at how many rates the bits are the same, and how far others part."""
    runs = {
        side: [r for r in lesson.rates if r.side == side] for side in SIDES
    }
    same = [run.same_bits for run in runs["keras"]]
    if all(same):
        return speaker.gettext(ALL_SAME)
    apart = [
        int(ulps_apart(values, keras.parameters[name]).max())
        for manual, keras in zip(*runs.values(), strict=True)
        for name, values in manual.parameters.items()
        if manual.outcome != "overshoots"
    ]
    return speaker.say(
        SOME_SAME,
        same=sum(same),
        count=len(same),
        ulps=f"{max(apart, default=0):,}",
    )


def _size(lesson: LessonReport, speaker: Speaker) -> Context:
    names = {k: speaker.gettext(v) for k, v in MEASURE_NAMES.items()}
    return {"rows": bars.sizes(lesson, names)}


def _speed(lesson: LessonReport, speaker: Speaker) -> Context:
    tracks = [
        (speaker.gettext(title), bars.speeds(lesson.timings, phase))
        for phase, title in (
            ("per_update", marked("Each update")),
            ("first_call", marked("The first call: tracing and compiling")),
            ("build", marked("Building model or variables")),
        )
    ]
    if not any(track for _, track in tracks):
        return None
    cost = iterator_cost(lesson)
    return {
        "tracks": [(title, track) for title, track in tracks if track],
        "processes": max(len(t.samples) for t in lesson.timings),
        "cost": cost,
        "share": cost.seconds / cost.epoch_seconds if cost else 0,
        "why": speaker.why_slow(lesson),
        "noise": [
            said
            for v in lesson.verdicts
            if (said := speaker.noise(lesson, v.mode))
        ],
        "evens": [
            speaker.even(even, speaker.gettext(SIDE_NAMES[even.side]))
            for even in ratios.break_evens(lesson.timings)
        ],
        "memory": [
            (m.side, f"{max(m.added_bytes) / 2**20:.0f} MiB")
            for m in lesson.memory
            if m.added_bytes
        ],
    }


def _ladder(reports: Sequence[Report], speaker: Speaker) -> Context:
    found = next((r.ladder for r in reports if r.ladder), None)
    if found is None:
        return None
    return {
        "first": {side: found.first[side].statements for side in SIDES},
        "whole": {side: found.whole[side].statements for side in SIDES},
        "rungs": bars.ladder(found),
        "grows": speaker.note(whether_it_grows(found)),
    }


def _method(reports: Sequence[Report], speaker: Speaker) -> Context:
    return {
        "reports": reports,
        "imports": [
            speaker.imports(e.import_seconds, e.import_bytes)
            if (e := report.environment).import_seconds
            else ""
            for report in reports
        ],
        "left_out": [
            line
            for report in reports
            for lesson in report.lessons
            for line in lesson.left_out
        ],
    }


LESSON_SECTIONS = (
    Section("same", marked("Are they the same training?"), same),
    Section("code", marked("The code, side by side"), _code),
    Section("learn", marked("Watch it learn"), _learn),
    Section("rates", marked("Which learning rate?"), _rates),
    Section("size", marked("How much code?"), _size),
    Section("speed", marked("How fast?"), _speed),
)

REPORT_SECTIONS = (
    Section("fit", marked("Where does the time of fit go?"), fit),
    Section("growth", marked("How does the time grow?"), growth),
    Section("peers", marked("And other frameworks?"), peers),
    Section("streaming", marked("Rows that stay on disk"), streaming),
    Section("calibration", marked("Can the timer be trusted?"), calibration),
    Section("mistakes", marked("Classic mistakes"), mistakes),
    Section("ladder", marked("What each feature costs"), _ladder),
    Section("method", marked("How it was measured"), _method),
)
