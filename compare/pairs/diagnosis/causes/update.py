"""Update: another optimizer, rate, momentum, clipping, decay, lost state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from compare.pairs.diagnosis.causes.clipping import clip_causes
from compare.pairs.diagnosis.causes.naming import Case, figure
from compare.pairs.diagnosis.causes.rates import rate_causes, reset_causes
from compare.pairs.diagnosis.causes.rule_cause import (
    gap_to_rule,
    nearly_equal,
    rule_causes,
)
from compare.pairs.diagnosis.optimizer_rules import (
    COUPLED,
    NO_FIRST,
    NO_FIRST_BESIDE,
    NO_SECOND,
    RATE_BESIDE,
    Rule,
)
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

DEFAULTS: Mapping[str, Any] = {
    "momentum": 0.0,
    "nesterov": False,
    "form": "",
    "weight_decay": 0.0,
    COUPLED: 0.0,
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
    COUPLED: "coupled-decay",
}

FORMS = {
    "no bias correction": "no-bias-correction",
    NO_FIRST: "no-bias-correction",
    NO_FIRST_BESIDE: "no-bias-correction",
    NO_SECOND: "no-bias-correction",
    "dampened": "dampened-momentum",
    RATE_BESIDE: "rate-beside-velocity",
}


def update_causes(
    case: Case, one: Rule | None, other: Rule | None
) -> Iterator[Cause]:
    """Yield what differs in the optimizers of both sides."""
    if one is None or other is None:
        return
    if one.kind != other.kind:
        yield from rule_causes(
            case,
            "update",
            "optimizer",
            note(
                "{right} trains with {other}, {left} with {one}.",
                other=_named(other),
                one=_named(one),
            ),
            Note("use the same optimizer on both sides."),
            one,
            other,
            gap_to_rule(case.right, replace(one, rates=other.rates)),
        )
        yield from clip_causes(case, one, other)
        return
    yield from _settings(case, one, other)
    yield from clip_causes(case, one, other)
    yield from rate_causes(case, one, other)
    yield from reset_causes(case, one, other)


def _named(rule: Rule) -> str:
    if rule.kind == "SGD" and rule.settings.get("momentum"):
        return f"SGD, momentum {figure(float(rule.settings['momentum']))},"
    return rule.kind


def _coupled(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    """Yield a decay that one side adds to gradients, the other does not."""
    for side, rule, its in ((case.left, one, other), (case.right, other, one)):
        decay = rule.settings.get(COUPLED)
        if not decay or its.settings.get(COUPLED):
            continue
        if not its.settings.get("weight_decay"):
            continue
        settings = {k: v for k, v in rule.settings.items() if k != COUPLED}
        settings["weight_decay"] = its.settings["weight_decay"]
        yield from rule_causes(
            case,
            "update",
            "coupled-decay",
            note(
                "{side} adds {mine} times the weights to the gradients, "
                "{other} takes the decay {its} off the weights beside the "
                "update (as AdamW does).",
                mine=_value(decay),
                its=_value(its.settings["weight_decay"]),
            ),
            Note("let the weights decay beside the update on both sides."),
            one,
            other,
            gap_to_rule(side, replace(rule, settings=settings)),
            side,
        )


def _settings(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    coupled = list(_coupled(case, one, other))
    yield from coupled
    for name in {**one.settings, **other.settings}:
        if coupled and name in (COUPLED, "weight_decay"):
            continue
        default = DEFAULTS.get(name)
        mine = one.settings.get(name, default)
        its = other.settings.get(name, default)
        known = name in one.settings and name in other.settings
        if name in IGNORED or not (known or name in DEFAULTS):
            continue
        if nearly_equal(mine, its):
            continue
        title = (
            Note(
                "{right} trains with {kind}, {its}; {left} with {kind}, "
                "{mine}."
            )
            if name == "form"
            else Note(
                "{right}'s {kind} has {name}={its}, {left}'s {name}={mine}."
            )
        )
        settings = {**other.settings, name: mine}
        yield from rule_causes(
            case,
            "update",
            _key(name, mine, its),
            title.given(
                name=name, its=_value(its), mine=_value(mine), kind=one.kind
            ),
            note("use the same {name} on both sides.", name=name),
            one,
            other,
            gap_to_rule(case.right, replace(other, settings=settings)),
        )


def _key(name: str, mine: Any, its: Any) -> str:
    if name != "form":
        return KEYS.get(name, name)
    known = [FORMS[form] for form in (its, mine) if form in FORMS]
    return known[0] if known else "epsilon-outside"


def _value(value: Any) -> str:
    if value == "":
        return "as in Keras"
    if isinstance(value, bool) or value is None:
        return str(value)
    return (
        figure(float(value)) if isinstance(value, int | float) else str(value)
    )
