"""Bars of the page: places in percent, so that they fit any width."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

from compare.judging.codesize import MEASURES
from compare.records import SIDES, CodeSize, Side
from compare.records.ladder import Ladder
from compare.records.peers import Kind
from compare.records.report import LessonReport
from compare.records.timing import Timing
from compare.showing.terminal.formats import seconds

Times = dict[Kind, list[float]]
"""Seconds of each process, by whose they are."""


@dataclass(frozen=True)
class Bar:
    """A bar, or a mark with its spread.

    Attributes:
        side: whose it is; other frameworks are on neither side.
        text: its value, in words.
        start, width: in percent of the track.
        low, high: ends of the whisker in percent, or None.
    """

    side: Kind
    text: str
    start: float
    width: float
    low: float | None = None
    high: float | None = None


def sizes(
    lesson: LessonReport, names: dict[str, str]
) -> list[tuple[str, str, list[Bar]]]:
    """Return name, ratio and bars of every measure of code size."""
    found = []
    for measure in MEASURES:
        values = {s: int(getattr(lesson.sizes[s], measure)) for s in SIDES}
        most = max(values.values()) or 1
        manual, keras = values["manual"], values["keras"]
        ratio = f"{keras / manual:.2f}" if manual else "–"
        bars = [
            Bar(side, str(value), 0, 100 * value / most)
            for side, value in values.items()
        ]
        found.append((names[measure], ratio, bars))
    return found


@dataclass(frozen=True)
class Track:
    """A logarithmic scale of seconds, and bars on it.

    Attributes:
        marks: place in percent and text of its ticks.
        rows: label and its bars.
        notes: what stands beside some of the labels.
    """

    marks: list[tuple[float, str]]
    rows: list[tuple[str, list[Bar]]]
    notes: dict[str, str] = field(default_factory=dict)


def speeds(timings: Sequence[Timing], phase: str) -> Track | None:
    """Return times of one phase of all modes, in order of modes.

    Args:
        timings: of one lesson.
        phase: "per_update", "first_call" or "build".
    """
    times: dict[str, Times] = {}
    for timing in timings:
        if timing.samples and not timing.control:
            values = [v for v in _values(timing, phase) if v > 0]
            if values:
                times.setdefault(timing.mode, {})[timing.side] = values
    return track(dict(sorted(times.items())))


def track(times: dict[str, Times]) -> Track | None:
    """Return bars of times above 0, by label and side, on one scale."""
    flat = [v for sides in times.values() for vs in sides.values() for v in vs]
    if not flat:
        return None
    low = math.floor(math.log10(min(flat)) - 0.01)
    high = math.ceil(math.log10(max(flat)) + 0.01)

    def place(value: float) -> float:
        return 100 * (math.log10(value) - low) / (high - low)

    def bar(side: Kind, values: list[float]) -> Bar:
        middle = statistics.median(values)
        ends = place(min(values)), place(max(values))
        return Bar(side, seconds(middle), 0, place(middle), *ends)

    rows = [
        (
            label,
            [
                bar(kind, kinds[kind])
                for kind in get_args(Kind)
                if kind in kinds
            ],
        )
        for label, kinds in times.items()
    ]
    marks = [
        (place(10.0**power), seconds(10.0**power))
        for power in range(low, high + 1)
    ]
    return Track(marks, rows)


def _values(timing: Timing, phase: str) -> list[float]:
    if phase == "per_update":
        count = timing.updates_per_epoch
        return [sample.per_epoch / count for sample in timing.samples]
    return [float(getattr(sample, phase)) for sample in timing.samples]


@dataclass(frozen=True)
class RungBars:
    """A rung of the ladder: what it adds, and where the sum stands then."""

    lesson: str
    base: str
    added: list[Bar]
    sums: dict[Side, int] | None


def ladder(found: Ladder, measure: str = "statements") -> list[RungBars]:
    """Return the features' bars, all on one scale."""

    def value(sizes: dict[Side, CodeSize], side: Side) -> int:
        return int(getattr(sizes[side], measure))

    most = max(
        abs(value(rung.added, side)) for rung in found.rungs for side in SIDES
    )
    return [
        RungBars(
            rung.lesson,
            rung.base,
            [
                Bar(
                    side,
                    f"{value(rung.added, side):+d}",
                    0,
                    100 * max(value(rung.added, side), 0) / (most or 1),
                )
                for side in SIDES
            ],
            {side: value(rung.running, side) for side in SIDES}
            if rung.counted
            else None,
        )
        for rung in found.rungs
    ]
