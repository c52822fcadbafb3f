"""The job of one fresh process: compare two anatomies, and name causes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from compare.pairs.diagnosis.anatomy import Anatomy
from compare.pairs.diagnosis.causes.counts import (
    count_causes,
    start_causes,
    state_causes,
)
from compare.pairs.diagnosis.causes.data import data_causes, same_data
from compare.pairs.diagnosis.causes.gradient import gradient_causes
from compare.pairs.diagnosis.causes.loss import Both, loss_causes, told
from compare.pairs.diagnosis.causes.model import model_causes
from compare.pairs.diagnosis.causes.naming import Case, figure
from compare.pairs.diagnosis.causes.update import (
    rules,
    update_causes,
    with_clip,
)
from compare.pairs.diagnosis.closeness import gap, named_gap
from compare.pairs.diagnosis.optimizers import Rule
from compare.pairs.diagnosis.rows import Batches, Map, batches
from compare.pairs.diagnosis.steps import matched
from compare.records import Dtype
from compare.records.diagnosis import STAGES, Cause, Stage, StageName, Status
from compare.records.problem import Problem
from compare.running.processes import Advance
from compare.running.worker import prepare

Judged = tuple[Status, str, str]
"""Whether the sides do the same, and what was seen of each."""


@dataclass(frozen=True)
class Shared:
    """Rows that both sides take, such that both see the same numbers.

    Attributes:
        x, y: to be given to the left and to the right side.
    """

    x: tuple[np.ndarray, np.ndarray]
    y: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Answer:
    """What was found out of two anatomies.

    Attributes:
        stages: of the update at which they part.
        causes: in the order of the stages.
        update: the first update that differs, from 1; 0 if none does.
        same_start: whether they start from the same parameters.
        data_equal: whether they see the same batches.
        shared: one batch for both; None where they see the same ones
            already, or it is not known which.
        start: the left's first parameters, by the right's variables.
    """

    stages: tuple[Stage, ...]
    causes: tuple[Cause, ...]
    update: int
    same_start: bool
    data_equal: bool
    shared: Shared | None
    start: dict[int, np.ndarray]


def explain(
    left: Anatomy,
    right: Anatomy,
    problem: Problem,
    dtype: Dtype,
    advance: Advance,
) -> Answer | None:
    """Compare two sides stage by stage.

    Args:
        left: one side.
        right: the other, of the same problem.
        problem: what both were given.
        dtype: in which they ran.
        advance: told nothing.

    Returns:
        None where it cannot be told which parameter is which.
    """
    prepare("eager", dtype)
    found = matched(left, right, tuple(problem.initial))
    if found is None:
        return None
    return Comparison(Case(*found, problem, dtype)).answer()


class Comparison:
    """Compares two sides stage by stage."""

    def __init__(self, case: Case) -> None:
        self.case = case
        one, other = (
            len(side.anatomy.updates) if side.anatomy.returned else None
            for side in case.sides
        )
        self.made = one, other
        self.left, self.right = (
            batches(side, case.problem) for side in case.sides
        )
        self.updates = min(len(side.steps) for side in case.sides)
        self.both: Both = told(case, self.left, self.right, 0)
        self.rules: tuple[Rule | None, Rule | None] = self._rules()

    def _rules(self) -> tuple[Rule | None, Rule | None]:
        one, other = rules(self.case, (self.left.epoch, self.right.epoch))
        return (
            with_clip(self.case, self.case.left, one),
            with_clip(self.case, self.case.right, other),
        )

    def answer(self) -> Answer:
        """Return stages and causes."""
        case = self.case
        causes = list(self._causes())
        order = {name: place for place, name in enumerate(STAGES)}
        causes.sort(key=lambda c: order[c.stage])
        update = self._parts_at()
        same_start = not list(start_causes(case))
        one, other = (side.steps[0].before for side in case.sides)
        start = {case.right.numbers[k]: one[k] for k in one if k in other}
        return Answer(
            tuple(self._stages(causes, update)),
            tuple(causes),
            update,
            same_start,
            same_data(self.left, self.right, case.bound) is True,
            self._shared(),
            {} if same_start else start,
        )

    def _causes(self) -> Iterator[Cause]:
        case = self.case
        yield from start_causes(case)
        yield from data_causes(case, self.left, self.right)
        model = list(model_causes(case, 0))
        yield from model
        seen = set()
        for update in range(min(self.updates, 3)):
            both = (
                self.both
                if not update
                else told(case, self.left, self.right, update)
            )
            for cause in loss_causes(case, both, update):
                if cause.key not in seen:
                    seen.add(cause.key)
                    yield cause
        yield from gradient_causes(
            case, 0, self.same("model") and self.same("loss")
        )
        yield from update_causes(case, *self.rules)
        flags = any("training-flag" in c.key for c in model)
        yield from state_causes(case, 0, not flags and self.same("model"))
        yield from count_causes(case, self.left, self.right, self.made)

    # --- Where they part

    def _parts_at(self) -> int:
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

    def _stages(self, causes: list[Cause], update: int) -> Iterator[Stage]:
        at = max(update - 1, 0)
        for name in STAGES:
            status, mine, its = self._status(name, at)
            if any(c.stage == name for c in causes):
                status = "different"
            yield Stage(name, status, mine, its)

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
            f"{mine:,} updates",
            f"{its:,} updates",
        )

    def _judged(self, apart: float, mine: str, its: str) -> Judged:
        equal = apart <= 10 * self.case.bound
        return "equal" if equal else "different", mine, its

    def _lengths(
        self, one: dict[str, np.ndarray], other: dict[str, np.ndarray]
    ) -> Judged:
        names = set(one) | set(other)
        apart = max(
            (
                gap(one[k], other[k]) if k in one and k in other else 1.0
                for k in names
            ),
            default=0.0,
        )
        shown = [
            figure(float(np.sqrt(sum((v**2).sum() for v in own.values()))))
            for own in (one, other)
        ]
        return self._judged(apart, shown[0], shown[1])

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
            _sorted(own, batches, update)
            for own, batches in ((a, self.left), (b, self.right))
        )
        return self._judged(gap(a, b), _some(a), _some(b))

    def _shared(self) -> Shared | None:
        """Return a batch of rows that both sides take, if data differ."""
        case = self.case
        one, other = self.left, self.right
        if same_data(one, other, case.bound) is not False:
            return None
        if one.rows is None or other.rows is None:
            return None
        size = min(max(one.sizes), max(other.sizes))
        theirs = {int(row) for batch in other.rows for row in batch}
        rows = [int(row) for batch in one.rows for row in batch]
        shared = list(dict.fromkeys(r for r in rows if r in theirs))[:size]
        if not shared:
            return None
        x, y = case.problem.x[shared], case.problem.y[shared]
        return Shared(
            (x, _as_seen(x, one.x, other.x)), (y, _as_seen(y, one.y, other.y))
        )


def _as_seen(
    values: np.ndarray, mine: Map | None, its: Map | None
) -> np.ndarray:
    """Return what a side has to be given to see what the other sees."""
    if mine is None or its is None or (its.scale == 0).any():
        return values
    flat = values.reshape(len(values), -1)
    seen = (flat * mine.scale + mine.shift - its.shift) / its.scale
    return np.asarray(seen.reshape(values.shape))


def _sorted(values: np.ndarray, batches: Batches, update: int) -> np.ndarray:
    """Put the rows of a batch in the problem's order."""
    rows = batches.rows[update] if batches.rows is not None else None
    if rows is None or not values.ndim or len(rows) != len(values):
        return values
    return np.asarray(values[np.argsort(rows, kind="stable")])


def _some(values: np.ndarray) -> str:
    """Show the first numbers."""
    flat = np.ravel(values)[:3]
    shown = ", ".join(f"{float(v):.5g}" for v in flat)
    return f"{shown}{', ...' if values.size > 3 else ''}"
