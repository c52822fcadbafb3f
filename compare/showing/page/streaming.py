"""The section on rows that stay on disk: speed, memory, and whether flat."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from compare.records.report import Report
from compare.records.streaming import Flatness, StreamCell
from compare.showing.formats import digits, mebibytes, seconds
from compare.showing.language import marked
from compare.showing.page.say import Speaker
from compare.showing.page.texts import OUTCOMES, SIDE_NAMES

SOURCES = {"files": marked("files"), "memory": marked("memory")}

FLAT = marked(
    "{side}: with {most} rows peak memory is {ratio} times that with "
    "{fewest}, so it is flat (up to {limit} counts as flat)."
)
NOT_FLAT = marked(
    "{side}: with {most} rows peak memory is {ratio} times that with "
    "{fewest}, so it is NOT flat (up to {limit} counts as flat)."
)


def streaming(
    reports: Sequence[Report], speaker: Speaker
) -> dict[str, Any] | None:
    """Return a row per side, size and source, or None without any."""
    found = next((r.streaming for r in reports if r.streaming), None)
    if found is None:
        return None
    return {
        "batch_size": f"{found.batch_size:,}",
        "features": f"{found.features:,}",
        "buffer": f"{found.shuffle_buffer:,}",
        "size": digits(found.file_bytes / 1e6),
        "processes": max((len(c.passes) for c in found.cells), default=0),
        "rows": [_row(cell, speaker) for cell in found.cells],
        "flatness": [
            (_flatness(flat, found.limit, speaker), flat.flat)
            for flat in found.flatness
        ],
        "left_out": found.left_out,
    }


def _row(cell: StreamCell, speaker: Speaker) -> dict[str, Any]:
    numbers = ["–"] * 3
    if passes := cell.passes:
        numbers = [
            digits(statistics.median(cell.rows / p.seconds for p in passes)),
            seconds(statistics.median(p.start_seconds for p in passes)),
            mebibytes(round(cell.added_bytes)),
        ]
    return {
        "rows": f"{cell.rows:,}",
        "side": speaker.gettext(SIDE_NAMES[cell.side]),
        "source": speaker.gettext(SOURCES[cell.source]),
        "numbers": numbers,
        "verdict": speaker.gettext(OUTCOMES[cell.verdict.outcome])
        if cell.verdict
        else "–",
        "agree": cell.verdict is None or cell.verdict.agree,
    }


def _flatness(flat: Flatness, limit: float, speaker: Speaker) -> str:
    return speaker.say(
        FLAT if flat.flat else NOT_FLAT,
        side=speaker.gettext(SIDE_NAMES[flat.side]),
        most=f"{flat.most:,}",
        fewest=f"{flat.fewest:,}",
        ratio=f"{flat.ratio:.2f}",
        limit=f"{limit:g}",
    )
