"""Recognise the optimizers of both sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compare.pairs.diagnosis.causes.naming import Case
from compare.pairs.diagnosis.gradient_change import between
from compare.pairs.diagnosis.optimizer_again import of_keras
from compare.pairs.diagnosis.optimizer_rules import UNKNOWN, Rule, norm
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
        rule = of_keras(side)
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
    one, other = (
        _with_clip(case, side, rule)
        for side, rule in zip(case.sides, found, strict=True)
    )
    return (
        _clipped_likewise(case, case.left, one, other),
        _clipped_likewise(case, case.right, other, one),
    )


def _with_clip(case: Case, side: Side, rule: Rule | None) -> Rule | None:
    """Add what was done to the gradients before the optimizer got them."""
    if rule is None or rule.clip:
        return rule
    seen = [step for step in side.steps if step.applied is not None]
    done = between(seen, case.bound)
    if done is None:
        return replace(rule, clip=UNKNOWN)
    return replace(rule, clip=done[0], clip_at=done[1])


def _clipped_likewise(
    case: Case, side: Side, rule: Rule | None, other: Rule | None
) -> Rule | None:
    """Tell a rate that changes from a norm of all gradients that is clipped.

    Plain descent looks the same with either. If the other side clips, that
    one is meant with which more rates are those that the other side has.

    Returns:
        None where neither is.
    """
    if rule is None or other is None or not other.clip_at or rule.clip:
        return rule
    if rule.has_state or rule.is_steady or side.steps[0].applied is not None:
        return rule
    limit = other.clip_at
    lengths = [
        float(np.sqrt(sum(norm(g) ** 2 for g in step.taken.values())))
        for step in side.steps
    ]
    rates = [
        rate * max(length, limit) / limit
        for rate, length in zip(rule.rates, lengths, strict=False)
    ]
    wanted = (*other.rates, float(case.problem.hyper.get("learning_rate", 0)))
    plain, clipped = (
        sum(np.isclose(wanted, rate, rtol=1e-6, atol=0).any() for rate in own)
        for own in (rule.rates, rates)
    )
    if plain == clipped:
        return rule if max(lengths) <= limit else None
    if plain > clipped:
        return rule
    return replace(
        rule, clip="global_clipnorm", clip_at=limit, rates=tuple(rates)
    )
