"""The lesson on mistakes, and what was seen of them -> terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from compare.mistakes.patching import diff, thread_url
from compare.records import SIDES
from compare.records.escape import printable
from compare.records.mistakes import KINDS, Mistake, MistakeReport
from compare.records.report import Report
from compare.showing.terminal.formats import (
    environment_line,
    heading,
    number,
    say,
    table,
    terminal,
    times,
)

COLOURS = {"+": "green", "-": "red", "@": "cyan"}
KIND_WORDS = {
    "silent": "Silent: the parameters differ, and nothing says so",
    "error": "Raises an error",
    "slow": "Only slow: the parameters are equal",
}


def print_index(
    mistakes: Sequence[Mistake], console: Console | None = None
) -> None:
    """Print a line per mistake."""
    console = console or terminal()
    for kind in KINDS:
        heading(console, KIND_WORDS[kind])
        grid = table("key", "in", "mistake")
        for mistake in mistakes:
            if mistake.kind == kind:
                place = f"{mistake.side} {mistake.lesson}"
                grid.add_row(mistake.key, place, Text(mistake.title))
        console.print(grid)
    console.print()
    say(
        console,
        f"{number(len(mistakes), 'mistake')}. `python -m compare mistakes "
        "KEY` shows one; --run makes it.",
    )


def print_lesson(
    mistakes: Sequence[Mistake], console: Console | None = None
) -> None:
    """Print each mistake: the diff, what happens, why, what Keras does."""
    console = console or terminal()
    for mistake in mistakes:
        _print_mistake(console, mistake, diff(mistake))


def print_run(
    report: Report, in_full: bool, console: Console | None = None
) -> None:
    """Print what was seen when the mistakes were made.

    Args:
        report: of the command `mistakes --run`.
        in_full: the lessons too; else a line each.
        console: where to print.
    """
    console = console or terminal()
    console.print(Text(environment_line(report.environment)))
    if in_full:
        for one in report.mistakes:
            _print_mistake(console, one.mistake, one.diff)
            _print_seen(console, one)
    else:
        grid = table("key", "caught", "at", "what was seen")
        for one in report.mistakes:
            grid.add_row(
                one.mistake.key,
                _caught(one),
                _place(one),
                Text(printable(_fact(one))),
            )
        console.print(grid)
    caught = sum(one.caught for one in report.mistakes)
    console.print()
    say(console, f"Caught: {caught} of {len(report.mistakes)}.")


def _print_mistake(console: Console, mistake: Mistake, patch: str) -> None:
    heading(console, f"{mistake.key}: {mistake.title}")
    for line in patch.splitlines()[2:]:
        style = COLOURS.get(line[:1], "")
        console.print(Text("  " + printable(line), style=style))
    for name, text in (
        ("In", f"{mistake.side} {mistake.lesson}, {mistake.mode} mode"),
        ("What happens", f"{mistake.kind}. {mistake.symptom}"),
        ("Why", mistake.why),
        ("Keras", mistake.keras),
        ("Threads", " ".join(map(thread_url, mistake.threads))),
    ):
        if text:
            console.print(
                Text(f"{name}: ", style="bold").append(
                    printable(text), style="not bold"
                )
            )


def _print_seen(console: Console, report: MistakeReport) -> None:
    console.print(
        Text("Seen: ", style="bold")
        .append(_caught(report))
        .append(printable(f"; {report.happened}."), style="not bold")
    )
    if report.first_update:
        ratios = ", ".join(
            f"{name} {value:.4g}"
            for name, value in report.first_update.items()
        )
        say(console, f"First update, in units of the right one: {ratios}.")
    if report.ratio and report.bad and report.mended:
        say(
            console,
            f"An update takes {times(report.ratio)} times as long.",
        )


def _caught(report: MistakeReport) -> Text:
    if report.caught:
        return Text("caught", style="bold green")
    return Text("NOT caught", style="bold red")


def _place(report: MistakeReport) -> str:
    """Say at which update the mistake can first be seen."""
    if report.raised:
        return f"update {report.raised.updates + 1}"
    verdict = report.verdict
    if verdict and report.mistake.kind == "silent":
        if verdict.divergence:
            return f"update {verdict.divergence.step}"
        return f"update {min(verdict.updates) + 1}"
    return ""


def _fact(report: MistakeReport) -> str:
    """Return the shortest telling fact."""
    if report.raised:
        return report.raised.error
    if report.ratio:
        return f"{times(report.ratio)} times as long per update"
    verdict = report.verdict
    if not report.caught or not verdict or report.mistake.kind == "slow":
        return report.happened
    if len(set(verdict.updates)) > 1:
        counts = zip(SIDES, verdict.updates, strict=True)
        return ", ".join(f"{side} {n:,} updates" for side, n in counts)
    found = verdict.divergence
    if not found:
        return report.happened
    ratios = report.first_update
    if found.step == 1 and ratios:
        parts = (f"{name} {value:.4g}" for name, value in ratios.items())
        return f"first update: {', '.join(parts)} of the right one"
    return f"{found.parameter}: off by {abs(found.difference):.2g}"
