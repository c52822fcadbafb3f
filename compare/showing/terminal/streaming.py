"""Training on a table larger than memory -> terminal."""

from __future__ import annotations

import statistics

from rich.console import Console
from rich.text import Text

from compare.records.report import Report
from compare.records.streaming import Flatness, StreamCell, Streaming
from compare.showing.terminal.formats import (
    STYLES,
    digits,
    environment_line,
    heading,
    mebibytes,
    say,
    spread,
    table,
    terminal,
)


def print_streaming(report: Report, console: Console | None = None) -> None:
    """Print speed and peak memory by rows, and whether memory is flat."""
    console = console or terminal()
    found = report.streaming
    assert found is not None
    heading(console, "Training on rows that stay on disk")
    console.print(Text(environment_line(report.environment)))
    grid = table(
        "rows", "side", "rows from", "rows per second", "to first update",
        "peak memory", "same as manual from files",
    )  # fmt: skip
    for cell in found.cells:
        grid.add_row(f"{cell.rows:,}", cell.side, cell.source, *_row(cell))
    console.print(grid)
    for cell in found.cells:
        if cell.verdict and cell.verdict.outcome != "identical":
            say(
                console,
                f"{cell.rows:,} rows, {cell.side} from {cell.source}: "
                f"{cell.verdict.reason}.",
            )
    say(console, _conditions(found))
    for flat in found.flatness:
        say(console, _flatness_sentence(flat, found.limit))
    for reason in found.left_out:
        say(console, f"Left out: {reason}.")


def _row(cell: StreamCell) -> tuple[str | Text, ...]:
    verdict = Text("-")
    if cell.verdict:
        outcome = cell.verdict.outcome
        verdict = Text(outcome, style=STYLES[outcome])
    if not cell.passes:
        return "-", "-", "-", verdict
    speed = statistics.median(cell.rows / p.seconds for p in cell.passes)
    return (
        digits(speed),
        spread([p.start_seconds for p in cell.passes]).split(" (")[0],
        mebibytes(round(cell.added_bytes)),
        verdict,
    )


def _conditions(found: Streaming) -> str:
    passes = max((len(cell.passes) for cell in found.cells), default=0)
    return (
        f"One pass in batches of {found.batch_size:,} rows of "
        f"{found.features} features, mixed in a buffer of "
        f"{found.shuffle_buffer:,} rows, read from CSV files of "
        f"{found.file_bytes / 1e6:,.0f} MB in all; all of it counts, reading "
        "the table into memory and tracing too. Peak memory is what the "
        "process added to TensorFlow's own. "
        f"{'Medians' if passes > 1 else 'Values'} of {passes} fresh "
        f"process{'es' * (passes > 1)} each, one at a time."
    )


def _flatness_sentence(flat: Flatness, limit: float) -> str:
    verdict = "flat" if flat.flat else "NOT flat"
    return (
        f"{flat.side}: peak memory with {flat.most:,} rows is "
        f"{flat.ratio:.2f} times that with {flat.fewest:,}: {verdict} (up to "
        f"{limit:g} counts as flat)."
    )
