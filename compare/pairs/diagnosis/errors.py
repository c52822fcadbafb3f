"""A side that raises -> the known mistakes that raise the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compare.mistakes import CATALOGUE
from compare.mistakes.observing import observe
from compare.records.note import Note, note
from compare.records.verdicts import Verdict
from compare.running.processes import Silent

RAISED = re.compile(
    r"raised (?P<error>\w+): (?P<message>.*?)( \(\S+ line \d+\))?"
    r"(; it still ran with (?P<updates>[\d,]+) updates?)?$"
)


def alike(verdict: Verdict) -> Iterator[Note]:
    """Yield what known mistakes raise the error that ended a side.

    The mistakes are made in our exhibits, so this is a fact about the error,
    not a proof of the cause.

    Args:
        verdict: of a pair that could not run.
    """
    found = RAISED.search(verdict.reason)
    if found is None:
        return
    at_once = found["updates"] is None
    for report in observe(
        [m for m in CATALOGUE if m.kind == "error"],
        rounds=0,
        progress=Silent(),  # they are none of the user's runs
    ):
        raised = report.raised
        if (
            raised
            and raised.error == found["error"]
            and _plain(raised.message) == _plain(found["message"])
            and (raised.updates == 0) == at_once
        ):
            mistake = report.mistake
            yield note(
                "the same error comes from: {title}. {why} Instead: {cure}",
                title=mistake.title,
                why=mistake.why,
                cure=mistake.keras,
            )


def _plain(message: str) -> str:
    """Leave out what differs between two programs: names, numbers, notes."""
    last = message.rpartition("Error: ")[2]
    return re.sub(r"\d+|\[Op:\w+\].*|name:.*|\s+", " ", last).strip()
