"""The records of a comparison with an earlier report."""

from __future__ import annotations

from dataclasses import dataclass

from compare.records.note import Note


@dataclass(frozen=True)
class Change:
    """One thing that is no longer as it was.

    Attributes:
        lesson: its name.
        what: which of its verdicts, sizes or speeds.
        before: its value in the baseline.
        now: its value now, and why; clauses without a full stop.
        worse: whether it is a step back.
    """

    lesson: str
    what: Note
    before: Note
    now: tuple[Note, ...]
    worse: bool


@dataclass(frozen=True)
class Comparison:
    """What changed since a baseline.

    Attributes:
        notes: what was compared in another way or not at all, a sentence
            each without a full stop.
    """

    changes: tuple[Change, ...]
    notes: tuple[Note, ...]

    @property
    def worse(self) -> bool:
        """Whether anything is a step back."""
        return any(change.worse for change in self.changes)
