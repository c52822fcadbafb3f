"""Where the time of `fit` goes, and what cures it -> terminal."""

from __future__ import annotations

import statistics

from rich.console import Console
from rich.text import Text

from compare.judging import fit as findings
from compare.judging import ratios
from compare.records.fit import Breakdown, FitReport, VariantReport
from compare.records.report import Report
from compare.showing.terminal.formats import (
    STYLES,
    environment_line,
    heading,
    number,
    say,
    seconds,
    spread,
    table,
    terminal,
    times,
)


def print_fit(report: Report, console: Console | None = None) -> None:
    """Print the breakdown, the cures, and how close Keras can come."""
    console = console or terminal()
    found = report.fit
    assert found is not None
    console.print(Text(environment_line(report.environment)))
    for line in found.left_out:
        say(console, f"Left out: {line}.")
    if found.textbook:
        _print_breakdown(console, found, found.textbook)
    _print_forms(console, found)
    _print_changes(console, found)
    _print_limit(console, found)


def _print_breakdown(
    console: Console, report: FitReport, breakdown: Breakdown
) -> None:
    heading(
        console,
        f"Where does an epoch of the textbook fit go? ({breakdown.mode})",
    )
    grid = table("part", "calls", "time per epoch", "share")
    for row in findings.rows(breakdown):
        calls = "" if row.calls is None else f"{row.calls:.3g}"
        grid.add_row(row.title, calls, spread(row.seconds), f"{row.share:.0%}")
    samples = breakdown.samples
    whole = spread([sample.seconds for sample in samples])
    plain = spread([sample.plain_seconds for sample in samples])
    grid.add_row("the epoch, with timers", "", whole, "100%")
    grid.add_row("an epoch without timers", "", plain, "")
    console.print(grid)
    shown = f"{number(len(samples), 'fresh process')}, each the mean of "
    say(
        console,
        ("Median (smallest–largest) of " if len(samples) > 1 else "From ")
        + f"{shown}{breakdown.epochs} epochs. Of nested parts the inner one "
        "gets its time.",
    )
    optimiser = findings.graph_optimiser(report)
    if optimiser:
        say(
            console,
            f"Opening takes {seconds(optimiser)} less with TensorFlow's graph "
            "optimiser switched off, which works anew on the functions of "
            "every iterator.",
        )
    loop = report.find(f"manual {breakdown.mode}")
    if loop and loop.samples:
        say(
            console,
            f"For contrast, an update of the manual loop ({breakdown.mode}): "
            f"{spread(loop.per_update)}.",
        )


def _print_forms(console: Console, report: FitReport) -> None:
    updates = number(report.updates, "update")
    heading(console, f"What cures it? The time of {updates}")
    grid = table("variant", "time", "textbook / variant", "verdict")
    for form in report.variants:
        verdict = form.verdict
        gain = findings.speed_up(report, form)
        grid.add_row(
            form.name,
            spread([s * report.updates for s in form.per_update])
            if form.samples
            else "not timed",
            times(gain) if gain else "",
            Text(verdict.outcome, style=STYLES[verdict.outcome]),
        )
    console.print(grid)
    say(console, _conditions(report))
    for form in report.variants:
        if form.verdict.outcome != "identical":
            say(
                console,
                f"{form.name} against {form.variant.against}: "
                f"{form.verdict.outcome}; "
                f"{form.verdict.reason}.",
            )


def _conditions(report: FitReport) -> str:
    """Say how was compared and timed."""
    most = max((len(form.samples) for form in report.variants), default=0)
    looks = ", ".join(f"{n:,}" for n in report.compared_after)
    text = (
        "Every variant was compared with the manual one that is compiled "
        f"alike, trained anew for {looks} updates. Times: median "
        f"(smallest–largest) of {number(most, 'fresh process')} per variant, "
        "one at a time in random order; the slope between two lengths, so "
        "without the first call."
    )
    if most < ratios.FEWEST:
        text += " Intervals need more processes: see --rounds."
    return text


def _print_changes(console: Console, report: FitReport) -> None:
    heading(console, "Which lines?")
    for form in report.variants:
        if form.variant.base is None:
            continue
        say(console, f"{form.variant.base} -> {form.name}: {form.title}")
        for line in form.change:
            console.print(Text(f"    {line}"), soft_wrap=True)


def _print_limit(console: Console, report: FitReport) -> None:
    heading(console, "How close can Keras come?")
    manual, keras = report.fastest("manual"), report.fastest("keras")
    if manual and keras:
        say(console, _limit(report, manual, keras))
    if not report.calls:
        return
    grid = table("a call of", "for one update", "the others", "around it")
    for cost in report.calls:
        grid.add_row(
            cost.variant,
            *(
                spread([getattr(sample, name) for sample in cost.samples])
                for name in ("call", "updates", "around")
            ),
        )
    console.print(grid)
    say(
        console,
        "The compiled function called for one update; what it takes longer "
        f"for {report.calls[0].updates_per_call:,}; and Python from its end "
        "to its next call.",
    )


def _limit(
    report: FitReport, manual: VariantReport, keras: VariantReport
) -> str:
    """Compare the fastest variants of both sides."""
    best = [
        f"{form.name}, "
        f"{seconds(statistics.median(form.per_update) * report.updates)}"
        for form in (manual, keras)
    ]
    ratio = ratios.ratio_or_none(manual.per_update, keras.per_update)
    shown = f": {times(ratio)} times as long" if ratio else ""
    return (
        f"The fastest variants, for {number(report.updates, 'update')}: "
        f"{best[0]}; {best[1]}{shown}."
    )
