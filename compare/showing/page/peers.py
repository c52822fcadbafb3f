"""The section on other frameworks: bars of time, verdicts, what is missing."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from compare.records.peers import PeerResult
from compare.records.report import Report
from compare.showing.formats import digits, seconds
from compare.showing.language import marked
from compare.showing.page import bars
from compare.showing.page.say import Speaker
from compare.showing.page.texts import NO_ROUNDING, OUTCOMES, ROUNDING
from compare.showing.terminal.peers import compared, slowest_first
from compare.studies.peers.catalogue import SECOND_ORDER

REFERENCE = marked("reference")


def peers(
    reports: Sequence[Report], speaker: Speaker
) -> dict[str, Any] | None:
    """Return bars, a table and what has no time, or None without any."""
    found = next((r.peers for r in reports if r.peers), None)
    if found is None:
        return None
    timed = [result for result in slowest_first(found) if result.samples]
    return {
        "lesson": found.lesson,
        "updates": f"{found.updates:,}",
        "processes": max((len(r.samples) for r in timed), default=0),
        "track": _track(timed, speaker),
        "limit": next((r.name for r in timed if r.kind == "limit"), ""),
        "rows": _rows(timed, speaker),
        "rest": [_why(r, speaker) for r in found.results if not r.samples],
        "second_order": any(r.against == SECOND_ORDER for r in found.results),
        "versions": found.versions,
        "left_out": found.left_out,
    }


def _track(timed: Sequence[PeerResult], speaker: Speaker) -> bars.Track | None:
    times: dict[str, bars.Times] = {
        speaker.gettext(r.name): {r.kind: [s.per_update for s in r.samples]}
        for r in timed
    }
    found = bars.track(times)
    notes = {speaker.gettext(r.name): _verdict(r, speaker) for r in timed}
    return found and replace(found, notes=notes)


def _rows(
    timed: Sequence[PeerResult], speaker: Speaker
) -> list[tuple[str, list[str]]]:
    """Return name, and times as shown; the last is in units of the limit."""
    limit = next((r for r in timed if r.kind == "limit"), None)
    rows = []
    for result in timed:
        samples = result.samples
        cells = [
            seconds(statistics.median(s.per_update for s in samples)),
            seconds(statistics.median(s.first_call for s in samples)),
            seconds(statistics.median(s.import_seconds for s in samples)),
        ]
        if limit:
            cells.append(f"{digits(compared(limit, result).value)}×")
        rows.append((speaker.gettext(result.name), cells))
    return rows


def _verdict(result: PeerResult, speaker: Speaker) -> str:
    if result.name == result.against and result.verdict.agree:
        return speaker.gettext(REFERENCE)
    return speaker.gettext(OUTCOMES[result.verdict.outcome])


def _why(result: PeerResult, speaker: Speaker) -> dict[str, str]:
    """Say why a result has no time, as far as that is known."""
    verdict, said = result.verdict, []
    if result.note:
        said.append(speaker.gettext(result.note) + ".")
    elif verdict.float64_difference is not None:
        text = ROUNDING if verdict.agree else NO_ROUNDING
        size = f"{verdict.float64_difference:.1e}"
        said.append(speaker.say(text, size=size))
    return {
        "name": speaker.gettext(result.name),
        "verdict": _verdict(result, speaker),
        "why": " ".join(said),
        "details": "\n".join(result.details.splitlines()[-6:]),
    }
