"""From which time per update on Keras is as fast as the loop by hand."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from compare.judging.ratios import keras_to_manual
from compare.records import Mode
from compare.records.report import LessonReport
from compare.records.timing import Ratio

CLOSE = 1.1
"""How many times as long Keras takes at the most where it has caught up."""


@dataclass(frozen=True)
class Pace:
    """How long a lesson's updates take in one mode.

    Attributes:
        update, epoch: median seconds by hand.
        ratio: Keras / by hand, the same of both: epochs have as many updates.
    """

    lesson: str
    mode: Mode
    update: float
    epoch: float
    ratio: Ratio

    @property
    def clear(self) -> bool:
        """Whether the ratio has an interval that tells something."""
        return self.ratio.answer in (
            "faster",
            "slower",
            "no clear difference",
        )

    @property
    def close(self) -> bool:
        """Whether all of the interval is at most `CLOSE`."""
        return self.ratio.high is not None and self.ratio.high <= CLOSE


@dataclass(frozen=True)
class Crossing:
    """What the lessons of one mode say, the fastest update first.

    Attributes:
        slowest: the lesson with the slowest update by hand.
        nearest: the one in which Keras comes nearest to the loop by hand.
        beyond: the lessons, in order, from which on Keras has caught up in
            every one; empty where there is no such time per update.
        lessons: how many were timed.
    """

    mode: Mode
    slowest: Pace
    nearest: Pace
    beyond: tuple[Pace, ...]
    lessons: int


def paces(lessons: Sequence[LessonReport]) -> dict[Mode, list[Pace]]:
    """Return what was timed on both sides, by mode, the fastest update first.

    What no process gave a ratio of is left out.
    """
    found: dict[Mode, list[Pace]] = {}
    for lesson in lessons:
        for timing in lesson.timings:
            ratio = keras_to_manual(lesson.paired, timing.mode)
            if timing.side != "manual" or not timing.updates or not ratio:
                continue
            update = statistics.median(timing.updates)
            epoch = update * timing.updates_per_epoch
            pace = Pace(lesson.lesson, timing.mode, update, epoch, ratio)
            found.setdefault(timing.mode, []).append(pace)
    for of_mode in found.values():
        of_mode.sort(key=lambda pace: pace.update)
    return found


def crossing(ordered: Sequence[Pace]) -> Crossing | None:
    """Say from which time per update on Keras has caught up.

    Every lesson with slower updates has to bear it out: one whose interval
    reaches beyond `CLOSE`, or that has none, breaks it.

    Args:
        ordered: of one mode, the fastest update first.

    Returns:
        What was found; None where two lessons with intervals are missing.
    """
    if sum(pace.ratio.high is not None for pace in ordered) < 2:
        return None
    clear = [pace for pace in ordered if pace.clear]
    beyond: list[Pace] = []
    for pace in reversed(ordered):
        if not pace.close:
            break
        beyond.insert(0, pace)
    return Crossing(
        mode=ordered[0].mode,
        slowest=ordered[-1],
        nearest=min(clear or ordered[-1:], key=lambda pace: pace.ratio.value),
        beyond=tuple(beyond),
        lessons=len(ordered),
    )
