"""What a calibration found -> terminal."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from compare.judging import ratios
from compare.records.calibration import Calibration, Planted, Rate
from compare.records.report import Environment
from compare.showing.terminal.formats import (
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
from compare.studies.calibrate.study import WINDOWS

ALARMS = 1 - ratios.CONFIDENCE
"""Share of false alarms that the timer may have."""


def print_calibration(
    environment: Environment,
    found: Calibration,
    console: Console | None = None,
) -> None:
    """Print what was planted, what was found, and what that says."""
    console = console or terminal()
    console.print(Text("Can the timer be trusted?", style="bold"))
    console.print(Text(environment_line(environment)))
    for line in found.left_out:
        say(console, f"Left out: {line}.")
    say(
        console,
        "The manual loop of linear_regression in graph mode, "
        f"{number(len(found.reference), 'round')} of "
        f"{len(found.planted) + 1} fresh processes in random order, "
        f"{seconds(found.process_seconds)} each. An update takes "
        f"{spread([sample.per_epoch for sample in found.reference])}; it "
        f"varies by {found.variation:.1%} between processes (standard "
        "deviation / median).",
    )
    _print_planted(console, found)
    _print_rates(console, found)


def _print_planted(console: Console, found: Calibration) -> None:
    heading(console, "What was planted?")
    grid = table("", "turns", "in one process", "by the timer, all rounds")
    left = [sample.per_epoch for sample in found.reference]
    for group in found.planted:
        right = [sample.per_epoch for sample in group.samples]
        grid.add_row(
            _name(group),
            f"{group.turns:,}",
            _factors(group) if group.percent else "1",
            _overall(left, right),
        )
    console.print(grid)
    say(
        console,
        "An empty loop of so many turns after every update makes it take so "
        "many times as long. In one process: blocks of updates with every "
        f"burden in turns, median (smallest–largest) of "
        f"{number(len(found.planted[0].factors), 'process')}.",
    )
    missed = [_name(group) for group in found.planted if _is_missed(group)]
    if missed:
        say(
            console,
            f"Not planted as wanted: {', '.join(missed)}; what was found of "
            "it says little. This machine is too busy: try again when it is "
            "quiet.",
        )


def _print_rates(console: Console, found: Calibration) -> None:
    heading(console, "What did the timer find?")
    grid = table(
        "a side",
        "time",
        "false alarms",
        *(f"{g.percent} % found" for g in found.planted if g.percent),
    )
    for processes in dict.fromkeys(rate.processes for rate in found.rates):
        rates = [r for r in found.rates if r.processes == processes]
        spent = 2 * processes * found.process_seconds
        grid.add_row(str(processes), seconds(spent), *map(_share, rates))
        overlapping = (f"{rate.overlapping:.0%}" for rate in rates)
        grid.add_row("", "shared", *overlapping)
    console.print(grid)
    say(
        console,
        "Processes a side, the time of one experiment, and in how many "
        "experiments of consecutive rounds a difference was found, with the "
        "95 % interval in percent. Shared: the share in up to "
        f"{WINDOWS} experiments that share processes: it moves less, but no "
        "interval holds.",
    )
    say(console, _verdict(found.rates[0]))


def _verdict(rate: Rate) -> str:
    """Say whether false alarms are as rare as the intervals promise."""
    text = (
        f"False alarms with {rate.processes} processes per side: "
        f"{rate.found / rate.trials:.1%}, between {rate.low:.1%} and "
        f"{rate.high:.1%}: "
    )
    if rate.high <= ALARMS:
        return f"{text}within the {ALARMS:.0%} that are promised."
    if rate.low > ALARMS:
        return (
            f"{text}more than the {ALARMS:.0%} that are promised; do not "
            "trust small differences here."
        )
    return (
        f"{text}nothing against the {ALARMS:.0%} that are promised, and no "
        "proof; a larger --budget narrows it."
    )


def _name(group: Planted) -> str:
    return f"{group.percent} % slower" if group.percent else "the same code"


def _is_missed(group: Planted) -> bool:
    """Whether a slow-down came out wrong by more than a quarter of it."""
    wanted = group.percent / 100
    return abs(statistics.median(group.factors) - 1 - wanted) > wanted / 4


def _overall(left: Sequence[float], right: Sequence[float]) -> str:
    try:
        return times(ratios.ratio(left, right))
    except ValueError:
        return "lost in noise"


def _factors(group: Planted) -> str:
    middle = statistics.median(group.factors)
    low, high = min(group.factors), max(group.factors)
    return f"{middle:.3f} ({low:.3f}–{high:.3f})"


def _share(rate: Rate) -> str:
    interval = f"{100 * rate.low:.0f}–{100 * rate.high:.0f}"
    return f"{rate.found} of {rate.trials} ({interval})"
