"""The records of what features cost."""

from __future__ import annotations

from dataclasses import dataclass

from compare.records import Side
from compare.records.findings import CodeSize


@dataclass(frozen=True)
class Rung:
    """One feature.

    Attributes:
        lesson: the lesson that shows it.
        base: the lesson that it is built on.
        sizes: side -> size of the lesson.
        added: side -> what the feature adds to the base.
        counted: whether the lesson that has everything at once has the
            feature, so that it counts in the running sum.
        running: side -> first lesson and all counted features so far.
    """

    lesson: str
    base: str
    sizes: dict[Side, CodeSize]
    added: dict[Side, CodeSize]
    counted: bool
    running: dict[Side, CodeSize]


@dataclass(frozen=True)
class Ladder:
    """All rungs, below them the first lesson, and the sum's check.

    Attributes:
        first: side -> size of the first lesson.
        rungs: the features, in the order in which they are best read.
        whole: side -> size of the lesson that has the counted ones at once.
    """

    first: dict[Side, CodeSize]
    rungs: tuple[Rung, ...]
    whole: dict[Side, CodeSize]
