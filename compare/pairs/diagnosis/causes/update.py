"""Update: another optimizer, rate, momentum, clipping, decay, lost state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from compare.pairs.diagnosis.causes.gradient import between
from compare.pairs.diagnosis.causes.naming import Case, cause, figure
from compare.pairs.diagnosis.optimizers import (
    Rule,
    apart_from,
    of_keras,
    recognise,
)
from compare.pairs.diagnosis.steps import Side
from compare.records import Note, note
from compare.records.diagnosis import Cause

DEFAULTS: Mapping[str, Any] = {
    "momentum": 0.0,
    "nesterov": False,
    "form": "",
    "weight_decay": 0.0,
    "amsgrad": False,
    "centered": False,
    "use_ema": False,
    "gradient_accumulation_steps": None,
}
"""What a setting is where it is not said."""

IGNORED = ("loss_scale_factor", "ema_momentum", "ema_overwrite_frequency")

KEYS = {
    "momentum": "momentum",
    "nesterov": "nesterov",
    "beta_1": "betas",
    "beta_2": "betas",
    "epsilon": "other-epsilon",
    "weight_decay": "weight-decay",
}
FORMS = {
    "no bias correction": "no-bias-correction",
    "dampened": "dampened-momentum",
}

SAME_RATE = 1e-6


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


def update_causes(
    case: Case, one: Rule | None, other: Rule | None
) -> Iterator[Cause]:
    """Yield what differs in the optimizers of both sides."""
    if one is None or other is None:
        return
    if one.kind != other.kind:
        yield _said(
            case,
            "update",
            "optimizer",
            note(
                "{right} trains with {other}, {left} with {one}.",
                right=case.right.name,
                left=case.left.name,
                other=_named(other),
                one=_named(one),
            ),
            Note("use the same optimizer on both sides."),
            one,
            other,
            _instead(case.right, replace(one, rates=other.rates)),
        )
        yield from _clips(case, one, other)
        return
    yield from _settings(case, one, other)
    yield from _clips(case, one, other)
    yield from _rates(case, one, other)
    yield from _resets(case, one, other)


def _named(rule: Rule) -> str:
    if rule.kind == "SGD" and rule.settings.get("momentum"):
        return f"SGD, momentum {figure(float(rule.settings['momentum']))},"
    return rule.kind


def _said(
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


def _instead(side: Side, rule: Rule) -> float:
    """Return how far a side's changes are from those of another rule."""
    apart = apart_from(side, rule)
    return min(apart, 1.0) if np.isfinite(apart) else 1.0


