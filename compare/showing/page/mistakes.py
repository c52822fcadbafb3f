"""The section on classic mistakes: a diff each, and what happens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import DiffLexer

from compare.records.escape import printable
from compare.records.mistakes import KINDS, MistakeReport
from compare.records.report import Report
from compare.showing.language import marked
from compare.showing.page.say import Speaker

HEADINGS = {
    "silent": marked("Silent: the parameters differ, and nothing says so"),
    "error": marked("It raises an error"),
    "slow": marked("Only slow: the parameters are equal"),
}


def mistakes(
    reports: Sequence[Report], speaker: Speaker
) -> dict[str, Any] | None:
    """Return the mistakes by kind, or None without any."""
    found = [one for report in reports for one in report.mistakes]
    groups = [
        {
            "heading": speaker.gettext(HEADINGS[kind]),
            "mistakes": [
                _shown(one, speaker)
                for one in found
                if one.mistake.kind == kind
            ],
        }
        for kind in KINDS
    ]
    if not found:
        return None
    return {"groups": [group for group in groups if group["mistakes"]]}


def _shown(one: MistakeReport, speaker: Speaker) -> dict[str, Any]:
    html: str = highlight(
        one.diff.rstrip(), DiffLexer(), HtmlFormatter(nowrap=True)
    )
    return {
        "key": one.mistake.key,
        "title": _prose(one.mistake.title, speaker),
        "caught": one.caught,
        "diff": Markup(html),
        "happens": _happens(one, speaker),
        "raised": one.raised,
        "symptom": _prose(one.mistake.symptom, speaker),
        "why": _prose(one.mistake.why, speaker),
        "keras": _prose(one.mistake.keras, speaker),
        "first": {k: f"{v:.4g}" for k, v in one.first_update.items()},
        "threads": one.mistake.threads,
    }


def _prose(text: str, speaker: Speaker) -> tuple[Markup, bool]:
    """Return a text of the catalogue, and whether it is in English still.

    What stands in backticks is code.
    """
    said = speaker.gettext(text) if text else ""
    html = re.sub("`(.+?)`", r"<code>\1</code>", escape(printable(said)))
    return Markup(html), said == text


def _happens(one: MistakeReport, speaker: Speaker) -> str:
    """Say what was seen, from the record's fields."""
    if one.ratio:
        return speaker.say(
            "An update takes {times} times as long.",
            times=speaker.times(one.ratio),
        )
    if one.raised:
        return speaker.say(
            "It raises {error}; updates made before: {updates}.",
            error=one.raised.error,
            updates=f"{one.raised.updates:,}",
        )
    return speaker.difference(one.verdict) if one.verdict else ""
