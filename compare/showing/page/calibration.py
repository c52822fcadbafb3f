"""The sections on the timer itself and on importing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compare.records.calibration import Calibration, Rate
from compare.records.report import Report
from compare.showing.page.language import marked
from compare.showing.page.say import Speaker
from compare.showing.terminal.calibration import ALARMS
from compare.showing.terminal.formats import seconds

WITHIN = marked(
    "False alarms with {processes} processes per side: {share}, between {low} "
    "and {high}: within the {promised} that are promised."
)
BEYOND = marked(
    "False alarms with {processes} processes per side: {share}, between {low} "
    "and {high}: more than the {promised} that are promised; do not trust "
    "small differences here."
)
OPEN = marked(
    "False alarms with {processes} processes per side: {share}, between {low} "
    "and {high}: nothing against the {promised} that are promised, and no "
    "proof; a longer calibration narrows it."
)


def calibration(
    reports: Sequence[Report], speaker: Speaker
) -> dict[str, Any] | None:
    """Return what the timer found of what was planted, or None."""
    found = next((r.calibration for r in reports if r.calibration), None)
    if found is None:
        return None
    return {
        "rounds": len(found.reference),
        "process": seconds(found.process_seconds),
        "variation": f"{found.variation:.1%}",
        "percents": [g.percent for g in found.planted if g.percent],
        "rows": _rows(found, speaker),
        "verdict": _verdict(found.rates[0], speaker) if found.rates else "",
        "left_out": found.left_out,
    }


def _rows(
    found: Calibration, speaker: Speaker
) -> list[tuple[int, str, list[str]]]:
    """Return processes a side, time, and shares found, by what was planted."""
    order = [group.percent for group in found.planted]
    rows = []
    for processes in dict.fromkeys(rate.processes for rate in found.rates):
        rates = {
            rate.percent: rate
            for rate in found.rates
            if rate.processes == processes
        }
        spent = seconds(2 * processes * found.process_seconds)
        shares = [_share(rates.get(percent), speaker) for percent in order]
        rows.append((processes, spent, shares))
    return rows


def _share(rate: Rate | None, speaker: Speaker) -> str:
    if rate is None:
        return "–"
    return speaker.say(
        "{found} of {trials} ({low}–{high} %)",
        found=rate.found,
        trials=rate.trials,
        low=f"{100 * rate.low:.0f}",
        high=f"{100 * rate.high:.0f}",
    )


def _verdict(rate: Rate, speaker: Speaker) -> str:
    """Say whether false alarms are as rare as the intervals promise."""
    text = OPEN
    if rate.high <= ALARMS:
        text = WITHIN
    elif rate.low > ALARMS:
        text = BEYOND
    return speaker.say(
        text,
        processes=rate.processes,
        share=f"{rate.found / rate.trials:.1%}",
        low=f"{rate.low:.1%}",
        high=f"{rate.high:.1%}",
        promised=f"{ALARMS:.0%}",
    )