def _settings(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    names = [
        name
        for name in {**one.settings, **other.settings}
        if name not in IGNORED
    ]
    for name in names:
        default = DEFAULTS.get(name)
        mine = one.settings.get(name, default)
        its = other.settings.get(name, default)
        missing = name not in DEFAULTS and (
            name not in one.settings or name not in other.settings
        )
        if missing or _equal(mine, its):
            continue
        form = name == "form"
        side = case.right
        if mine not in (default, None) and its in (default, None):
            side = case.right
        values = {
            "right": case.right.name,
            "left": case.left.name,
            "name": name,
            "its": _value(its),
            "mine": _value(mine),
            "kind": one.kind,
        }
        title = (
            Note(
                "{right} trains with {kind}, {its}; {left} with {kind}, "
                "{mine}.",
                values,
            )
            if form
            else Note(
                "{right}'s {kind} has {name}={its}, {left}'s {name}={mine}.",
                values,
            )
        )
        key = (
            FORMS.get(
                str(its) or str(mine), FORMS.get(str(mine), "epsilon-outside")
            )
            if form
            else KEYS.get(name, name)
        )
        settings = dict(other.settings)
        settings[name] = mine
        yield _said(
            case,
            "update",
            key,
            title,
            note("use the same {name} on both sides.", name=name),
            one,
            other,
            _instead(case.right, replace(other, settings=settings)),
            side,
        )


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(
            abs(float(one or 0) - float(other or 0))
            <= 1e-6 * max(abs(float(one or 0)), abs(float(other or 0)))
        )
    except (TypeError, ValueError):
        return bool(one == other)


def _value(value: Any) -> str:
    if value == "":
        return "as in Keras"
    if isinstance(value, bool) or value is None:
        return str(value)
    return (
        figure(float(value)) if isinstance(value, int | float) else str(value)
    )


def _clips(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    if one.clip == other.clip and _equal(
        float(f"{one.clip_at:.5g}"), float(f"{other.clip_at:.5g}")
    ):
        return
    said = [_clip(rule) for rule in (one, other)]
    side = case.right if other.clip else case.left
    key = (
        "gradient-scaled"
        if "scaled" in (one.clip, other.clip)
        else "clip-forgotten"
        if not (one.clip and other.clip)
        else "clip-by-value"
        if "clipvalue" in (one.clip, other.clip)
        else "clip-global"
    )
    if not one.clip or not other.clip:
        side = case.left if not one.clip else case.right
    yield _said(
        case,
        "gradient",
        key,
        note(
            "{right} {its} before the update, {left} {mine}.",
            right=case.right.name,
            left=case.left.name,
            its=said[1],
            mine=said[0],
        ),
        Note("clip the gradients in the same way on both sides."),
        one,
        other,
        1.0,
        side,
    )


def _clip(rule: Rule) -> Note:
    texts = {
        "": "leaves the gradients as they are",
        "clipvalue": "clips every number of the gradients at {at}",
        "clipnorm": "clips the norm of each gradient at {at}",
        "global_clipnorm": "clips the norm of all gradients at {at}",
        "scaled": "multiplies the gradients by {at}",
    }
    return note(texts[rule.clip], at=figure(rule.clip_at))


def _rates(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    pairs = list(zip(one.rates, other.rates, strict=False))
    differ = [
        update
        for update, (a, b) in enumerate(pairs)
        if abs(a - b) > SAME_RATE * max(abs(a), abs(b))
    ]
    if not differ:
        return
    first = differ[0]
    mine, its = pairs[first]
    steady = [_steady(rule.rates) for rule in (one, other)]
    values = {
        "right": case.right.name,
        "left": case.left.name,
        "its": figure(its),
        "mine": figure(mine),
        "update": f"{first + 1:,}",
    }
    side = case.right
    wanted = float(case.problem.hyper.get("learning_rate", 0.0))
    if _equal(its, wanted) and not _equal(mine, wanted):
        side = case.left
    if all(steady):
        key = "wrong-sign" if its * mine < 0 else "learning-rate"
        title = Note(
            "{right} has the learning rate {its}, {left} {mine}.", values
        )
        mu = float(one.settings.get("momentum") or 0.0)
        if mu and min(_off(its / mine, mu), _off(mine / its, mu)) < 1e-6:
            key = "dampened-momentum"
            title = Note(
                "{right} has the learning rate {its}, {left} {mine}: 1 - "
                "momentum is between them, as in a running mean of "
                "gradients.",
                values,
            )
    else:
        key = "schedule"
        title = Note(
            "the learning rate changes on the way: at update {update} {right} "
            "has {its}, {left} {mine}.",
            values,
        )
    yield _said(
        case,
        "update",
        key,
        title,
        Note("use the same learning rate on both sides."),
        one,
        other,
        _instead(case.right, replace(other, rates=one.rates or (0.0,))),
        side,
    )


def _off(times: float, mu: float) -> float:
    """Return how far a ratio of rates is from 1 - momentum."""
    return abs(times / (1 - mu) - 1)


def _steady(rates: tuple[float, ...]) -> bool:
    return all(_equal(rate, rates[0]) for rate in rates)


def _resets(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    for side, rule, its in (
        (case.left, one, other),
        (case.right, other, one),
    ):
        if not rule.resets or its.resets == rule.resets or not rule.has_state:
            continue
        yield _said(
            case,
            "state",
            "state-lost",
            note(
                "{side} starts with a new optimizer at update {update}, which "
                "has lost its state; {other} keeps one.",
                side=side.name,
                other=case.other(side).name,
                update=f"{rule.resets[0] + 1:,}",
            ),
            Note("make the optimizer once, before the loop."),
            one,
            other,
            1.0,
            side,
        )
