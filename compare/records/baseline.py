"""The records of an earlier report, and of a comparison with it."""

from __future__ import annotations

from dataclasses import dataclass

from compare.records.note import Note
from compare.records.report import Report
from compare.records.request import PairRequest, Request


@dataclass(frozen=True)
class Baseline:
    """What was found, and what to run to look again: lessons, or a pair.

    Attributes:
        sources: of a pair's sides, the left one first.
    """

    request: Request | None
    report: Report
    pair: PairRequest | None = None
    sources: tuple[str, ...] = ()


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
