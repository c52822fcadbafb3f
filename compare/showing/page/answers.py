"""What the page answers first: verdict, code, speed, and the ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.judging import ratios
from compare.judging.theory import distance
from compare.records import SIDES
from compare.records.report import LessonReport, first_pair
from compare.showing.page.say import Speaker, headline
from compare.showing.page.texts import OUTCOMES, SIDE_NAMES
from compare.showing.terminal.formats import SHOWN_VALUES, digits, value

Context = dict[str, Any] | None


def hero(lesson: LessonReport, speaker: Speaker) -> dict[str, Any]:
    """Return the verdict, the code ratio and the speed ratio, and why."""
    verdict, ratio = headline(lesson)
    manual, keras = (lesson.sizes[side].statements for side in SIDES)
    others = {
        v.mode: digits(found.value)
        for v in lesson.verdicts
        if v.agree
        and (found := ratios.keras_to_manual(lesson.timings, v.mode))
    }
    return {
        "lesson": lesson.lesson,
        "title": speaker.gettext(lesson.title),
        "facts": _facts(lesson, speaker),
        "outcome": verdict.outcome,
        "agree": verdict.agree,
        "verdict": speaker.gettext(OUTCOMES[verdict.outcome]),
        "verdict_why": speaker.verdict(verdict, lesson),
        "modes": [v.mode for v in lesson.verdicts],
        "code": f"{keras / manual:.2f}" if manual else "–",
        "code_why": speaker.code(lesson),
        "speed": digits(ratio.value) if ratio else None,
        "speed_how": speaker.speed(ratio) if ratio else "",
        "speed_why": speaker.why_slow(lesson),
        "speeds": others,
    }


def _facts(lesson: LessonReport, speaker: Speaker) -> list[tuple[str, str]]:
    gettext = speaker.gettext
    return [
        (gettext("data"), gettext(lesson.data)),
        (gettext("rows"), f"{lesson.rows:,}"),
        (gettext("features"), f"{lesson.features:,}"),
        (gettext("rows per update"), f"{lesson.batch_size:,}"),
        (gettext("learning rate"), f"{lesson.learning_rate:g}"),
        (gettext("updates"), f"{lesson.updates:,}"),
    ]


def same(lesson: LessonReport, speaker: Speaker) -> Context:
    """Return the verdicts with their reasons, and the ends of the runs."""
    return {
        "verdicts": [
            {
                "record": verdict,
                "name": speaker.gettext(OUTCOMES[verdict.outcome]),
                "why": speaker.verdict(verdict, lesson),
            }
            for verdict in lesson.verdicts
        ],
        "checks": [
            {
                "side": speaker.gettext(SIDE_NAMES[check.side]),
                "reference": speaker.gettext(check.reference),
                "name": speaker.gettext(OUTCOMES[check.verdict.outcome]),
                "why": speaker.verdict(check.verdict, lesson),
            }
            for check in lesson.checks
        ],
        "failures": lesson.failures,
        "notes": [speaker.note(note) for note in lesson.notes],
        "ends": _ends(lesson),
        "units": _units(lesson),
        "limit": speaker.limit(lesson.theory)
        if lesson.theory and lesson.theory.largest_learning_rate
        else "",
        "unsettled": lesson.convergence.reason
        if lesson.convergence and not lesson.convergence.distance
        else "",
        "settles": speaker.convergence(lesson.convergence)
        if lesson.convergence
        else "",
    }


def _ends(lesson: LessonReport) -> Context:
    """Return the values at the end, of both sides and the closed form."""
    runs = first_pair(lesson.trajectories)
    if not runs:
        return None
    theory = lesson.theory
    names = [
        name
        for name, found in runs[0].results.items()
        if np.size(found) <= SHOWN_VALUES
    ]
    table: dict[str, list[list[str]]] = {}
    for name in names:
        columns = [run.results.get(name) for run in runs]
        if theory:
            columns.append(theory.closed_form.get(name))
        table[name] = [
            [value(np.float32(v)) for v in np.ravel(c)]
            if c is not None
            else ["–"]
            for c in columns
        ]
    return {
        "table": table,
        "theory": theory,
        "distances": [
            f"{distance(run.results, theory):.1e}" if theory else ""
            for run in runs
        ],
        "reached": [lesson.within_1_percent.get(side) for side in SIDES],
    }


def _units(lesson: LessonReport) -> Context:
    scaling, found = lesson.scaling, lesson.user_parameters
    if scaling is None or not all(side in found for side in SIDES):
        return None
    columns = list(found.values())
    table = [
        (feature, [f"{c['kernel'].ravel()[n]:.6g}" for c in columns])
        for n, feature in enumerate(scaling.features)
    ]
    constants = [f"{float(c['bias']):.6g}" for c in columns]
    return {
        "target": scaling.target,
        "columns": list(found),
        "table": table,
        "constants": constants,
    }
