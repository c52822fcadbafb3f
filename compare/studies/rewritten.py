"""Code of a lesson that was rewritten, timed against what it was."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from compare.lessons.exhibits import exhibit
from compare.lessons.problems import problem_of
from compare.records import SIDES
from compare.records.report import Report
from compare.records.request import Request
from compare.records.timing import Effort, Paired
from compare.running import family
from compare.running.duos import take_duos, time_exhibits
from compare.running.processes import Progress

PROCESSES = 12
"""In which code takes turns with what it was, at least: one in thirty is off
by a tenth, and 5 % must be found all the same."""

SECONDS = 60.0
"""For further processes, while it is not clear and no budget is given."""

Timed = Mapping[tuple[str, str], tuple[Paired, ...]]
"""Lesson or pair, and side -> its code in the baseline (left) and now."""


def time_changed(
    before: Report, now: Report, request: Request, progress: Progress
) -> tuple[Timed, tuple[str, ...]]:
    """Time what was rewritten since against what it was, by turns.

    Returns:
        What was found of each side whose code is another one, where both
        sides still are the same training; and why a process gave nothing.
    """
    timed: dict[tuple[str, str], tuple[Paired, ...]] = {}
    broken: list[str] = []
    for old, new in zip(before.lessons, now.lessons, strict=True):
        modes = tuple(v.mode for v in new.verdicts if v.agree)
        for side in SIDES:
            same = old.sources[side] == new.sources[side]
            if request.effort is None or same or not modes or new.workers > 1:
                continue
            earlier = file_of(old.sources[side], new.lesson)
            timed[new.lesson, side], failed = take_duos(
                f"{new.lesson} {side}, before and now",
                time_exhibits,
                (
                    [f"{earlier}:train", exhibit(side, new.lesson)],
                    problem_of(new.lesson, request.settings),
                    modes,
                ),
                modes,
                Effort(PROCESSES, request.effort.budget or SECONDS),
                request.timeout,
                progress,
            )
            broken += failed
    return timed, tuple(broken)


def file_of(source: str, name: str) -> Path:
    """Write earlier code to a file that its processes can read."""
    with family.keeping_temporary_files():
        folder = Path(tempfile.mkdtemp(prefix="baseline-"))
    file = folder / f"{name}_before.py"
    file.write_text(source, encoding="utf-8")
    return file
