"""Marks the first use of each term in a text, and lists what was marked."""

from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser
from typing import NamedTuple

from markupsafe import Markup

from compare.showing.language import Speaker
from compare.showing.page.html import FOLDER

GLOSSARY: dict[str, str] = tomllib.loads(
    (FOLDER / "glossary.toml").read_text("utf-8")
)
"""Term -> what it is. Where one is part of another, the longer one counts."""

PROSE = {"p", "li", "dd", "td"}
"""Elements in which terms are explained."""

CLOSED = {"a", "button", "code", "em", "label", "pre", "summary", "svg"}
"""Elements in them that stay as they are."""

UNSEEN = {"hidden", "wrote", "legend", "inspector"}
"""Classes of elements that scripts use, or that are only heard."""

VOID = {"br", "hr", "input"}
"""Elements without an end."""


class Word(NamedTuple):
    """A term that was marked: id of its explanation, and the sentence."""

    id: str
    term: str
    sentence: str


def with_terms(
    html: str, speaker: Speaker, suffix: str
) -> tuple[Markup, list[Word]]:
    """Link the first use of each term to where it is explained.

    Args:
        html: what templates made: well formed, every text escaped.
        speaker: of its language.
        suffix: of the ids, unique on the page.

    Returns:
        The text with links, and what is linked, in the order of first use.
    """
    marker = _Marker(speaker, suffix)
    marker.feed(html)
    marker.close()
    return Markup("".join(marker.made)), list(marker.words.values())


class _Marker(HTMLParser):
    """Passes HTML on as it is, but for links around terms."""

    def __init__(self, speaker: Speaker, suffix: str) -> None:
        super().__init__(convert_charrefs=False)
        self.made: list[str] = []
        self.words: dict[str, Word] = {}
        self._speaker, self._suffix = speaker, suffix
        self._terms = {speaker.gettext(t).casefold(): t for t in GLOSSARY}
        names = sorted(map(re.escape, self._terms), key=len, reverse=True)
        self._pattern = re.compile(
            rf"(?<!\w)({'|'.join(names)})(?:e?s)?(?![A-Za-z0-9_])", re.I
        )
        self._open: list[tuple[str, bool, bool]] = []

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self.made.append(self.get_starttag_text() or "")
        if tag in VOID:
            return
        _, prose, closed = self._open[-1] if self._open else ("", False, False)
        given = dict(attrs)
        unseen = UNSEEN & set((given.get("class") or "").split())
        closed = closed or tag in CLOSED or bool(unseen)
        closed = closed or given.get("aria-hidden") == "true"
        self._open.append((tag, prose or tag in PROSE, closed))

    def handle_startendtag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self.made.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.made.append(f"</{tag}>")
        while self._open and self._open.pop()[0] != tag:
            pass  # its end was left out

    def handle_data(self, data: str) -> None:
        prose, closed = self._open[-1][1:] if self._open else (False, False)
        if prose and not closed:
            data = self._pattern.sub(self._link, data)
        self.made.append(data)

    def handle_entityref(self, name: str) -> None:
        self.made.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.made.append(f"&#{name};")

    def _link(self, found: re.Match[str]) -> str:
        term = self._terms[found[1].casefold()]
        if term in self.words:
            return found[0]
        key = f"word-{term.lower().replace(' ', '-')}{self._suffix}"
        say = self._speaker.gettext
        self.words[term] = Word(key, say(term), say(GLOSSARY[term]))
        return f'<a class="term" href="#{key}">{found[0]}</a>'
