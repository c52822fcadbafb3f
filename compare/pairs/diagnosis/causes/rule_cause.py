"""What the causes in optimizers share."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.pairs.diagnosis.causes.naming import Case, cause
from compare.pairs.diagnosis.optimizer_again import apart_from
from compare.pairs.diagnosis.optimizer_rules import Rule
from compare.pairs.diagnosis.steps import Side
from compare.records.diagnosis import Cause
from compare.records.note import Note


def rule_cause(
    case: Case,
    stage: Any,
    key: str,
    title: Note,
    cure: Note,
    one: Rule,
    other: Rule,
    plain: float,
    side: Side | None = None,
) -> Cause:
    """Return a cause in the optimizers."""
    side = side or case.right
    rule = other if side is case.right else one
    optimizer = side.steps[0].optimizer
    return cause(
        stage,
        side,
        key,
        title,
        cure,
        rule.gap,
        plain,
        place=optimizer.place if optimizer else side.steps[0].gradient.place,
        updates=len(side.steps),
    )


def gap_to_rule(side: Side, rule: Rule) -> float:
    """Return how far a side's changes are from those of another rule."""
    apart = apart_from(side, rule)
    return min(apart, 1.0) if np.isfinite(apart) else 1.0


def nearly_equal(one: Any, other: Any) -> bool:
    """Whether two settings are the same number, or the same."""
    try:
        return bool(
            abs(float(one or 0) - float(other or 0))
            <= 1e-6 * max(abs(float(one or 0)), abs(float(other or 0)))
        )
    except (TypeError, ValueError):
        return bool(one == other)
