"""A lesson's own text, from the Markdown that its notebook has too."""

from __future__ import annotations

import functools
import importlib.resources
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from compare.records import LANGUAGES
from compare.showing.blocks import Code
from compare.showing.page.html import highlighted

TEXTS = importlib.resources.files("compare.showing.notebook") / "texts"
SENTENCE = re.compile(r".+?[.!?][*_`]*(?=\s|$)", re.S)


@dataclass(frozen=True)
class Told:
    """What a lesson's text says.

    Attributes:
        language: it is told in.
        first: its first sentence.
        about: what the lesson is about.
        exercises, solutions: at its end; "" without any.
    """

    language: str
    first: Markup
    about: Markup
    exercises: Markup
    solutions: Markup


@functools.cache
def told(lesson: str, language: str) -> Told | None:
    """Return a lesson's text, in English where there is no translation.

    A lesson that is not ours has none.
    """
    name = f"{lesson}.md"
    if name not in {path.name for path in TEXTS.iterdir()}:
        return None
    path = TEXTS / language / name
    if not path.is_file():
        language, path = LANGUAGES[0], TEXTS / name
    text = path.read_text("utf-8")
    about, *rest = re.split(r"^## .*\n", text, flags=re.M)
    exercises, solutions = rest[-2:] if len(rest) > 1 else ("", "")
    first = SENTENCE.match(about)
    markdown = _markdown()
    return Told(
        language,
        Markup(markdown.renderInline(first[0] if first else "")),
        *(Markup(markdown.render(t)) for t in (about, exercises, solutions)),
    )


@functools.cache
def _markdown() -> MarkdownIt:
    """Return what renders Markdown; HTML in it stays text."""
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.add_render_rule("fence", _fence)
    markdown.add_render_rule("code_block", _fence)
    return markdown


def _fence(
    renderer: object, tokens: Sequence[Token], place: int, *_: Any
) -> str:
    """Show a block of code, which can be scrolled by keyboard."""
    token = tokens[place]
    kind: Any = "python" if token.info.startswith("python") else "output"
    code = highlighted(Code(token.content, kind))
    return f'<pre class="samp" tabindex="0"><code>{code}</code></pre>\n'
