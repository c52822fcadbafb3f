"""The records of a comparison with an earlier report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One thing that is no longer as it was.

    Attributes:
        lesson: its name.
        what: for people: "graph: verdict", "statements, keras".
        before, now: its values, for people.
        worse: whether it is a step back.
    """

    lesson: str
    what: str
    before: str
    now: str
    worse: bool


@dataclass(frozen=True)
class Comparison:
    """What changed since a baseline.

    Attributes:
        notes: what was compared in another way or not at all, a sentence
            each without a full stop.
    """

    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """Whether anything is a step back."""
        return any(change.worse for change in self.changes)
