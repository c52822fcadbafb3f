"""What is told of a lesson, but for its speed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.judging.theory import distance
from compare.records import SIDES
from compare.records.findings import Theory
from compare.records.report import LessonReport, first_pair
from compare.records.runs import Trajectory
from compare.showing.blocks import (
    Block,
    Cell,
    Details,
    Paragraph,
    Table,
)
from compare.showing.formats import values
from compare.showing.language import Speaker
from compare.showing.telling.common import last_lines, outcome_cell


def tell_task(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Say what is trained, and what was done to the data."""
    yield speaker.paragraph(
        "{data}; {rows}, {features}, {batch} per update, learning rate "
        "{rate}, {updates}.",
        data=speaker.gettext(lesson.data),
        rows=rows(lesson.rows, speaker),
        features=speaker.count(
            "{count} feature", "{count} features", lesson.features
        ),
        batch=rows(lesson.batch_size, speaker),
        rate=f"{lesson.learning_rate:g}",
        updates=speaker.count(
            "{count} update", "{count} updates", lesson.updates
        ),
    )
    for note in lesson.notes:
        yield speaker.paragraph("Note: {note}.", note=speaker.note(note))


def rows(count: int, speaker: Speaker) -> str:
    """Say how many rows there are."""
    return speaker.count("{count} row", "{count} rows", count)


def tell_verdicts(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Say whether both sides are the same training, and mode by mode."""
    agree = all(verdict.agree for verdict in lesson.verdicts)
    reasons = {speaker.why(verdict) for verdict in lesson.verdicts}
    yield speaker.paragraph(
        "No, not in every mode: see {modes}."
        if not agree
        else "Yes, in every mode ({modes})."
        if len(reasons) > 1
        else "Yes, in every mode ({modes}): {why}.",
        "lead",
        modes=", ".join(v.mode for v in lesson.verdicts if v.agree == agree),
        why=", ".join(reasons),
    )
    by_mode = (
        _by_mode(lesson, speaker),
        speaker.paragraph(
            "ULP: units in the last place, the distance between "
            "neighbouring float32 numbers. NaN equals nothing.",
            "quiet",
        ),
    )
    if agree:
        yield Details(speaker.say("How exactly?"), by_mode)
    else:
        yield from by_mode
    for failure in lesson.failures:
        if failure.details:
            summary = speaker.say(
                "What {side} {mode} printed last",
                side=speaker.side(failure.side),
                mode=failure.mode,
            )
            yield Details(summary, (last_lines(failure.details),))
    yield from tell_checks(lesson, speaker)


def _by_mode(lesson: LessonReport, speaker: Speaker) -> Table:
    return Table(
        speaker.say("Verdict by mode"),
        speaker.heads("mode", "verdict", "difference", "why"),
        tuple(
            (
                verdict.mode,
                outcome_cell(verdict, speaker),
                "-"
                if verdict.largest_ulps is None
                else f"{verdict.largest_ulps:,} ULP",
                speaker.why(verdict),
            )
            for verdict in lesson.verdicts
        ),
    )


def tell_checks(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Say whether each side equals another way to the same parameters."""
    for check in lesson.checks:
        yield speaker.paragraph(
            "{side} against {reference}: {outcome}; {why}.",
            side=speaker.side(check.side),
            reference=speaker.gettext(check.reference),
            outcome=speaker.outcome(check.verdict),
            why=speaker.why(check.verdict),
        )


def tell_ends(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Say where both sides end, and where they should."""
    runs = {run.side: run for run in first_pair(lesson.trajectories)}
    if not runs:
        return
    columns = {speaker.side(side): run.results for side, run in runs.items()}
    theory = lesson.theory
    if theory:
        columns[speaker.say("closed form")] = {
            name: value.astype(np.float32)
            for name, value in theory.closed_form.items()
        }
    first, other = runs.values()
    yield Paragraph(_how_they_end(lesson, first, other, speaker), "lead")
    rows: list[tuple[str | Cell, ...]] = []
    for name in first.results:
        history = name not in first.parameters
        shown = (
            values(results.get(name), speaker.say, history)
            for results in columns.values()
        )
        rows.append((Cell(name, name=True), *shown))
    if theory:
        rows += _truth_rows(lesson, theory, runs, speaker)
    yield Table(speaker.say("Values at the end"), ("", *columns), tuple(rows))
    yield from _in_user_units(lesson, speaker)
    if exactly := tuple(_theory(lesson, speaker)):
        yield Details(speaker.say("How exactly?"), exactly)


def _how_they_end(
    lesson: LessonReport, one: Trajectory, other: Trajectory, speaker: Speaker
) -> str:
    """Say whether both sides end alike, and where the truth is."""
    same = one.results.keys() == other.results.keys() and all(
        np.array_equal(value.ravel(), other.results[name].ravel())
        for name, value in one.results.items()
    )
    said = speaker.say(
        "Both sides end in exactly the same numbers."
        if same
        else "The sides do not end in exactly the same numbers."
    )
    if lesson.theory is None:
        return said
    return speaker.say(
        "{said} The last column has the exact answer, found without training.",
        said=said,
    )


def _truth_rows(
    lesson: LessonReport,
    theory: Theory,
    runs: dict[str, Trajectory],
    speaker: Speaker,
) -> Iterator[tuple[str, ...]]:
    """Yield how near the sides came to the closed form, and when."""
    ends = (distance(run.results, theory) for run in runs.values())
    shown = (f"{end:.2e}" for end in ends)
    yield speaker.say("distance to closed form"), *shown, "0"
    if theory.largest_learning_rate is None:
        return
    reached = (lesson.within_1_percent.get(side) for side in runs)
    missed = speaker.say("not reached")
    shown = (missed if at is None else f"{at:,}" for at in reached)
    predicted = theory.updates_within_1_percent
    end = speaker.say(
        "never" if predicted is None else "{updates} (predicted, on all rows)",
        updates=f"{predicted or 0:,}",
    )
    yield speaker.say("within 1 % after update"), *shown, end


def _in_user_units(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    scaling, found = lesson.scaling, lesson.user_parameters
    if not scaling or not found:
        return
    closed = speaker.say("closed form")
    names = [speaker.side(n) if n in SIDES else closed for n in found]
    parameters = list(found.values())
    rows: list[tuple[str | Cell, ...]] = []
    for n, feature in enumerate(scaling.features):
        kernels = (f"{p['kernel'].ravel()[n]:.6g}" for p in parameters)
        rows.append((Cell(feature, name=True), *kernels))
    constants = (f"{float(p['bias']):.6g}" for p in parameters)
    rows.append((speaker.say("(constant)"), *constants))
    title = speaker.say("In the units of the table:")
    unit = speaker.say("{target} per unit of", target=scaling.target)
    yield Paragraph(title)
    yield Table(title, (unit, *names), tuple(rows))


def _theory(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    theory = lesson.theory
    if theory and theory.largest_learning_rate:
        yield speaker.paragraph(
            "Gradient descent on all rows converges for learning rates "
            "below {limit}, which is 2 / {curvature}, the largest "
            "eigenvalue of the Hessian of the mean squared error.",
            limit=f"{theory.largest_learning_rate:.4g}",
            curvature=f"{theory.largest_curvature:.4g}",
        )
    if lesson.convergence:
        yield speaker.paragraph(
            "With a constant learning rate mini-batches never settle: "
            "each pulls towards a minimum of its own. Trained until they "
            "do settle: {result}.",
            result=speaker.note(lesson.convergence.why),
        )
