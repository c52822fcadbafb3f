"""Tell what training on rows that stay on disk takes."""

from __future__ import annotations

from collections.abc import Iterator

from compare.records.streaming import Flatness, StreamCell, Streaming
from compare.showing.blocks import Block, Cell, Paragraph, Table
from compare.showing.formats import digits, mebibytes, seconds
from compare.showing.language import Speaker
from compare.showing.telling.common import (
    NOTHING,
    how_timed,
    left_out,
    outcome_cell,
    reason,
)


def tell_streaming(streaming: Streaming, speaker: Speaker) -> Iterator[Block]:
    """Tell speed and peak memory by rows, and whether memory is flat."""
    yield speaker.paragraph(
        "One pass in batches of {batch_size} rows of {features} features, "
        "mixed in a buffer of {buffer} rows, read from CSV files of {size} MB "
        "in all; beside it the same with all rows in memory. All of it "
        "counts, reading the table and tracing too. Peak memory is what the "
        "process added to TensorFlow's own.",
        "lead",
        batch_size=f"{streaming.batch_size:,}",
        features=f"{streaming.features:,}",
        buffer=f"{streaming.shuffle_buffer:,}",
        size=digits(streaming.file_bytes / 1e6),
    )
    yield _table(streaming, speaker)
    for cell in streaming.cells:
        if cell.verdict and cell.verdict.outcome != "identical":
            subject = speaker.say(
                "{side} with {rows} rows from {source}",
                side=speaker.side(cell.side),
                rows=f"{cell.rows:,}",
                source=speaker.gettext(cell.source),
            )
            yield reason(subject, cell.verdict, speaker)
    for flat in streaming.flatness:
        yield _flatness(flat, streaming.limit, speaker)
    timed = how_timed((cell.passes for cell in streaming.cells), speaker)
    yield Paragraph(" ".join(timed), "quiet")
    yield from left_out(streaming.left_out, speaker)


def _table(streaming: Streaming, speaker: Speaker) -> Table:
    heads = speaker.heads(
        "rows",
        "side",
        "rows from",
        "rows per second",
        "to the first update",
        "peak memory",
        "against by hand from files",
    )
    rows = tuple(_row(cell, speaker) for cell in streaming.cells)
    return Table(speaker.say("Speed and memory by rows"), heads, rows)


def _row(cell: StreamCell, speaker: Speaker) -> tuple[str | Cell, ...]:
    measured = (NOTHING,) * 3
    if cell.passes:
        measured = (
            digits(cell.rows_per_second),
            seconds(cell.start_seconds),
            mebibytes(cell.added_bytes),
        )
    return (
        f"{cell.rows:,}",
        speaker.side(cell.side),
        speaker.gettext(cell.source),
        *measured,
        outcome_cell(cell.verdict, speaker),
    )


def _flatness(flat: Flatness, limit: float, speaker: Speaker) -> Paragraph:
    return speaker.paragraph(
        "{side}: with {most} rows peak memory is {ratio} times that with "
        "{fewest}, so it is flat (up to {limit} counts as flat)."
        if flat.flat
        else "{side}: with {most} rows peak memory is {ratio} times that with "
        "{fewest}, so it is NOT flat (up to {limit} counts as flat).",
        "plain" if flat.flat else "bad",
        side=speaker.side(flat.side),
        most=f"{flat.most:,}",
        fewest=f"{flat.fewest:,}",
        ratio=f"{flat.ratio:.2f}",
        limit=f"{limit:g}",
    )
