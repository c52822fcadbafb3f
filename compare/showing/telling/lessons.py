"""What is told of the speed of several lessons together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compare.judging.crossing import CLOSE, Crossing, Pace, crossing, paces
from compare.records import MODES
from compare.records.report import LessonReport
from compare.showing.blocks import Block, Cell, Paragraph, Table
from compare.showing.formats import digits, seconds
from compare.showing.language import Speaker
from compare.showing.telling.common import too_few


def tell_lessons(
    lessons: Sequence[LessonReport], speaker: Speaker
) -> Iterator[Block]:
    """Order what was timed by the time of an update, and say where it tips."""
    found = paces(lessons)
    if max(map(len, found.values()), default=0) < 2:
        return
    for mode in MODES:
        for tip in filter(None, [crossing(found.get(mode, ()))]):
            yield Paragraph(_say(tip, speaker))
    yield Table(
        speaker.say("Lessons by the time of an update by hand"),
        speaker.heads(
            "mode",
            "lesson",
            "update by hand",
            "epoch by hand",
            "Keras / by hand",
            "Keras is",
        ),
        tuple(
            _row(pace, speaker, first=not number)
            for mode in MODES
            for number, pace in enumerate(found.get(mode, ()))
        ),
    )
    yield speaker.paragraph(
        "The ratio is that of epochs, which have equally many updates on "
        "both sides: what fit does once per epoch is in it.",
        "quiet",
    )
    if any(p.ratio.low is None for of_mode in found.values() for p in of_mode):
        yield too_few(speaker)


def _row(pace: Pace, speaker: Speaker, first: bool) -> tuple[str | Cell, ...]:
    noisy = pace.ratio.answer == "too noisy to tell"
    return (
        Cell(pace.mode if first else "", name=True),
        Cell(pace.lesson, name=True),
        seconds(pace.update),
        seconds(pace.epoch),
        digits(pace.ratio.value) if noisy else speaker.times(pace.ratio),
        speaker.gettext(pace.ratio.answer),
    )


def _say(tip: Crossing, speaker: Speaker) -> str:
    """Say from which time per update on Keras has caught up."""
    if not tip.beyond:
        return _say_why_not(tip, speaker)
    first, count = tip.beyond[0], len(tip.beyond)
    return speaker.say(
        "{mode}: Keras takes at most {percent} longer in one of {all} "
        "lessons, {lesson}, whose update is the slowest ({seconds} by hand)."
        if count == 1
        else "{mode}: from an update of {seconds} by hand on ({lesson}) Keras "
        "takes at most {percent} longer: in each of the {count} lessons with "
        "the slowest updates, of {all}.",
        mode=tip.mode,
        lesson=first.lesson,
        seconds=seconds(first.update),
        percent=f"{CLOSE - 1:.0%}",
        count=count,
        all=tip.lessons,
    )


def _say_why_not(tip: Crossing, speaker: Speaker) -> str:
    """Say that there is no time from which on it is so, or none known."""
    return speaker.say(
        "{mode}: from which time per update on Keras has caught up cannot "
        "be told: {slowest}, whose update is the slowest ({seconds} by "
        "hand), was timed with too much noise or in too few processes."
        if not tip.slowest.clear
        else "{mode}: in these lessons there is no time per update from which "
        "on Keras has caught up. It comes nearest in {slowest}, whose "
        "update is the slowest ({seconds} by hand): there it takes "
        "{times} times as long."
        if tip.nearest is tip.slowest
        else "{mode}: in these lessons there is no time per update from which "
        "on Keras has caught up. In {slowest}, whose update is the slowest "
        "({seconds} by hand), it takes {times} times as long; it comes "
        "nearest in {nearest}: {nearest_times}.",
        mode=tip.mode,
        slowest=tip.slowest.lesson,
        seconds=seconds(tip.slowest.update),
        times=speaker.times(tip.slowest.ratio),
        nearest=tip.nearest.lesson,
        nearest_times=speaker.times(tip.nearest.ratio),
    )
