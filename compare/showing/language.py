"""Languages: English is the source, gettext catalogues hold the others."""

from __future__ import annotations

import functools
import gettext
import importlib.resources
import io
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from compare.records import LANGUAGES, SIDES
from compare.records.note import Note, marked
from compare.records.peers import Kind
from compare.records.timing import Ratio
from compare.records.verdicts import Verdict
from compare.showing.blocks import Paragraph, Tone
from compare.showing.formats import digits

if TYPE_CHECKING:
    from jinja2 import Environment

DOMAIN = "compare"
LOCALE = importlib.resources.files("compare.showing") / "locale"


SIDE_NAMES: dict[Kind, str] = marked({"manual": "by hand", "keras": "Keras"})


class Speaker:
    """Says texts, notes and records in one language.

    Args:
        language: one of LANGUAGES.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.translations = _translations(language)

    def templates(self, folder: Traversable, escape: bool) -> Environment:
        """Return the templates of a folder, which say texts by `_`."""
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        made = Environment(
            loader=FileSystemLoader(str(folder)),
            autoescape=escape,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=not escape,
            extensions=["jinja2.ext.i18n"],
        )
        made.install_gettext_translations(  # type: ignore[attr-defined]
            self.translations, newstyle=True
        )
        return made

    def gettext(self, text: str) -> str:
        """Translate a text; "" has none: catalogues keep their head there."""
        return self.translations.gettext(text) if text else ""

    def say(self, text: str, /, **values: object) -> str:
        """Translate a text and fill in its values."""
        return str(self.gettext(text).format(**values))

    def paragraph(
        self, text: str, tone: Tone = "plain", /, **values: object
    ) -> Paragraph:
        """Translate a paragraph and fill in its values."""
        return Paragraph(self.say(text, **values), tone)

    def heads(self, *texts: str) -> tuple[str, ...]:
        """Translate the heads of a table."""
        return tuple(map(self.gettext, texts))

    def count(self, one: str, many: str, number: int, /) -> str:
        """Say how many there are: {count} in the text is the number."""
        text = self.translations.ngettext(one, many, number)
        return text.format(count=f"{number:,}")

    def note(self, note: Note) -> str:
        """Say a note; names of sides and texts in it are said too."""
        said = {k: self._value(k, v) for k, v in note.values.items()}
        return Note(note.text, said).fill(self.gettext(note.text))

    def _value(self, name: str, value: str) -> str:
        if name in _NAMING:
            return self.side(value)
        said = name in _TEXTS or value in _PHRASES
        return self.gettext(value) if said else value

    def why(self, verdict: Verdict) -> str:
        """Say why a verdict is what it is, without a full stop."""
        return "; ".join(map(self.note, verdict.why))

    def side(self, name: str) -> str:
        """Say the name of a side; a user's function keeps its own."""
        return self.gettext(SIDE_NAMES[name]) if name in SIDE_NAMES else name

    @property
    def sides(self) -> dict[Kind, str]:
        """Return both sides, and what they are called."""
        return {side: self.side(side) for side in SIDES}

    def outcome(self, verdict: Verdict) -> str:
        """Name the outcome of a verdict."""
        return self.gettext(verdict.outcome)

    def times(self, ratio: Ratio) -> str:
        """Show a ratio, with its interval where it has one; no noise."""
        if ratio.answer == "too noisy to tell":
            return self.gettext(ratio.answer)
        if ratio.low is None or ratio.high is None:
            return digits(ratio.value)
        return self.say(
            "{value} ({low} to {high})",
            value=digits(ratio.value),
            low=digits(ratio.low),
            high=digits(ratio.high),
        )


_NAMING = ("side", "left", "right")
"""Values of notes that are names of sides."""

_TEXTS = ("title", "why", "cure", "reference")
"""Values of notes that are texts of mistakes or lessons."""

_PHRASES = {
    marked("once"),
    marked("sigmoid and from_logits=True, so twice"),
    marked("softmax and from_logits=True, so twice"),
    marked("logits taken for probabilities"),
    marked("probabilities taken for logits"),
}
"""Values of notes that say how often a loss is given probabilities."""


@functools.cache
def speaker(language: str = LANGUAGES[0]) -> Speaker:
    """Return the one who speaks a language."""
    return Speaker(language)


def _translations(language: str) -> gettext.NullTranslations:
    """Return the translations into one of LANGUAGES."""
    if language == LANGUAGES[0]:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    place = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with place.open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
