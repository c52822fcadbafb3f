"""An earlier report to hold later ones against, and what became worse."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np

from compare.judging import ratios
from compare.judging.soundness import check_report, check_request
from compare.records import SIDES, Outcome, UsageError, files
from compare.records.baseline import Baseline, Change, Comparison
from compare.records.json_form import check_version, from_json
from compare.records.note import Note, note
from compare.records.pairs import OwnPair
from compare.records.report import Environment, LessonReport, Report
from compare.records.timing import Paired, Ratio
from compare.records.verdicts import Verdict
from compare.studies.rewritten import Timed

OUTCOMES = get_args(Outcome)
"""From best to worst."""

MACHINE = ("system", "cpus", "devices")
VERSIONS = ("python", "tensorflow", "keras", "numpy")

BETWEEN_RUNS = 0.25
"""By how much the ratio of two equal sides may move from one run to another,
as the machine has more or less to do beside them."""


def write_baseline(path: Path, baseline: Baseline) -> None:
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
        for lesson in baseline.report.lessons
    )
    report = replace(baseline.report, lessons=lessons)
    files.write_json(replace(baseline, report=report), path, files.OTHER_NAME)


def read_baseline(path: Path) -> Baseline:
    """Read what `write_baseline` wrote.

    Raises:
        UsageError: it is no baseline, or one of another schema version; says
            what to do.
    """
    advice = "make a baseline with save-baseline, or with pair --baseline"
    content = files.read_json(path, advice)
    try:
        if isinstance(content, dict):
            check_version(content.get("report"))
        baseline = from_json(Baseline, content)
        check_report(baseline.report)
        if baseline.request:
            check_request(baseline.request)
    except UsageError as error:
        raise UsageError(
            f"{path} is no baseline, or a broken one ({error}); {advice}"
        ) from error
    if not _complete(baseline):
        raise UsageError(
            f"{path} holds something else than it asks for; {advice}"
        )
    return baseline


def _complete(baseline: Baseline) -> bool:
    """Whether it holds what it asks for."""
    report = baseline.report
    if baseline.request is None:
        sides = len(baseline.sources)
        return bool(baseline.pair and report.pair) and sides == len(SIDES)
    return [x.lesson for x in report.lessons] == list(baseline.request.lessons)


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


def compare(
    before: Report,
    now: Report,
    threshold: float,
    timed: Timed,
    broken: Sequence[str] = (),
    sizes: Mapping[str, tuple[int, int]] | None = None,
) -> Comparison:
    """Tell what changed between two reports on the same request.

    Args:
        before: the baseline.
        now: what is held against it.
        threshold: the slow-down against its code in the baseline that must
            not go unseen in a side: 0.05 is from 1 s to 1.05 s.
        timed: what `time_changed` found.
        broken: and why it did not find more.
        sizes: side of an own pair -> statements in the baseline, and now.

    Returns:
        Every verdict that changed, every side whose number of statements
        did, and every side that certainly takes longer, or less, and is
        nearer to the threshold than to what it was. On other versions Keras's
        time over the manual one counts as well; between two runs it moves by
        itself, so that its whole interval has to lie beyond `BETWEEN_RUNS`.
    """
    environments = before.environment, now.environment
    versions = differences(*environments, VERSIONS)
    machine = differences(*environments, MACHINE)
    notes = [*versions, *machine, *map(Note, broken)]
    if machine:
        notes.append(note("another machine, so speed is left out"))
    changes: list[Change] = []
    for old, new in zip(before.lessons, now.lessons, strict=True):
        changes += _verdicts(old, new)
        changes += _sizes(old, new)
        notes += _bits(old, new)
        if versions and not machine:
            changes += _speeds(old, new, max(threshold, BETWEEN_RUNS))
    if before.pair and now.pair:
        changes += _pair(before.pair, now.pair, sizes or {})
    for (lesson, side), own in timed.items():
        for each in own:
            change, unknown = _rewritten(lesson, side, each, threshold)
            changes += change
            notes += unknown
    return Comparison(tuple(changes), tuple(notes))


def _pair(
    old: OwnPair, new: OwnPair, sizes: Mapping[str, tuple[int, int]]
) -> Iterator[Change]:
    """Yield what changed in a pair, whose sides have these statements."""
    name = note("{mode}: verdict", mode=new.verdict.mode)
    yield from _verdict(new.name, name, old.verdict, new.verdict)
    for side, (before, now) in sizes.items():
        yield from _size(new.name, side, before, now)


def _verdicts(old: LessonReport, new: LessonReport) -> Iterator[Change]:
    verdicts = _by_name(new)
    for name, before in _by_name(old).items():
        yield from _verdict(old.lesson, name, before, verdicts[name])


def _verdict(
    lesson: str, name: Note, before: Verdict, now: Verdict
) -> Iterator[Change]:
    if now.outcome != before.outcome:
        worse = OUTCOMES.index(now.outcome) > OUTCOMES.index(before.outcome)
        yield Change(
            lesson,
            name,
            Note(before.outcome),
            (Note(now.outcome), *(now.why if worse else ())),
            worse,
        )


def _bits(old: LessonReport, new: LessonReport) -> Iterator[Note]:
    """Say from which update on which runs have other bits."""
    now = {run: seen.digests for seen in new.snapshots for run in seen.runs}
    parted: dict[int, list[str]] = {}
    for seen in old.snapshots:
        for run in seen.runs:
            rows = zip(seen.digests, now.get(run, seen.digests), strict=False)
            first = next((i for i, (a, b) in enumerate(rows) if a != b), None)
            if first is not None:
                parted.setdefault(first, []).append(" ".join(run))
    for update, runs in sorted(parted.items()):
        yield note(
            "{lesson}: the bits changed from update {update} on in {runs}",
            lesson=old.lesson,
            update=f"{update:,}",
            runs=", ".join(runs),
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
        yield from _size(old.lesson, side, before, now)


def _size(lesson: str, side: str, before: int, now: int) -> Iterator[Change]:
    if before != now:
        yield Change(
            lesson,
            note("statements, {side}", side=side),
            Note(str(before)),
            (Note(str(now)),),
            now > before,
        )


def _rewritten(
    lesson: str, side: str, pair: Paired, threshold: float
) -> tuple[list[Change], list[Note]]:
    """Say what a side takes beside its earlier code: a change, or a note."""
    grown = ratios.centre(pair.factors)
    what = note("{mode}: time of {side}", mode=pair.mode, side=side)
    if grown is None or grown.low is None or grown.high is None:
        unknown = note(
            "{lesson}, {mode}: {side} has other code, and its time could not "
            "be compared: it takes {fewest} processes",
            lesson=lesson,
            mode=pair.mode,
            side=side,
            fewest=ratios.FEWEST,
        )
        return [], [unknown]
    certain = grown.answer in ("faster", "slower")
    if certain and abs(math.log(grown.value)) > math.log1p(threshold) / 2:
        return [_change(lesson, what, "1", grown)], []
    seen = note(
        "{lesson}, {mode}: {side} has other code, which takes {value} ({low} "
        "to {high}) times as long",
        lesson=lesson,
        mode=pair.mode,
        side=side,
        value=f"{grown.value:.3f}",
        low=f"{grown.low:.3f}",
        high=f"{grown.high:.3f}",
    )
    return [], [seen]


def _change(lesson: str, what: Note, before: str, grown: Ratio) -> Change:
    growth = note(
        "{growth} ({low} to {high}) times the baseline",
        growth=f"{grown.value:.3g}",
        low=f"{grown.low:.3g}",
        high=f"{grown.high:.3g}",
    )
    return Change(lesson, what, Note(before), (growth,), grown.value > 1)


def _speeds(
    old: LessonReport, new: LessonReport, most: float
) -> Iterator[Change]:
    """Yield where Keras's time over the manual one has certainly left it."""
    for mode in dict.fromkeys(pair.mode for pair in old.paired):
        grown = ratios.growth(old.paired, new.paired, mode)
        before = ratios.keras_to_manual(old.paired, mode)
        if not before or not grown or not grown.low or not grown.high:
            continue
        if grown.low > 1 + most or grown.high < 1 / (1 + most):
            what = note("{mode}: Keras / by hand, per epoch", mode=mode)
            yield _change(old.lesson, what, f"{before.value:.3g}", grown)
