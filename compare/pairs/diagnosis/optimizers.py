"""Tell an optimizer by its updates: gradients in, changes out.

A rule is recognised only if it gives every recorded change from the recorded
gradients. What Keras's own optimizers are is read from their configuration,
and held against the changes like any other rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from compare.pairs.diagnosis.closeness import gap, ratio
from compare.pairs.diagnosis.gradient_change import limit_of
from compare.pairs.diagnosis.optimizer_rules import (
    CLIPS,
    COUPLED,
    NO_FIRST,
    NO_FIRST_BESIDE,
    NO_SECOND,
    RATE_BESIDE,
    Rule,
    directions,
)
from compare.pairs.diagnosis.optimizer_trace import Trace, gap_of
from compare.pairs.diagnosis.steps import Named, Side

BETAS = (
    (0.9, 0.999),
    (0.999, 0.9),
    (0.9, 0.99),
    (0.9, 0.9),
    (0.99, 0.999),
    (0.95, 0.999),
    (0.8, 0.999),
    (0.5, 0.999),
    (0.0, 0.999),
    (0.9, 0.95),
)

LION_BETAS = ((0.9, 0.99), (0.99, 0.9), (0.95, 0.98), (0.9, 0.999), (0.9, 0.9))

EPSILONS = (1e-7, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.0)


def recognise(
    side: Side,
    like: Sequence[Mapping[str, Any]],
    resets: tuple[int, ...],
    rates: Sequence[float],
    bound: float,
) -> Rule | None:
    """Return the rule of a side; None if none gives its changes.

    Args:
        side: its updates.
        like: settings that the other side's optimizer has.
        resets: updates before which a state may have been lost.
        rates: learning rates that it may have, before clipping.
        bound: see `closeness`.
    """
    trace = Trace.of(side)
    if not all(trace.given):
        return None
    changing: Rule | None = None
    for rule in candidates(like):
        for lost in ((), resets) if resets and rule.has_state else ((),):
            found = _held_against(replace(rule, resets=lost), trace, bound)
            if found and found.is_steady:
                return found
            changing = changing or found
    found = _lion(trace, like, bound) or _coupled(trace, like, bound)
    if found:
        return found
    # A clipped norm looks like a rate that changes.
    hints = (*rates, max(changing.rates)) if changing else rates
    return _clipped(trace, hints, bound) or changing


def _lion(
    trace: Trace, like: Sequence[Mapping[str, Any]], bound: float
) -> Rule | None:
    """Recognise Lion, whose updates tell nothing but signs.

    So its betas are believed only if no others that are usual fit as well.
    """
    own = _betas(like)
    swapped = [(two, one) for one, two in own]
    fitting = [
        found
        for one, two in dict.fromkeys((*own, *swapped, *LION_BETAS))
        if (
            found := _held_against(
                Rule("Lion", {"beta_1": one, "beta_2": two}), trace, bound
            )
        )
        and found.is_steady
    ]
    return fitting[0] if len(fitting) == 1 else None


def _coupled(
    trace: Trace, like: Sequence[Mapping[str, Any]], bound: float
) -> Rule | None:
    """Recognise a decay of weights that is added to the gradients."""
    decays = [float(s["weight_decay"]) for s in like if s.get("weight_decay")]
    for decay in dict.fromkeys(d * n for d in decays for n in (1, 2)):
        given = trace.coupled(decay)
        for rule in candidates(like):
            if not rule.has_state:  # then it is any decay
                continue
            found = _held_against(rule, given, bound)
            if found and found.is_steady:
                settings = {**found.settings, COUPLED: decay}
                return replace(found, settings=settings)
    return None


def _betas(like: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Return the betas that the other side's optimizer has."""
    return [
        (float(s["beta_1"]), float(s["beta_2"]))
        for s in like
        if s.get("beta_1") is not None and s.get("beta_2") is not None
    ]


def candidates(like: Sequence[Mapping[str, Any]]) -> Iterator[Rule]:
    """Yield the rules to try, the simplest first."""
    yield Rule("SGD")
    momenta = [float(s["momentum"]) for s in like if s.get("momentum")]
    for mu in dict.fromkeys((*momenta, 0.9, 0.99, 0.95, 0.8, 0.5)):
        yield Rule("SGD", {"momentum": mu})
        yield Rule("SGD", {"momentum": mu, "nesterov": True})
        yield Rule("SGD", {"momentum": mu, "form": "dampened"})
        for ahead in (False, True):
            own = {"momentum": mu, "nesterov": ahead, "form": RATE_BESIDE}
            yield Rule("SGD", own)
    betas = _betas(like)
    epsilons = [float(s["epsilon"]) for s in like if s.get("epsilon")]
    for epsilon in dict.fromkeys((*epsilons, *EPSILONS)):
        for one, two in dict.fromkeys((*betas, *BETAS)):
            own = {"beta_1": one, "beta_2": two, "epsilon": epsilon}
            for form in (
                "",
                "epsilon beside the corrected root",
                "no bias correction",
                NO_FIRST,
                NO_FIRST_BESIDE,
                NO_SECOND,
                "epsilon inside the root",
                "epsilon inside the corrected root",
            ):
                yield Rule("Adam", {**own, "form": form} if form else own)
    for epsilon in dict.fromkeys((*epsilons, *EPSILONS)):
        for rho in (0.9, 0.99, 0.95):
            own = {"rho": rho, "epsilon": epsilon}
            yield Rule("RMSprop", own)
            yield Rule("RMSprop", {**own, "form": "outside"})
        for first in (0.1, 0.0, 1.0):
            own = {"epsilon": epsilon, "initial_accumulator_value": first}
            yield Rule("Adagrad", own)


