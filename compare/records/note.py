"""Sentences that can be said in another language too."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeVar

Texts = TypeVar("Texts")


@dataclass(frozen=True)
class Note:
    """A sentence, or a clause of one, for people.

    Attributes:
        text: English, with {names} where `values` belong; this is what is
            translated.
        values: name -> what stands there; numbers as they are shown.
    """

    text: str
    values: dict[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.fill(self.text)

    def given(self, **values: object) -> Note:
        """Return the same sentence with these values too."""
        return note(self.text, **{**self.values, **values})

    def fill(self, text: str) -> str:
        """Put the values into a text, this one or its translation.

        Nothing but {name} is obeyed: a text may come from a file, and
        `str.format` would look into objects for it.
        """
        return re.sub(
            r"\{(\w+)\}", lambda name: self.values.get(name[1], name[0]), text
        )


def marked(texts: Texts) -> Texts:
    """Mark a text, or a table of them, that is translated where it is shown.

    What it is given are literals: the catalogue reads them from the source.
    """
    return texts


def note(text: str, /, **values: object) -> Note:
    """Return a note with these values."""
    return Note(text, {name: str(value) for name, value in values.items()})
