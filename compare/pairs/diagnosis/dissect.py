"""The job of one fresh process: run a side eagerly, and watch its updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import GeneratorType
from typing import Any

import numpy as np

from compare.pairs import in_float64, keras_watch
from compare.pairs.diagnosis.anatomy import Anatomy, Values
from compare.pairs.diagnosis.watching import Stages
from compare.pairs.sides import (
    Reference,
    Returned,
    items_of,
    load,
    read,
)
from compare.records import Dtype
from compare.records.problem import Problem
from compare.running.modes import turned
from compare.running.processes import Advance, RunError
from compare.running.watch import inner_variables
from compare.running.worker import call, prepare, prepare_user_side

SECONDS = 4.0
"""After so much work a training is ended, if enough of it was seen.

Work, not time: what is found must not depend on what else a machine does.
"""


@dataclass(frozen=True)
class Plan:
    """How a side is to be run.

    Attributes:
        least: updates that are wanted.
        start: values for its variables, by the order in which they are made.
        fit: arguments of its calls of fit, see `keras_watch.watch_fit`.
    """

    least: int = 3
    start: Values = field(default_factory=dict)
    fit: Mapping[str, Any] = field(default_factory=dict)


def dissect(
    reference: Reference,
    name: str,
    problem: Problem,
    dtype: Dtype,
    plan: Plan,
    advance: Advance,
) -> Anatomy:
    """Run a side here, and keep what passes in every update.

    Args:
        reference: see `sides.reference_of`.
        name: the side's, for people.
        problem: what it trains; its arrays are float64.
        dtype: of this run.
        plan: see `Plan`.
        advance: told nothing; a run is short.

    Raises:
        Exception: whatever the side raised before its first update ended.
    """
    prepare_user_side(problem)
    prepare(dtype)
    side = load(reference)
    if dtype == "float64":
        in_float64.train_in_float64(side)
    else:
        problem = problem.astype(dtype)
    stages = Stages(SECONDS, plan.least, plan.start)
    returned: Any = None
    with (
        turned("eager"),
        stages.watching(),
        keras_watch.watch_fit(plan.fit) as fits,
    ):
        returned = call(side, problem, "eager", lambda update, values: None)
        if isinstance(returned, GeneratorType):
            returned = list(returned)[-1]
    final = _read(returned)
    return Anatomy(
        side=name,
        names=tuple(
            stages.paths.get(i, v.name) for i, v in enumerate(stages.variables)
        ),
        keys=_keys(stages, returned, final) if final else {},
        returned=final,
        updates=tuple(stages.updates),
        fits=tuple(fits),
        places=stages.places,
        frozen=frozenset(stages.frozen),
        stalled=stages.stalled,
    )


def _read(returned: Any) -> Returned | None:
    try:
        return None if returned is None else read(returned)
    except RunError:  # the check has said so
        return None


def _keys(stages: Stages, returned: Any, final: Returned) -> dict[str, int]:
    """Tell which variable each parameter is: by itself, else by its end."""
    ends = stages.copies()
    found: dict[str, int] = {}
    for key, item in zip(final.values, items_of(returned), strict=True):
        number = next(
            (
                n
                for held in inner_variables(item)
                if (n := stages.number(held)) is not None
            ),
            None,
        )
        if number is None:
            number = _ending_at(final.values[key], ends, found.values())
        if number is not None:
            found[key] = number
    return found


def _ending_at(
    value: np.ndarray, ends: Values, taken: Sequence[int] | Any
) -> int | None:
    """Return the first variable with this end that is not taken."""
    for number, end in ends.items():
        if (
            number not in taken
            and end.size == value.size
            and np.array_equal(end.ravel(), value.ravel())
        ):
            return number
    return None
