"""The job of one fresh process: compare two anatomies, and name causes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from compare.pairs.diagnosis.anatomy import Anatomy
from compare.pairs.diagnosis.causes.counts import (
    count_causes,
    start_causes,
    state_causes,
)
from compare.pairs.diagnosis.causes.data import data_causes
from compare.pairs.diagnosis.causes.expression import expression_causes
from compare.pairs.diagnosis.causes.gradient import gradient_causes
from compare.pairs.diagnosis.causes.loss import loss_causes
from compare.pairs.diagnosis.causes.loss_factors import FACTORS
from compare.pairs.diagnosis.causes.model import model_causes
from compare.pairs.diagnosis.causes.naming import Case
from compare.pairs.diagnosis.causes.operations import Head
from compare.pairs.diagnosis.causes.rules import rules
from compare.pairs.diagnosis.causes.update import update_causes
from compare.pairs.diagnosis.comparison import Comparison
from compare.pairs.diagnosis.losses import OF_LOGITS
from compare.pairs.diagnosis.rows import Map
from compare.pairs.diagnosis.same_batches import same_data
from compare.pairs.diagnosis.steps import matched
from compare.pairs.in_float64 import make_constants_exact
from compare.records import Dtype
from compare.records.diagnosis import STAGES, Cause, Stage
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.running.processes import Advance
from compare.running.worker import prepare


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
        said: why some stage could not be recomputed.
    """

    stages: tuple[Stage, ...]
    causes: tuple[Cause, ...]
    update: int
    same_start: bool
    data_equal: bool
    shared: Shared | None
    start: dict[int, np.ndarray]
    said: tuple[Note, ...] = ()


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
    prepare(dtype)
    if dtype == "float64":
        make_constants_exact()
    found = matched(left, right, tuple(problem.initial))
    if found is None:
        return None
    return _answer(Comparison(Case(*found, problem)))


def _answer(seen: Comparison) -> Answer:
    """Return stages and causes."""
    case = seen.case
    order = {name: place for place, name in enumerate(STAGES)}
    said: list[Note] = []
    causes = sorted(_causes(seen, said), key=lambda cause: order[cause.stage])
    update = seen.parts_at()
    same_start = not list(start_causes(case))
    one, other = (side.steps[0].before for side in case.sides)
    start = {case.right.numbers[k]: one[k] for k in one if k in other}
    return Answer(
        tuple(seen.stages(causes, update)),
        tuple(causes),
        update,
        same_start,
        same_data(seen.left, seen.right, case.bound) is True,
        _shared(seen),
        {} if same_start else start,
        tuple(said),
    )


def _causes(seen: Comparison, said: list[Note]) -> Iterator[Cause]:
    """Yield the causes of every stage, and say what raised an error."""
    case = seen.case
    model: list[Cause] = []
    gradient: list[Cause] = []
    written: list[Cause] = []

    def in_model() -> Iterator[Cause]:
        if seen.same_behind(0):
            return
        heads = list(_heads(seen)) if seen.same_rows(0) else []
        if seen.same_rows(0) and seen.same("start"):
            written.extend(expression_causes(case, 0, seen.left.ys[0]))
        model.extend(model_causes(case, 0, heads, written))
        yield from model

    def in_loss() -> Iterator[Cause]:
        recognised = list(_loss_causes(seen))
        own = [c for c in written if c.stage == "loss"]
        alone = len(recognised) == 1 and own
        yield from recognised if alone or not written else own

    def in_state() -> Iterator[Cause]:
        flags = any("training-flag" in cause.key for cause in model)
        return state_causes(case, 0, not flags and seen.same("model"))

    def in_gradient() -> Iterator[Cause]:
        same = seen.same("model") and seen.same("loss")
        gradient.extend(gradient_causes(case, 0, same))
        yield from gradient

    def in_update() -> Iterator[Cause]:
        if any(
            c.key == "accumulated-sum" and c.gap is not None for c in gradient
        ):
            return iter(())  # that is why it is longer
        return update_causes(case, *rules(case, seen.epochs))

    stages: list[tuple[str, Callable[[], Iterator[Cause]]]] = [
        ("start", lambda: start_causes(case)),
        ("data", lambda: data_causes(case, seen.left, seen.right)),
        ("model", in_model),
        ("loss", in_loss),
        ("gradient", in_gradient),
        ("update", in_update),
        ("state", in_state),
        (
            "count",
            lambda: count_causes(case, seen.left, seen.right, seen.made),
        ),
    ]
    for stage, found in stages:
        try:
            yield from found()
        except Exception as error:
            said.append(
                note(
                    "the search in the stage {stage} ended early: {kind}.",
                    stage=stage,
                    kind=type(error).__name__,
                )
            )


def _heads(seen: Comparison) -> Iterator[Head]:
    """Yield what each model gives, as Keras shows it or its loss tells."""
    for side, told in zip(seen.case.sides, seen.both, strict=True):
        value = side.steps[0].update.output
        if value is None and told is not None:
            value = told.prediction
        if value is not None:
            either = told is None or told.form.name in OF_LOGITS
            yield Head(value, either, bool(told and told.form.from_logits))


def _loss_causes(seen: Comparison) -> Iterator[Cause]:
    """Yield causes in the losses of the first updates, each one once."""
    parted = {seen.parts_at() - 1} & set(range(3, seen.updates))
    known: set[str] = set()
    for update in [*range(min(seen.updates, 3)), *sorted(parted)]:
        if seen.same_behind(update):
            continue
        same = seen.same_batch(update) is not False
        for cause in loss_causes(seen.case, seen.losses(update), update, same):
            if cause.key in FACTORS and not seen.weights_show(update):
                continue
            kind = FACTORS if cause.key in FACTORS else (cause.key,)
            if known.isdisjoint(kind):
                known.update(kind)
                yield cause


def _shared(seen: Comparison) -> Shared | None:
    """Return a batch of rows that both sides take, if data differ."""
    case = seen.case
    one, other = seen.left, seen.right
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
