"""A sentence that can be said in another language too."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Note:
    """A sentence for people that can be said in another language too.

    Attributes:
        text: English, with {names} where `values` belong.
        values: name -> what stands there; numbers as they are shown.
    """

    text: str
    values: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.fill(self.text)

    def fill(self, text: str) -> str:
        """Put the values into a text, this one or its translation.

        Nothing but {name} is obeyed: a text may come from a file, and
        `str.format` would look into objects for it.
        """
        return re.sub(
            r"\{(\w+)\}", lambda name: self.values.get(name[1], name[0]), text
        )
