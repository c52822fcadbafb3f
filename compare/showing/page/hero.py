"""What the page answers first: verdict, code and speed of a lesson."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compare.records import OUTCOMES, SIDES, Mode
from compare.records.fit import FitReport, VariantReport
from compare.records.note import marked
from compare.records.report import LessonReport
from compare.records.verdicts import Verdict
from compare.showing.formats import digits, seconds
from compare.showing.language import Speaker
from compare.showing.telling.fit import TEXTBOOK
from compare.showing.telling.lesson import rows, tell_task
from compare.showing.telling.speed import factor_of, openings, ratios_of

SAME = marked(
    {
        "identical": "The same to the last bit.",
        "same mathematics": "The same mathematics, rounded otherwise.",
        "different": "Not the same training.",
        "could not run": "Not compared: it could not run.",
    }
)


@dataclass(frozen=True)
class Answer:
    """A sentence that answers, and one that says more.

    Attributes:
        tone: "good", "bad" or "plain".
    """

    short: str
    long: str
    tone: str = "plain"


def hero(
    lesson: LessonReport, speaker: Speaker, fit: FitReport | None = None
) -> dict[str, Any]:
    """Return what stands on top: the task, and three answers."""
    return {
        "lesson": lesson.lesson,
        "title": speaker.gettext(lesson.title),
        "task": tuple(tell_task(lesson, speaker)),
        "answers": (
            _same(lesson, speaker),
            _code(lesson, speaker),
            _speed(lesson, speaker, fit),
        ),
    }


def worst(lesson: LessonReport) -> Verdict:
    """Return the worst of a lesson's verdicts."""
    return max(lesson.verdicts, key=lambda v: OUTCOMES.index(v.outcome))


def _same(lesson: LessonReport, speaker: Speaker) -> Answer:
    verdict = worst(lesson)
    why = speaker.say(
        "{why} (compared in {modes}).",
        why=speaker.why(verdict),
        modes=", ".join(v.mode for v in lesson.verdicts),
    )
    tone = "good" if verdict.agree else "bad"
    return Answer(speaker.gettext(SAME[verdict.outcome]), why, tone)


def _code(lesson: LessonReport, speaker: Speaker) -> Answer:
    manual, keras = (lesson.sizes[side].statements for side in SIDES)
    short = speaker.say(
        "{manual} statements by hand become {keras} in Keras.",
        manual=manual,
        keras=keras,
    )
    source = lesson.sources.get("keras", "")
    if ".fit(" not in source or keras >= manual:
        return Answer(short, "")
    if "GradientTape" in source:
        return Answer(short, speaker.say("Its `fit` holds the loops."))
    return Answer(
        short,
        speaker.say("Its `fit` holds the loops, the gradients, the update."),
    )


def _speed(
    lesson: LessonReport, speaker: Speaker, fit: FitReport | None
) -> Answer:
    found = {
        mode: ratio
        for mode, ratio in ratios_of(lesson).items()
        if ratio.answer != "too noisy to tell"
    }
    if not found:
        if worst(lesson).agree:
            return Answer(speaker.say("The speed was not measured."), "")
        text = speaker.say(
            "Two trainings that are not the same have no common speed."
        )
        return Answer(text, "")
    mode = "graph" if "graph" in found else next(iter(found))  # Keras's own
    ratio = found[mode]
    times, slower = factor_of(ratio)
    short = speaker.say(
        "On {rows} neither side is clearly faster."
        if not times
        else "On {rows} Keras is {times} times slower."
        if slower
        else "On {rows} Keras is {times} times faster.",
        rows=rows(lesson.rows, speaker),
        times=times,
    )
    more = [*_why(lesson, mode, speaker), *_cure(lesson, fit, speaker)]
    if ratio.low is not None and ratio.high is not None:
        between = speaker.say(
            "In {mode} mode an update takes {value} times as long as by "
            "hand ({low} to {high}).",
            mode=mode,
            value=digits(ratio.value),
            low=digits(ratio.low),
            high=digits(ratio.high),
        )
        more.append(between)
    return Answer(short, " ".join(more))


def _why(lesson: LessonReport, mode: Mode, speaker: Speaker) -> Iterator[str]:
    """Say where the time goes, where opening iterators explains it."""
    for opening, epoch in openings(lesson):
        if mode == "graph":
            yield speaker.say(
                "{share} of its time goes into opening {iterators} data "
                "iterators per epoch, not into the update.",
                share=f"{opening.seconds / epoch:.0%}",
                iterators=f"{opening.iterators:.3g}",
            )


def _cure(
    lesson: LessonReport, fit: FitReport | None, speaker: Speaker
) -> Iterator[str]:
    """Say which line cures it: the fastest `fit` of one update a call."""
    textbook = fit and fit.find(TEXTBOOK)
    if lesson.lesson != "linear_regression" or fit is None or not textbook:
        return

    def median(variant: VariantReport) -> float:
        return statistics.median(variant.per_update)

    cures = [
        each
        for each in fit.variants
        if each.samples
        and each.change
        and each.variant.side == "keras"
        and not each.variant.fused
    ]
    best = min(cures, key=median, default=textbook)
    if best is textbook or not textbook.samples:
        return
    yield speaker.say(
        "`{line}` cures it: {short} per update instead of {long}.",
        line=best.change[0].strip(),
        short=seconds(median(best)),
        long=seconds(median(textbook)),
    )
