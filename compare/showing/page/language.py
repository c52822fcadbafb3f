"""Languages of the page: gettext catalogues, read as they are committed."""

from __future__ import annotations

import importlib.resources
import io

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("en", "ko")
DOMAIN = "page"
LOCALE = importlib.resources.files("compare.showing.page") / "locale"


def translations(language: str) -> NullTranslations:
    """Return the translations into one of LANGUAGES; English is the source."""
    if language == "en":
        return NullTranslations()
    place = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with place.open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def marked(text: str) -> str:
    """Mark a text that is translated where it is used."""
    return text
