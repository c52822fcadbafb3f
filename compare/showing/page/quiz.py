"""The quiz "find the bug", and the catalogue of mistakes to search in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from compare.mistakes.patching import thread_url
from compare.records.escape import printable
from compare.records.mistakes import LEVELS, MistakeReport
from compare.records.note import marked
from compare.records.report import Report
from compare.showing.blocks import Facts
from compare.showing.language import Speaker
from compare.showing.page.code import SECTION
from compare.showing.page.curves import drawing
from compare.showing.page.html import plain, python_lines
from compare.showing.telling.mistakes import (
    changed,
    facts,
    file_of,
    how_many,
    hunks,
    reasons,
    seen,
)
from compare.showing.telling.seen import in_short, update_of

LONGEST = 70
"""Lines of an exhibit that is shown whole; of a longer one, a section."""

NEAR = 6
"""How far from the mistake a hint reaches where one section is shown."""

BRIEF = 80
"""Letters that have room beside a title."""

THEMES = marked(
    {
        "updates": "The loss, the gradient and the update",
        "data": "The data and their order",
        "optimizers": "Momentum and Adam",
        "schedules": "Schedules, penalties and clipping",
        "training_loop": "Metrics, validation and checkpoints",
        "networks": "Dropout and batch normalization",
        "models": "Images, several outputs, fine-tuning",
        "sequences": "Attention and recurrent networks",
        "gradients": "Accumulated and scaled gradients",
        "gan": "Adversarial training",
        "keras_fit": "In Keras: what fit is given",
        "keras_compile": "In Keras: layers, compile, callbacks",
        "errors": "Mistakes that raise an error",
        "slow": "Mistakes that only cost time",
    }
)
"""Theme of the catalogue -> its heading."""

HUNK = re.compile(r"@@ -\S+ \+(\d{1,6})(?:,\d+)? @@")


@dataclass(frozen=True)
class Change:
    """A place where a mistake has changed its exhibit.

    Attributes:
        at: number of the first wrong line, or of the line behind a gap.
        wrong: how many lines are wrong; none where something is missing.
        right: the lines that belong there.
    """

    at: int
    wrong: int
    right: tuple[str, ...]

    def lines(self, source: Sequence[str]) -> list[int]:
        """Return the wrong lines, or those beside the gap that have text."""
        if self.wrong:
            return list(range(self.at, self.at + self.wrong))
        above = range(min(self.at - 1, len(source)), 0, -1)
        below = range(self.at, len(source) + 1)
        beside = (
            next((n for n in numbers if source[n - 1].strip()), None)
            for numbers in (above, below)
        )
        return [number for number in beside if number is not None]


@dataclass(frozen=True)
class Line:
    """A line of the code; one that belongs there has no number of its own."""

    html: Markup
    number: int | None = None
    wrong: bool = False


def changes(diff: str) -> list[Change]:
    """Read from a unified diff where lines are wrong, and what is right."""
    found = []
    at, wrong, right = 0, 0, list[str]()
    for line in [*hunks(diff), "@@"]:
        if line.startswith("-"):
            right.append(line[1:])
        elif line.startswith("+"):
            wrong += 1
        else:
            if wrong or right:
                found.append(Change(at, wrong, tuple(right)))
            at += wrong + line.startswith(" ")
            wrong, right = 0, []
            if start := HUNK.match(line):
                at = int(start[1])
    return found


def questions(report: Report, speaker: Speaker) -> dict[str, Any] | None:
    """Return the cards of the quiz, the easy ones first, or None."""
    asked = [r for r in report.mistakes if r.question and r.mistake.quiz]
    asked.sort(key=lambda r: LEVELS.index(r.mistake.quiz or LEVELS[0]))
    cards = [card for r in asked if (card := _card(r, speaker))]
    return {"cards": cards} if cards else None


def _card(report: MistakeReport, speaker: Speaker) -> dict[str, Any] | None:
    """Return what one question shows; None where the diff does not fit."""
    mistake, question = report.mistake, report.question
    assert question is not None
    source = question.source.splitlines()
    found = changes(report.diff)
    wrong = [n for c in found if c.wrong for n in c.lines(source)]
    right = sorted({n for c in found for n in c.lines(source)})
    if not right or not 0 < right[0] <= right[-1] <= len(source):
        return None
    shown = _shown(source, right)
    return {
        **_told(report, speaker),
        "facts": Facts((*reasons(mistake, speaker), *seen(report, speaker))),
        "level": speaker.gettext(mistake.quiz or LEVELS[0]),
        "symptom": speaker.gettext(mistake.symptom),
        "missing": not wrong,
        "several": len(wrong) > 1,
        "lines": [
            line
            for line in _lines(source, found)
            if line.number is None or line.number in shown
        ],
        "whole": len(shown) == len(source),
        "answers": right,
        "hint": _hint(source, right, shown, speaker),
        "curve": drawing(report, speaker),
    }


def _shown(source: list[str], right: list[int]) -> range:
    """Return the numbers of the lines that are shown, from 1."""
    if len(source) <= LONGEST:
        return range(1, len(source) + 1)
    starts = [n for n, line in enumerate(source, 1) if SECTION.match(line)]
    first = max((n for n in starts if n <= right[0]), default=1)
    last = min((n for n in starts if n > right[-1]), default=len(source) + 1)
    while last - 2 > right[-1] and not source[last - 2].strip():
        last -= 1
    return range(first, last)


def _hint(
    source: list[str], right: list[int], shown: range, speaker: Speaker
) -> str:
    """Say about where the mistake is."""
    if len(shown) < len(source):
        return speaker.say(
            "Look between lines {first} and {last}.",
            first=max(right[0] - NEAR, shown[0]),
            last=min(right[-1] + NEAR, shown[-1]),
        )
    name, names = "", dict[str, None]()
    for number, line in enumerate(source, 1):
        if section := SECTION.match(line):
            name = section[1]
        if name and number in right:
            names[name] = None
    if not names:
        return speaker.say("Look above the first section.")
    return speaker.say(
        "Look in the section {section}.",
        section=", ".join(f"“{speaker.gettext(name)}”" for name in names),
    )


def _lines(source: list[str], found: list[Change]) -> Iterator[Line]:
    """Yield the code's lines, and behind the wrong ones what is right."""
    belongs = {c.at + max(c.wrong - 1, -1): c.right for c in found if c.wrong}
    belongs |= {c.at - 1: c.right for c in found if not c.wrong}
    wrong = {n for c in found if c.wrong for n in c.lines(source)}
    html = _highlighted(source)
    for number in range(len(source) + 1):
        if number:
            yield Line(html[number - 1], number, number in wrong)
        for right in _highlighted(belongs.get(number, ())):
            yield Line(right)


