"""What the page answers first: verdict, code and speed of a lesson."""

from __future__ import annotations

from typing import Any

from compare.judging import ratios
from compare.records import OUTCOMES, SIDES, Mode
from compare.records.report import LessonReport
from compare.records.timing import Ratio
from compare.records.verdicts import Verdict
from compare.showing.formats import digits
from compare.showing.language import Speaker
from compare.showing.telling.lesson import tell_task
from compare.showing.telling.speed import say_ratio, say_why_slow


def hero(lesson: LessonReport, speaker: Speaker) -> dict[str, Any]:
    """Return the three answers, and why."""
    verdict = worst(lesson)
    ratio_of = ratios_of(lesson)
    mode = next(iter(ratio_of), None)
    manual, keras = (lesson.sizes[side].statements for side in SIDES)
    return {
        "lesson": lesson.lesson,
        "title": speaker.gettext(lesson.title),
        "task": tuple(tell_task(lesson, speaker)),
        "agree": verdict.agree,
        "verdict": speaker.outcome(verdict),
        "why": speaker.why(verdict),
        "modes": [v.mode for v in lesson.verdicts],
        "code": f"{keras / manual:.2f}" if manual else "–",
        "code_why": _why_so_long(manual, keras, speaker),
        "speed": digits(ratio_of[mode].value) if mode else None,
        "speed_how": say_ratio(mode, ratio_of[mode], speaker) if mode else "",
        "speed_why": " ".join(say_why_slow(lesson, speaker)),
        "speeds": {m: digits(ratio.value) for m, ratio in ratio_of.items()},
    }


def worst(lesson: LessonReport) -> Verdict:
    """Return the worst of a lesson's verdicts."""
    return max(lesson.verdicts, key=lambda v: OUTCOMES.index(v.outcome))


def ratios_of(lesson: LessonReport) -> dict[Mode, Ratio]:
    """Return the ratio of the speeds by mode, Keras's own mode first."""
    return {
        v.mode: ratio
        for v in sorted(lesson.verdicts, key=lambda v: v.mode != "graph")
        if v.agree
        and (ratio := ratios.keras_to_manual(lesson.paired, v.mode))
        and ratio.answer != "too noisy to tell"
    }


def _why_so_long(manual: int, keras: int, speaker: Speaker) -> str:
    if keras < manual:
        return speaker.say(
            "{manual} statements by hand are {keras} in Keras, which writes "
            "the loop, the gradients and the update itself.",
            manual=manual,
            keras=keras,
        )
    return speaker.say(
        "{manual} statements by hand are {keras} in Keras: what it would "
        "write itself has to be bent here.",
        manual=manual,
        keras=keras,
    )
