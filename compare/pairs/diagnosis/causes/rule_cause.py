"""What the causes in optimizers share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compare.pairs.diagnosis.causes.naming import Case, cause, place_of_update
from compare.pairs.diagnosis.closeness import BETTER
from compare.pairs.diagnosis.optimizer_again import apart_from
from compare.pairs.diagnosis.optimizer_rules import Rule
from compare.pairs.diagnosis.steps import Side
from compare.records.diagnosis import Cause, StageName
from compare.records.note import Note


def rule_causes(
    case: Case,
    stage: StageName,
    key: str,
    title: Note,
    cure: Note,
    one: Rule,
    other: Rule,
    plain: float,
    side: Side | None = None,
) -> Iterator[Cause]:
    """Yield a cause in the optimizers, if it changes what was recorded."""
    side = side or case.right
    rule = other if side is case.right else one
    if plain <= BETTER * rule.gap:
        return
    yield cause(
        case,
        stage,
        side,
        key,
        title,
        cure,
        rule.gap,
        plain,
        place=place_of_update(side),
        updates=len(side.steps),
    )


def gap_to_rule(side: Side, rule: Rule) -> float:
    """Return how far a side's changes are from those of another rule."""
    return min(apart_from(side, rule), 1.0)


def nearly_equal(one: Any, other: Any) -> bool:
    """Whether two settings are the same number, or the same."""
    try:
        return bool(
            abs(float(one or 0) - float(other or 0))
            <= 1e-6 * max(abs(float(one or 0)), abs(float(other or 0)))
        )
    except (TypeError, ValueError):
        return bool(one == other)