def _highlighted(lines: Sequence[str]) -> list[Markup]:
    """Return lines of Python with their words marked, one for one."""
    html = python_lines("\n".join(map(printable, lines)))
    return [Markup(plain(line)) for line in html[: len(lines)]]


def catalogue(report: Report, speaker: Speaker) -> dict[str, Any] | None:
    """Return all mistakes of a report by theme, or None."""
    if not report.mistakes:
        return None
    groups: dict[str, list[dict[str, Any]]] = {}
    for made in report.mistakes:
        row = {**_told(made, speaker), "brief": _brief(made, speaker)}
        groups.setdefault(made.mistake.theme, []).append(row)
    return {
        "groups": [
            (speaker.gettext(THEMES.get(theme, theme)), rows)
            for theme, rows in groups.items()
        ],
        "count": len(report.mistakes),
        "caught": how_many(report.mistakes, speaker),
    }


def _brief(report: MistakeReport, speaker: Speaker) -> str:
    """Say in a few words what was seen."""
    brief = in_short(report, speaker)
    if len(brief) <= BRIEF or not (update := update_of(report)):
        return brief
    return speaker.say("seen at update {update}", update=update)


def _told(report: MistakeReport, speaker: Speaker) -> dict[str, Any]:
    """Return what the answer of a question and a row of the list show."""
    mistake = report.mistake
    return {
        "key": mistake.key,
        "title": speaker.gettext(mistake.title),
        "file": file_of(mistake),
        "caught": report.caught,
        "diff": changed(report.diff),
        "facts": Facts(tuple(facts(mistake, speaker, report))),
        "threads": [
            (thread, thread_url(thread)) for thread in mistake.threads
        ],
    }
