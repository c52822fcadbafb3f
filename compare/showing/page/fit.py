"""The section on Keras's fit: where its time goes, and what cures it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from compare.judging import fit as findings
from compare.records.report import Report
from compare.showing.page import bars
from compare.showing.page.say import Speaker
from compare.showing.terminal.formats import seconds


def fit(reports: Sequence[Report], speaker: Speaker) -> dict[str, Any] | None:
    """Return an epoch's parts and the variants' times, or None without any."""
    found = next((r.fit for r in reports if r.fit), None)
    if found is None:
        return None
    parts = []
    if found.textbook:
        for row in findings.rows(found.textbook):
            time = seconds(max(statistics.median(row.seconds), 0.0))
            bar = bars.Bar("keras", time, 0, 100 * max(row.share, 0.0))
            name = speaker.gettext(row.title)
            parts.append((name, f"{row.share:.0%}", [bar]))
    times: dict[str, bars.Times] = {
        form.name: {form.variant.side: [v for v in form.per_update if v > 0]}
        for form in found.variants
        if form.samples
    }
    return {
        "parts": parts,
        "track": bars.track(times),
        "left_out": found.left_out,
    }
