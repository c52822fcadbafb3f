"""What the causes of all stages share: bounds, keys, figures."""

from __future__ import annotations

from dataclasses import dataclass

from compare.mistakes import CATALOGUE
from compare.pairs.diagnosis.closeness import BETTER, FLOAT32, FLOAT64
from compare.pairs.diagnosis.steps import Side
from compare.records.diagnosis import Cause, StageName
from compare.records.note import Note
from compare.records.problem import Problem

THREADS = {mistake.key: mistake.threads for mistake in CATALOGUE}


@dataclass(frozen=True)
class Case:
    """Two sides to be compared.

    Attributes:
        left, right: their updates.
        problem: what both were given.
    """

    left: Side
    right: Side
    problem: Problem

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides."""
        return self.left, self.right

    @property
    def bound(self) -> float:
        """Up to which relative difference two values are the same."""
        single = max(side.unit for side in self.sides) > 1e-10
        return FLOAT32 if single else FLOAT64

    def proves(self, gap: float, plain: float) -> bool:
        """Whether a recomputation gives a value, and the plain one not."""
        return gap <= self.bound and plain > max(BETTER * gap, self.bound)

    def other(self, side: Side) -> Side:
        """Return the side that is not this one."""
        return self.right if side is self.left else self.left


def cause(
    stage: StageName,
    side: Side,
    key: str,
    title: Note,
    cure: Note,
    gap: float | None = None,
    plain: float | None = None,
    *,
    place: str = "",
    updates: int = 1,
) -> Cause:
    """Return a cause with the threads of the catalogue.

    Without a gap it is one that was seen, and needs no recomputation.
    """
    return Cause(
        stage,
        side.name,
        key,
        title,
        cure,
        place,
        gap,
        None if plain is None else min(plain, 1.0),
        updates,
        THREADS.get(key, ()),
    )


def figure(value: float) -> str:
    """Show a number as people wrote it: to six digits."""
    return f"{value:.6g}"


def place_of_loss(side: Side) -> str:
    """Return where a side says its loss: in compile, or on the tape."""
    places = side.anatomy.places
    return places.get("compile", "") or side.steps[0].gradient.place
