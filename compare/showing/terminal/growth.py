"""What an update costs by rows and features -> terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from compare.judging.trends import UPPER
from compare.records.growth import Crossing, Growth, Line
from compare.records.report import Report
from compare.showing.terminal.formats import (
    digits,
    environment_line,
    heading,
    number,
    say,
    spread,
    table,
    terminal,
)
from compare.studies.grow.study import COMPARED_AFTER


def print_growth(report: Report, console: Console | None = None) -> None:
    """Print costs, exponents and crossings, line by line."""
    console = console or terminal()
    growth = report.growth
    assert growth is not None
    heading(console, "What does one more row or feature cost?")
    console.print(Text(environment_line(report.environment)))
    _print_verdicts(console, growth)
    for line in growth.lines:
        _print_line(console, growth, line)
        _print_crossings(console, growth, line)
    say(console, _conditions(growth))
    for reason in growth.left_out:
        say(console, f"Left out: {reason}.")


def line_title(line: Line) -> str:
    """Say what grows along a line."""
    if line.axis == "rows":
        return f"Rows grow, with {number(line.fixed, 'feature')}"
    return f"Features grow, on {number(line.fixed, 'row')}"


def _print_verdicts(console: Console, growth: Growth) -> None:
    counts: dict[str, int] = {}
    for cell in growth.cells:
        outcome = cell.verdict.outcome
        counts[outcome] = counts.get(outcome, 0) + 1
    shown = ", ".join(f"{n:,} {outcome}" for outcome, n in counts.items())
    say(
        console,
        "The same training? Each variant at each size, against the manual one "
        f"of the same compilation, {COMPARED_AFTER[-1]} updates: {shown}.",
    )
    for cell in growth.cells:
        if not cell.verdict.agree:
            say(
                console,
                f"Not timed: {cell.variant} on {cell.size.rows:,} x "
                f"{cell.size.features:,}, {cell.verdict.outcome}: "
                f"{cell.verdict.reason}.",
            )


def _print_line(console: Console, growth: Growth, line: Line) -> None:
    heading(console, line_title(line))
    grid = table(
        "per update", *(f"{value:,}" for value in line.values), "exponent"
    )
    cells = {(cell.variant, cell.size): cell for cell in growth.cells}
    fitted = {e.variant: e for e in growth.exponents if e.line == line}
    for way in growth.variants:
        costs = [cells[way.name, size].samples for size in line.sizes]
        grid.add_row(
            way.name,
            *(
                spread([sample.per_epoch for sample in samples]).split(" (")[0]
                if samples
                else "-"
                for samples in costs
            ),
            f"{fitted[way.name].value:.2f}" if way.name in fitted else "-",
        )
    console.print(grid)


def _print_crossings(console: Console, growth: Growth, line: Line) -> None:
    found = [c for c in growth.crossings if c.line == line]
    grid = table(
        "ratio",
        *(f"{value:,}" for value in line.values),
        f"{growth.threshold:g} from",
    )
    for one in found:
        ratios = dict(one.ratios)
        grid.add_row(
            f"{one.variant}\n/ {one.against}",
            *(
                digits(ratios[value]) if value in ratios else "-"
                for value in line.values
            ),
            _place(one),
        )
    if found:
        console.print(grid)


def _place(one: Crossing) -> str:
    if one.at is None or one.between is None:
        return one.outcome
    low, high = one.between
    return f"{float(f'{one.at:.2g}'):,.0f}\n({low:,}–{high:,})"


def _conditions(growth: Growth) -> str:
    processes = [len(cell.samples) for cell in growth.cells if cell.samples]
    fewest = min(processes, default=0)
    return (
        f"Medians of {number(fewest, 'fresh process')} or more per cell, one "
        "at a time, in random order; the slope between a short and a long "
        "training, so that start and compilation are not in it. The exponent "
        "p is that of cost = c * size ^ p, fitted to the "
        f"{UPPER} largest sizes: 0 is overhead that no row adds to, 1 is work "
        "on every number. The last column is the size from which Keras takes "
        f"at most {growth.threshold:g} times as long, interpolated between "
        "the measured sizes around it; 'still above' and 'never above' mean "
        "that this place is not within what was measured."
    )
