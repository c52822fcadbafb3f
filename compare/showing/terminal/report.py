"""Report -> terminal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.console import Console
from rich.text import Text

from compare.judging.codesize import MEASURES
from compare.judging.theory import distance
from compare.records import SIDES, Theory, Trajectory
from compare.records.escape import printable
from compare.records.report import (
    Environment,
    LessonReport,
    Report,
    first_pair,
)
from compare.showing.terminal.formats import (
    RANKS,
    STYLES,
    environment_line,
    heading,
    number,
    say,
    table,
    tensor,
    terminal,
    values,
)
from compare.showing.terminal.timing import print_timings


def print_report(report: Report, console: Console | None = None) -> None:
    """Print the report; plain text where it is not a terminal."""
    console = console or terminal()
    console.print(
        Text("Manual TensorFlow and Keras, side by side", style="bold")
    )
    console.print(Text(environment_line(report.environment)))
    for lesson in report.lessons:
        _print_lesson(console, lesson, report.environment)


def _print_lesson(
    console: Console, lesson: LessonReport, environment: Environment
) -> None:
    heading(console, f"{lesson.lesson}: {lesson.title}")
    say(
        console,
        f"{lesson.data}; {number(lesson.rows, 'row')}, "
        f"{number(lesson.features, 'feature')}, "
        f"{number(lesson.batch_size, 'row')} per update, learning rate "
        f"{lesson.learning_rate:g}, {number(lesson.updates, 'update')}.",
    )
    for note in lesson.notes:
        say(console, f"Note: {note}.")
    _print_verdicts(console, lesson)
    print_checks(console, lesson)
    _print_ends(console, lesson)
    _print_sizes(console, lesson)
    _print_tensors(console, lesson)
    print_timings(console, lesson, environment)


def _print_verdicts(console: Console, lesson: LessonReport) -> None:
    heading(console, "Are they the same training?")
    grid = table("mode", "verdict", "why")
    for verdict in lesson.verdicts:
        grid.add_row(
            verdict.mode,
            Text(verdict.outcome, style=STYLES[verdict.outcome]),
            Text(printable(verdict.reason)),
        )
    console.print(grid)
    for failure in lesson.failures:
        if failure.details:
            say(console, f"{failure.side} {failure.mode} printed last:")
            lines = failure.details.splitlines()[-6:]
            console.print(Text("\n".join(map(printable, lines)), style="dim"))


def print_checks(console: Console, lesson: LessonReport) -> None:
    """Print whether each side equals the other way to its parameters."""
    for check in lesson.checks:
        say(
            console,
            f"{check.side} against {check.reference}: "
            f"{check.verdict.outcome}; {check.verdict.reason}.",
        )


def _print_ends(console: Console, lesson: LessonReport) -> None:
    runs = {run.side: run for run in first_pair(lesson.trajectories)}
    if not runs:
        return
    heading(console, "Where do they end?")
    results = {side: run.results for side, run in runs.items()}
    if lesson.theory:
        results["closed form"] = {
            name: value.astype(np.float32)
            for name, value in lesson.theory.closed_form.items()
        }
    first = next(iter(runs.values()))
    names = first.results
    grid = table("", *results)
    for name in names:
        grid.add_row(
            Text(printable(name)),
            *(
                values(found.get(name), history=name not in first.parameters)
                for found in results.values()
            ),
        )
    if lesson.theory:
        for row in _truth_rows(lesson, lesson.theory, runs):
            grid.add_row(*row)
    console.print(grid)
    _print_user_parameters(console, lesson)
    if lesson.theory and lesson.theory.largest_learning_rate:
        say(
            console,
            "Gradient descent on all rows converges for learning rates below "
            f"{lesson.theory.largest_learning_rate:.4g}, which is 2 / "
            f"{lesson.theory.largest_curvature:.4g}, the largest eigenvalue "
            "of the Hessian of the mean squared error.",
        )
    if lesson.convergence:
        say(
            console,
            "With a constant learning rate mini-batches never settle: each "
            "pulls towards a minimum of its own. Trained until they do "
            f"settle: {lesson.convergence.reason}.",
        )


def _truth_rows(
    lesson: LessonReport, theory: Theory, runs: dict[str, Trajectory]
) -> Iterator[tuple[str, ...]]:
    """Yield how near the sides came to the closed form, and when."""
    ends = [distance(run.results, theory) for run in runs.values()]
    yield ("distance to closed form", *(f"{end:.2e}" for end in ends), "0")
    if theory.largest_learning_rate is None:
        return
    reached = [lesson.within_1_percent.get(side) for side in runs]
    predicted = theory.updates_within_1_percent
    yield (
        "within 1 % after update",
        *("not reached" if at is None else f"{at:,}" for at in reached),
        "never"
        if predicted is None
        else f"{predicted:,} (predicted, on all rows)",
    )


def _print_user_parameters(console: Console, lesson: LessonReport) -> None:
    if not lesson.scaling or not lesson.user_parameters:
        return
    grid = table(
        f"{lesson.scaling.target} per unit of", *lesson.user_parameters
    )
    sides = lesson.user_parameters.values()
    for place, feature in enumerate(lesson.scaling.features):
        grid.add_row(
            Text(printable(feature)),
            *(f"{side['kernel'].ravel()[place]:.6g}" for side in sides),
        )
    grid.add_row(
        "(constant)", *(f"{float(side['bias']):.6g}" for side in sides)
    )
    say(console, "In the units of the table:")
    console.print(grid)


def _print_sizes(console: Console, lesson: LessonReport) -> None:
    heading(console, "How much code?")
    grid = table("measure", *SIDES, "keras / manual")
    for name, meaning in MEASURES.items():
        manual, keras = (getattr(lesson.sizes[side], name) for side in SIDES)
        ratio = f"{keras / manual:.2f}" if manual else "-"
        grid.add_row(meaning, str(manual), str(keras), ratio)
    console.print(grid)
    say(console, "Whole files, without docstrings and comments.")


def _print_tensors(console: Console, lesson: LessonReport) -> None:
    if not lesson.tensors:
        return
    heading(console, "What shape is everything? (read from a run)")
    grid = table("value", *SIDES)
    by_role = {
        side: {info.role: info for info in infos}
        for side, infos in lesson.tensors.items()
    }
    roles = dict.fromkeys(r for infos in by_role.values() for r in infos)
    for role in roles:
        grid.add_row(
            role,
            *(tensor(by_role.get(side, {}).get(role)) for side in SIDES),
        )
    console.print(grid)
    ranks = ", ".join(f"{rank} {name}" for rank, name in enumerate(RANKS))
    say(console, f"Rank is the number of axes: {ranks}, n: n axes.")
