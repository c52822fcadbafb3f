"""Marks the first use of each term in a text, and lists what was marked."""

from __future__ import annotations

import re
import tomllib
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


TAG = re.compile(r"(<[^>]*>)")
"""What stands between texts; in attributes the templates escape ">"."""


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
    terms = {speaker.gettext(t).casefold(): t for t in GLOSSARY}
    names = sorted(map(re.escape, terms), key=len, reverse=True)
    pattern = re.compile(
        rf"(?<!\w)({'|'.join(names)})(?:e?s)?(?![A-Za-z0-9_])", re.I
    )
    words: dict[str, Word] = {}

    def link(found: re.Match[str]) -> str:
        term = terms[found[1].casefold()]
        if term in words:
            return found[0]
        key = f"word-{term.lower().replace(' ', '-')}{suffix}"
        sentence = speaker.gettext(GLOSSARY[term])
        words[term] = Word(key, speaker.gettext(term), sentence)
        return f'<a class="term" href="#{key}">{found[0]}</a>'

    made = []
    inside = [("", False, False)]
    for part in TAG.split(html):
        if part.startswith("<"):
            _follow(part, inside)
        elif inside[-1][1:] == (True, False):
            part = pattern.sub(link, part)
        made.append(part)
    return Markup("".join(made)), list(words.values())


def _follow(tag: str, inside: list[tuple[str, bool, bool]]) -> None:
    """Enter or leave an element: its name, whether prose, whether closed."""
    name = re.sub(r"\W.*", "", tag.lstrip("</"), flags=re.S)
    if tag.startswith("</"):
        while len(inside) > 1 and inside.pop()[0] != name:
            pass  # its end was left out
    elif name and name not in VOID and not tag.endswith("/>"):
        _, prose, closed = inside[-1]
        classes = re.search(r' class="([^"]*)"', tag)
        unseen = UNSEEN & set(classes[1].split() if classes else ())
        closed |= name in CLOSED or bool(unseen)
        closed |= ' aria-hidden="true"' in tag
        inside.append((name, prose or name in PROSE, closed))
