"""Where two sides part: the same update of both, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from compare.pairs.diagnosis.causes.loss import Both, told
from compare.pairs.diagnosis.causes.naming import Case, figure
from compare.pairs.diagnosis.closeness import gap, named_gap
from compare.pairs.diagnosis.rows import batches
from compare.pairs.diagnosis.same_batches import (
    in_order,
    same_batch,
    same_data,
)
from compare.pairs.runs import updates
from compare.records.diagnosis import STAGES, Cause, Stage, StageName, Status

NOISE = 10
"""Units in the last place that sums are off, of the largest parameter's: a
gradient that is less, as before a normalisation, is rounding alone."""

Judged = tuple[Status, str, str]
"""Whether the sides do the same, and what was seen of each."""


class Comparison:
    """Compares two sides stage by stage.

    Attributes:
        case: the sides.
        made: updates of each; None where a side was ended early.
        left, right: their batches.
        updates: that both have made.
        both: their losses at the first update.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        one, other = (
            len(side.steps) if side.anatomy.returned else None
            for side in case.sides
        )
        self.made = one, other
        self.left, self.right = (
            batches(side, case.problem) for side in case.sides
        )
        self.updates = min(len(side.steps) for side in case.sides)
        self._losses: dict[int, Both] = {}
        self.both = self.losses(0)

    @property
    def epochs(self) -> tuple[int | None, int | None]:
        """Updates per epoch of each side, where they are known."""
        return self.left.epoch, self.right.epoch

    def losses(self, update: int) -> Both:
        """Recognise the losses of both sides at an update."""
        if update not in self._losses:
            found = told(self.case, self.left, self.right, update)
            self._losses[update] = found
        return self._losses[update]

    def same_rows(self, update: int) -> bool:
        """Whether both are known to take the same numbers in one order."""
        seen = [b.xs[update] for b in (self.left, self.right)]
        if self.same_batch(update) is not True:
            return False
        one, other = seen
        return (
            one is None
            or other is None
            or gap(one, other) <= (self.case.bound)
        )

    def weights_show(self, update: int) -> bool:
        """Whether weights of samples that others show, show in an update.

        In a batch of one class they look like a factor.
        """
        for number in (0, 1):
            found = [self.losses(u)[number] for u in range(self.updates)[:3]]
            weighted = any(t and t.weights is not None for t in found)
            own = self.losses(update)[number]
            if weighted and own and own.weights is None:
                return False
        return True

    def same_batch(self, update: int) -> bool | None:
        """Whether both take the same numbers; None if it is not known."""
        return same_batch(self.left, self.right, update, self.case.bound)

    def parts_at(self) -> int:
        """Return the first update that leaves other parameters, from 1."""
        for update in range(self.updates):
            one, other = (s.steps[update] for s in self.case.sides)
            size = max(
                (float(np.abs(v).max(initial=0)) for v in one.change.values()),
                default=0.0,
            )
            for name, value in one.after.items():
                apart = float(np.abs(value - other.after[name]).max(initial=0))
                if apart > 10 * self.case.bound * size:
                    return update + 1
        return 0

    def same(self, stage: StageName, update: int = 0) -> bool:
        """Whether the sides are known to do the same at a stage."""
        return self._status(stage, update)[0] == "equal"

    def stages(self, causes: list[Cause], update: int) -> Iterator[Stage]:
        """Yield every stage of an update; one with a cause has parted."""
        at = max(update - 1, 0)
        for name in STAGES:
            status, mine, its = self._status(name, at)
            caused = any(c.stage == name for c in causes)
            if caused and status != "different" and mine == its:
                mine = its = ""  # what parts is not in these numbers
            yield Stage(name, "different" if caused else status, mine, its)

    def _status(self, stage: StageName, update: int) -> Judged:
        one, other = (side.steps[update] for side in self.case.sides)
        bound = self.case.bound
        if stage == "start":
            values = [s.steps[0].before for s in self.case.sides]
            return self._judged(named_gap(*values), "", "")
        if stage == "data":
            same = same_data(self.left, self.right, bound)
            sizes = [b.sizes[update] for b in (self.left, self.right)]
            return (
                "unseen" if same is None else "equal" if same else "different",
                f"{sizes[0]} rows",
                f"{sizes[1]} rows",
            )
        if stage == "model":
            return self._model(update)
        if stage == "loss":
            return self._judged(
                gap(one.loss, other.loss), figure(one.loss), figure(other.loss)
            )
        if stage == "gradient":
            return self._lengths(one.taken, other.taken)
        if stage == "update":
            trained = set(one.taken) | set(other.taken)
            return self._lengths(
                {k: v for k, v in one.change.items() if k in trained},
                {k: v for k, v in other.change.items() if k in trained},
            )
        if stage == "state":
            trained = set(one.taken) | set(other.taken)
            rest = [
                {k: v for k, v in s.after.items() if k not in trained}
                for s in (one, other)
            ]
            return self._lengths(*rest) if rest[0] else ("equal", "", "")
        return self._count()

    def _count(self) -> Judged:
        mine, its = self.made
        if mine is None or its is None:
            return "unseen", "", ""
        return (
            "equal" if mine == its else "different",
            updates(mine),
            updates(its),
        )

    def _judged(self, apart: float, mine: str, its: str) -> Judged:
        equal = apart <= 10 * self.case.bound
        return "equal" if equal else "different", mine, its

    def _lengths(
        self, one: dict[str, np.ndarray], other: dict[str, np.ndarray]
    ) -> Judged:
        floor = NOISE * max(side.unit for side in self.case.sides)
        floor *= max(
            (float(np.abs(v).max(initial=0)) for v in one.values()),
            default=0.0,
        )
        apart = {
            k: _gap_above(one[k], other[k], floor / (10 * self.case.bound))
            if k in one and k in other
            else 1.0
            for k in {**one, **other}
        }
        shown = [
            figure(float(np.sqrt(sum((v**2).sum() for v in own.values()))))
            for own in (one, other)
        ]
        judged = self._judged(max(apart.values(), default=0.0), *shown)
        most = max(apart, key=lambda k: apart[k], default="")
        if judged[0] == "equal" or shown[0] != shown[1] or most not in one:
            return judged
        return "different", *_first_apart(most, one[most], other[most])

    def _model(self, update: int) -> Judged:
        one, other = (s.steps[update].update for s in self.case.sides)
        values = [one.output, other.output]
        if values[0] is None or values[1] is None:
            if update or self.both[0] is None or self.both[1] is None:
                return "unseen", "", ""
            values = [t.prediction for t in self.both if t is not None]
        a, b = values
        assert a is not None
        assert b is not None
        a, b = (
            in_order(own, batches, update)
            for own, batches in ((a, self.left), (b, self.right))
        )
        if self.same("loss", update) and self.same("gradient", update):
            return "equal", _some(a), _some(b)  # logits and probabilities
        return self._judged(gap(a, b), _some(a), _some(b))

    def same_behind(self, update: int) -> bool:
        """Whether what comes behind model and loss agrees: so do these."""
        return (
            self.same_batch(update) is True
            and self.same("loss", update)
            and self.same("gradient", update)
        )


def _gap_above(a: np.ndarray, b: np.ndarray, floor: float) -> float:
    """Return how far apart two values are, those below a floor by that."""
    size = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    apart = gap(a, b)
    return apart * float(size) / floor if size < floor else apart


def _first_apart(
    name: str, one: np.ndarray, other: np.ndarray
) -> tuple[str, str]:
    """Show the number that differs most."""
    a, b = one.ravel(), other.ravel()
    place = int(np.abs(a - b).argmax()) if a.size == b.size else 0
    index = "".join(f"[{i}]" for i in np.unravel_index(place, one.shape))
    return f"{name}{index} {a[place]:.9g}", f"{name}{index} {b[place]:.9g}"


def _some(values: np.ndarray) -> str:
    """Show the first numbers."""
    flat = np.ravel(values)[:3]
    shown = ", ".join(f"{float(v):.5g}" for v in flat)
    return f"{shown}{', ...' if values.size > 3 else ''}"
