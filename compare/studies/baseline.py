"""An earlier report to hold later ones against, and what became worse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np

from compare.judging import ratios
from compare.judging.soundness import check_report, check_request
from compare.records import SIDES, Mode, Outcome, UsageError, files
from compare.records.baseline import Change, Comparison
from compare.records.json_form import check_version, from_json
from compare.records.note import Note, note
from compare.records.report import Environment, LessonReport, Report
from compare.records.request import Request
from compare.records.timing import Ratio
from compare.records.verdicts import Verdict

OUTCOMES = get_args(Outcome)
"""From best to worst."""

MACHINE = ("system", "cpus", "devices")
VERSIONS = ("python", "tensorflow", "keras", "numpy")


@dataclass(frozen=True)
class Baseline:
    """What was found, and what to run to look again."""

    request: Request
    report: Report


def write_baseline(path: Path, request: Request, report: Report) -> None:
    """Write a baseline without what only charts need: it is committed.

    Raises:
        UsageError: it cannot be written.
    """
    lessons = tuple(
        replace(
            lesson,
            trajectories=(),
            recorded_updates=np.empty(0),
            points=None,
            rates=(),
        )
        for lesson in report.lessons
    )
    baseline = Baseline(request, replace(report, lessons=lessons))
    files.write_json(baseline, path, files.OTHER_NAME)


def read_baseline(path: Path) -> Baseline:
    """Read what `write_baseline` wrote.

    Raises:
        UsageError: it is no baseline, or one of another schema version; says
            what to do.
    """
    advice = "make a baseline with save-baseline"
    content = files.read_json(path, advice)
    try:
        if isinstance(content, dict):
            check_version(content.get("report"))
        baseline = from_json(Baseline, content)
        check_report(baseline.report)
        check_request(baseline.request)
    except UsageError as error:
        raise UsageError(
            f"{path} is no baseline, or a broken one ({error}); {advice}"
        ) from error
    if [x.lesson for x in baseline.report.lessons] != list(
        baseline.request.lessons
    ):
        raise UsageError(
            f"{path} holds other lessons than it asks for; {advice}"
        )
    return baseline


def differences(
    before: Environment, now: Environment, names: tuple[str, ...]
) -> list[Note]:
    """Say which of these fields of the environment differ."""
    notes = []
    for name in names:
        old, new = (
            value if isinstance(value, str | int) else ", ".join(value)
            for value in (getattr(before, name), getattr(now, name))
        )
        if old != new:
            notes.append(
                note(
                    "{name} was {old}, now {new}", name=name, old=old, new=new
                )
            )
    return notes


def compare(before: Report, now: Report, threshold: float) -> Comparison:
    """Tell what changed between two reports on the same request.

    Args:
        before: the baseline.
        now: what is held against it.
        threshold: by which part Keras's time over the manual one may grow:
            0.25 lets a ratio of 2 grow to 2.5.

    Returns:
        Every verdict that changed, every side whose number of statements
        did, and every ratio of times that has certainly left the threshold:
        the bootstrap interval of its growth lies beyond it as a whole.
    """
    environments = before.environment, now.environment
    notes = differences(*environments, VERSIONS)
    machine = differences(*environments, MACHINE)
    if machine:
        elsewhere = note("another machine, so speed is left out")
        notes += [*machine, elsewhere]
    changes: list[Change] = []
    for old, new in zip(before.lessons, now.lessons, strict=True):
        changes += _verdicts(old, new)
        changes += _sizes(old, new)
        if not machine:
            beyond, unknown = _speeds(old, new, threshold)
            changes += beyond
            notes += unknown
    return Comparison(tuple(changes), tuple(notes))


def _verdicts(old: LessonReport, new: LessonReport) -> Iterator[Change]:
    verdicts = _by_name(new)
    for name, before in _by_name(old).items():
        now = verdicts[name]
        if now.outcome != before.outcome:
            worse = OUTCOMES.index(now.outcome) > OUTCOMES.index(
                before.outcome
            )
            yield Change(
                old.lesson,
                name,
                Note(before.outcome),
                (Note(now.outcome), *(now.why if worse else ())),
                worse,
            )


def _by_name(lesson: LessonReport) -> dict[Note, Verdict]:
    by_mode = {
        note("{mode}: verdict", mode=verdict.mode): verdict
        for verdict in lesson.verdicts
    }
    checks = {
        note(
            "{side} against {reference}",
            side=check.side,
            reference=check.reference,
        ): check.verdict
        for check in lesson.checks
    }
    return by_mode | checks


def _sizes(old: LessonReport, new: LessonReport) -> Iterator[Change]:
    for side in SIDES:
        before, now = (x.sizes[side].statements for x in (old, new))
        if before != now:
            yield Change(
                old.lesson,
                note("statements, {side}", side=side),
                Note(str(before)),
                (Note(str(now)),),
                now > before,
            )


def _speeds(
    old: LessonReport, new: LessonReport, threshold: float
) -> tuple[list[Change], list[Note]]:
    """Return the ratios that left the threshold, and what stayed open."""
    changes, few = [], []
    for mode in dict.fromkeys(entry.mode for entry in old.timings):
        grown = ratios.growth(old.timings, new.timings, mode)
        if grown is None or grown.low is None or grown.high is None:
            few.append(mode)
        elif grown.low > 1 + threshold or grown.high < 1 / (1 + threshold):
            changes.append(_speed(old, new, mode, grown))
    if not few:
        return changes, []
    unknown = note(
        "{lesson}: speed not compared ({modes}): it takes {fewest} processes "
        "a side in both runs; save the baseline with --budget",
        lesson=old.lesson,
        modes=", ".join(few),
        fewest=ratios.FEWEST,
    )
    return changes, [unknown]


def _speed(
    old: LessonReport, new: LessonReport, mode: Mode, grown: Ratio
) -> Change:
    before, now = (
        ratios.keras_to_manual(lesson.timings, mode) for lesson in (old, new)
    )
    assert before is not None
    assert now is not None
    growth = note(
        "{growth} ({low} to {high}) times the baseline",
        growth=f"{grown.value:.3g}",
        low=f"{grown.low:.3g}",
        high=f"{grown.high:.3g}",
    )
    return Change(
        old.lesson,
        note("{mode}: Keras / by hand, per epoch", mode=mode),
        Note(f"{before.value:.3g}"),
        (Note(f"{now.value:.3g}"), growth),
        grown.value > 1,
    )
