"""What the causes of all stages share: bounds, keys, figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compare.mistakes import CATALOGUE
from compare.pairs.diagnosis.closeness import BETTER, FLOAT32, FLOAT64
from compare.pairs.diagnosis.heads import target_of
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
    case: Case,
    stage: StageName,
    side: Side,
    key: str,
    title: Note,
    cure: Note,
    gap: float | None = None,
    plain: float | None = None,
    *,
    place: str | None = None,
    updates: int = 1,
) -> Cause:
    """Return a cause with the threads of the catalogue.

    The names of both sides are put into its title as `{side}` and `{other}`,
    or `{left}` and `{right}`. Without a place it is the line that does what
    its stage does; without a gap it was seen, and needs no recomputation.
    """
    names = {
        "side": side.name,
        "other": case.other(side).name,
        "left": case.left.name,
        "right": case.right.name,
    }
    used = {k: v for k, v in names.items() if "{" + k + "}" in title.text}
    return Cause(
        stage,
        side.name,
        key,
        Note(title.text, {**used, **title.values}),
        cure,
        PLACES[stage](side) if place is None else place,
        gap,
        None if plain is None else min(plain, 1.0),
        updates,
        THREADS.get(key, ()),
    )


def figure(value: float) -> str:
    """Show a number as people wrote it: to six digits."""
    return f"{value:.6g}"


def place_of_loss(side: Side) -> str:
    """Return the line that says a side's loss.

    That is where its loss of Keras is made, or the last line that computes
    it; where `fit` makes it of a name, the line of `compile`.
    """
    places, update = side.anatomy.places, side.steps[0].update
    made = [call.place for call in update.losses]
    made = [at for at in made if at and at != places.get("fit")]
    goal = target_of(update)
    computed = [
        operation.place
        for operation in update.operations
        if goal in operation.outputs
    ]
    known = [*made[:1], places.get("compile", ""), *computed[-1:]]
    return next(filter(None, known), side.steps[0].gradient.place)


def place_of_data(side: Side) -> str:
    """Return the line that gives a side its rows."""
    first = side.steps[0]
    given = [side.anatomy.places.get("fit", ""), first.update.place]
    taken = [operation.place for operation in first.update.operations[:1]]
    return next(filter(None, [*given, *taken]), first.gradient.place)


def place_of_update(side: Side) -> str:
    """Return the line that moves a side's parameters, or says how."""
    first = side.steps[0]
    if first.optimizer:
        return first.optimizer.place
    return first.update.moved_at or first.gradient.place


PLACES: Mapping[StageName, Callable[[Side], str]] = {
    "start": lambda side: "",
    "data": place_of_data,
    "model": lambda side: side.steps[0].update.place,
    "loss": place_of_loss,
    "gradient": lambda side: side.steps[0].gradient.place,
    "update": place_of_update,
    "state": place_of_update,
    "count": lambda side: side.anatomy.places.get("fit", ""),
}
"""The line that does what a stage does."""
