"""Recognise the optimizers of both sides."""

from __future__ import annotations

from dataclasses import replace

from compare.pairs.diagnosis.causes.naming import Case
from compare.pairs.diagnosis.gradient_change import between
from compare.pairs.diagnosis.optimizer_again import of_keras
from compare.pairs.diagnosis.optimizer_rules import Rule
from compare.pairs.diagnosis.optimizers import recognise
from compare.pairs.diagnosis.steps import Side


def rules(
    case: Case, epochs: tuple[int | None, int | None]
) -> tuple[Rule | None, Rule | None]:
    """Recognise the optimizers of both sides.

    Args:
        case: the sides.
        epochs: updates per epoch of each, where known.
    """
    found: list[Rule | None] = []
    for side in case.sides:
        rule = of_keras(side, case.bound)
        found.append(rule if rule and rule.gap <= case.bound else None)
    settings = [
        dict(step.optimizer.config)
        for side in case.sides
        for step in side.steps[:1]
        if step.optimizer
    ]
    for number, side in enumerate(case.sides):
        if found[number] is None:
            every = epochs[number] or epochs[1 - number]
            resets = (
                tuple(range(every, len(side.steps), every)) if every else ()
            )
            rates = [r.rates[0] for r in found if r and r.rates]
            rates.append(float(case.problem.hyper.get("learning_rate", 0)))
            found[number] = recognise(
                side, settings, resets, rates, case.bound
            )
    return found[0], found[1]


def with_clip(case: Case, side: Side, rule: Rule | None) -> Rule | None:
    """Add what was done to the gradients before the optimizer got them."""
    if rule is None or rule.clip:
        return rule
    done = [between(step, case.bound) for step in side.steps]
    kinds = [d for d in done if d and d[0]]
    if kinds:
        return replace(rule, clip=kinds[0][0], clip_at=kinds[0][1])
    return rule
