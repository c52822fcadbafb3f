"""All lessons at a glance: verdicts, sizes, and the ladder of features."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from compare.judging.codesize import MEASURES
from compare.records import SIDES, CodeSize, Side
from compare.records.ladder import Ladder
from compare.records.report import Report
from compare.showing.terminal.formats import (
    STYLES,
    environment_line,
    heading,
    say,
    table,
    terminal,
)
from compare.showing.terminal.report import print_checks
from compare.studies.ladder import ALL_AT_ONCE, FIRST, whether_it_grows


def print_summary(report: Report, console: Console | None = None) -> None:
    """Print one line per lesson and mode, and what stands out."""
    console = console or terminal()
    console.print(Text(environment_line(report.environment)))
    grid = table("lesson", "mode", "verdict", "updates", "statements", "nodes")
    for lesson in report.lessons:
        sizes = [lesson.sizes[side] for side in SIDES]
        for verdict in lesson.verdicts:
            first = verdict is lesson.verdicts[0]
            grid.add_row(
                lesson.lesson if first else "",
                verdict.mode,
                Text(verdict.outcome, style=STYLES[verdict.outcome]),
                " / ".join(f"{n:,}" for n in dict.fromkeys(verdict.updates)),
                " / ".join(str(size.statements) for size in sizes),
                " / ".join(str(size.nodes) for size in sizes),
            )
    console.print(grid)
    say(console, "Statements and nodes of the syntax tree: manual / Keras.")
    for lesson in report.lessons:
        for verdict in lesson.verdicts:
            if verdict.outcome != "identical":
                say(
                    console,
                    f"{lesson.lesson} {verdict.mode}: {verdict.reason}.",
                )
        if lesson.checks:
            say(console, f"{lesson.lesson}:")
            print_checks(console, lesson)


def print_ladder(
    ladder: Ladder, measure: str, console: Console | None = None
) -> None:
    """Print what each feature adds on both sides, and the sum's check."""
    console = console or terminal()
    heading(console, f"What each feature costs, in {MEASURES[measure]}")
    grid = table(
        "lesson", "on top of", "manual", "keras", "Keras writes",
        "sum manual", "sum keras",
    )  # fmt: skip
    grid.add_row(
        FIRST,
        "",
        *_pair(ladder.first, measure),
        "",
        *_pair(ladder.first, measure),
    )
    for rung in ladder.rungs:
        manual, keras = (getattr(rung.added[side], measure) for side in SIDES)
        sums = _pair(rung.running, measure) if rung.counted else ("", "")
        grid.add_row(
            rung.lesson, rung.base, f"{manual:+}", f"{keras:+}",
            f"{manual - keras:+}", *sums,
        )  # fmt: skip
    grid.add_row(
        f"{ALL_AT_ONCE}, as written",
        "",
        "",
        "",
        "",
        *_pair(ladder.whole, measure),
    )
    console.print(grid)
    say(console, _sum_sentence(ladder, measure))
    say(console, str(whether_it_grows(ladder)))
    say(console, _disagreement(ladder))


def _pair(sizes: dict[Side, CodeSize], measure: str) -> tuple[str, ...]:
    return tuple(str(getattr(sizes[side], measure)) for side in SIDES)


def _sum_sentence(ladder: Ladder, measure: str) -> str:
    """Say how far the sum of the features is from the lesson with all."""
    last = [rung for rung in ladder.rungs if rung.counted][-1]
    parts = []
    for side in SIDES:
        total = getattr(last.running[side], measure)
        whole = getattr(ladder.whole[side], measure)
        gap = f" ({whole / total - 1:+.0%})" if total else ""
        parts.append(f"{side} {total} and {whole}{gap}")
    return (
        f"The features added up, and {ALL_AT_ONCE}, which has them at once "
        f"and no others: {', '.join(parts)}. Lessons without a sum "
        f"are not in {ALL_AT_ONCE}."
    )


def _disagreement(ladder: Ladder) -> str:
    """Name the features and measures where Keras costs more."""
    dearer = [
        f"{rung.lesson} ({', '.join(names)})"
        for rung in ladder.rungs
        if (
            names := [
                MEASURES[name]
                for name in MEASURES
                if getattr(rung.added["keras"], name)
                > getattr(rung.added["manual"], name)
            ]
        )
    ]
    if not dearer:
        return "By every measure every feature costs less in Keras."
    return f"Keras costs more in: {'; '.join(dearer)}."