def _held_against(rule: Rule, trace: Trace, bound: float) -> Rule | None:
    """Solve a rule's rates; return it if it gives every change."""
    first = trace.first()
    own = replace(rule, rates=_rates(rule, first))
    if gap_of(own, first) > bound:
        decay = _decay(own, first, bound)
        if decay is None:
            return None
        settings = {**rule.settings, "weight_decay": decay[0]}
        rates = (decay[1],) * len(trace.given)
        own = replace(rule, settings=settings, rates=rates)
    else:
        steady = replace(rule, rates=own.rates * len(trace.given))
        if gap_of(steady, trace) <= bound:
            own = steady
        else:
            own = replace(rule, rates=_rates(rule, trace))
    apart = gap_of(own, trace)
    return replace(own, gap=apart) if apart <= bound else None


def _rates(rule: Rule, trace: Trace) -> tuple[float, ...]:
    """Solve for the learning rate of every update.

    The changes are in proportion to it, but for what the velocity of
    momentum has kept of earlier ones.
    """
    mu = float(rule.settings.get("momentum", 0.0))
    if not mu or rule.settings.get("form") == RATE_BESIDE:
        return tuple(
            map(_solved, trace.changes, directions(rule, trace.given))
        )
    ahead = bool(rule.settings.get("nesterov"))
    share = 1 - mu if rule.settings.get("form") == "dampened" else 1.0
    share *= 1 + mu if ahead else 1.0
    found: list[float] = []
    velocity: Named = {}
    for update, (given, change) in enumerate(
        zip(trace.given, trace.changes, strict=True)
    ):
        if update in rule.resets:
            velocity = {}
        kept = mu**2 if ahead else mu
        rest = {k: change[k] - kept * velocity.get(k, 0.0) for k in given}
        rate = _solved(rest, {k: -share * g for k, g in given.items()})
        found.append(rate)
        velocity = {
            k: (change[k] + rate * g) / mu if ahead else change[k]
            for k, g in given.items()
        }
    return tuple(found)


def _solved(change: Named, direction: Named) -> float:
    names = [k for k in direction if direction[k].size]
    if not names:
        return 0.0
    a = np.concatenate([np.ravel(change[k]) for k in names])
    b = np.concatenate([np.ravel(direction[k]) for k in names])
    return ratio(a, b) if np.isfinite(b).all() else 0.0


def _decay(
    rule: Rule, first: Trace, bound: float
) -> tuple[float, float] | None:
    """Solve the first change for a decay of weights and the rate together."""
    unit = directions(replace(rule, resets=()), first.given)[0]
    names = list(unit)
    a, d, w = (
        np.concatenate([np.ravel(own[k]) for k in names])
        for own in (first.changes[0], unit, first.weights[0])
    )
    if not np.isfinite(d).all() or not w.any() or len(a) < 4:
        return None
    (rate, share), *_ = np.linalg.lstsq(
        np.stack([d, -w], axis=1), a, rcond=None
    )
    if not rate or share <= 0 or gap(a, rate * d - share * w) > bound:
        return None
    return float(share / rate), float(rate)


def _clipped(
    trace: Trace, rates: Sequence[float], bound: float
) -> Rule | None:
    """Recognise plain descent with one of the clippings."""
    seen = [
        -ratio(c[k], g[k])
        for g, c in zip(trace.given, trace.changes, strict=True)
        for k in g
    ]
    hints = [rate for rate in (*rates, max(seen, default=0.0)) if rate > 0]
    for rate in dict.fromkeys(hints):
        for kind in CLIPS:
            at = max(
                limit_of(kind, {k: c[k] / rate for k in g}, g)
                for g, c in zip(trace.given, trace.changes, strict=True)
            )
            rule = Rule("SGD", {}, kind, at, (rate,) * len(trace.given))
            apart = gap_of(rule, trace) if at else np.inf
            plain = gap_of(replace(rule, clip=""), trace)
            if apart <= bound < plain:
                return replace(rule, gap=apart)
    return None
