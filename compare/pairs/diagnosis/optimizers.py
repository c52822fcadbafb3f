"""Tell an optimizer by its updates: gradients in, changes out.

A rule is recognised only if it gives every recorded change from the recorded
gradients. What Keras's own optimizers are is read from their configuration,
and held against the changes like any other rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from compare.pairs.diagnosis.closeness import gap, ratio
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
EPSILONS = (1e-7, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.0)

CLIPS = ("clipvalue", "clipnorm", "global_clipnorm")

FORMULAS = ("SGD", "Adam", "RMSprop", "Adagrad")

Deltas = list[Named]


@dataclass(frozen=True)
class Rule:
    """How gradients become changes.

    Attributes:
        kind: "SGD", "Adam", "RMSprop", "Adagrad", or Keras's class.
        settings: of it, by Keras's names; "form" where an Adam is no Keras's
            one.
        clip: which of `CLIPS`, or "".
        clip_at: its limit.
        rates: the learning rate of each update.
        resets: updates, from 0, before which its state is lost.
        gap: the largest difference to the recorded changes.
    """

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    clip: str = ""
    clip_at: float = 0.0
    rates: tuple[float, ...] = ()
    resets: tuple[int, ...] = ()
    gap: float = 0.0

    @property
    def has_state(self) -> bool:
        """Whether an update hangs on the ones before it."""
        return self.kind != "SGD" or bool(self.settings.get("momentum"))


# --- The rules


def directions(rule: Rule, gradients: Sequence[Named]) -> Deltas:
    """Return the changes of a rule at a learning rate of 1.

    With momentum and a rate that changes they are not in proportion to it:
    then see `moved`.
    """
    ones = replace(rule, rates=(1.0,) * len(gradients))
    return moved(ones, gradients)


def moved(rule: Rule, gradients: Sequence[Named]) -> Deltas:
    """Return the changes that a rule makes of gradients."""
    state: dict[str, list[Any]] = {}
    found = []
    count = 0
    for update, given in enumerate(gradients):
        if update in rule.resets:
            state, count = {}, 0
        count += 1
        rate = rule.rates[min(update, len(rule.rates) - 1)]
        clipped = clip(rule.clip, rule.clip_at, given)
        found.append(
            {
                name: _one(rule, rate, count, g, state.setdefault(name, []))
                for name, g in clipped.items()
            }
        )
    return found


def clip(kind: str, limit: float, given: Named) -> Named:
    """Clip gradients as Keras does."""
    if kind == "clipvalue":
        return {k: np.clip(g, -limit, limit) for k, g in given.items()}
    if kind == "clipnorm":
        return {k: g * _shrink(limit, norm(g)) for k, g in given.items()}
    if kind == "global_clipnorm":
        whole = float(np.sqrt(sum(norm(g) ** 2 for g in given.values())))
        return {k: g * _shrink(limit, whole) for k, g in given.items()}
    return given


def norm(value: np.ndarray) -> float:
    """Return the Euclidean norm of all numbers."""
    return float(np.sqrt((np.asarray(value, float) ** 2).sum()))


def _shrink(limit: float, length: float) -> float:
    return limit / max(length, limit) if limit else 1.0


def _one(
    rule: Rule, rate: float, count: int, g: np.ndarray, state: list[Any]
) -> np.ndarray:
    own = rule.settings
    if rule.kind == "SGD":
        mu = float(own.get("momentum", 0.0))
        if not mu:
            return -rate * g
        share = 1 - mu if own.get("form") == "dampened" else 1.0
        before = state[0] if state else 0.0
        velocity = mu * before - rate * share * g
        state[:] = [velocity]
        if own.get("nesterov"):
            return np.asarray(mu * velocity - rate * share * g)
        return np.asarray(velocity)
    if rule.kind == "Adam":
        return _adam(own, rate, count, g, state)
    if rule.kind == "RMSprop":
        rho, epsilon = own["rho"], own["epsilon"]
        v = rho * (state[0] if state else 0.0) + (1 - rho) * g * g
        state[:] = [v]
        root = (
            np.sqrt(v) + epsilon
            if own.get("form") == "outside"
            else np.sqrt(v + epsilon)
        )
        return np.asarray(-rate * g / root)
    start = own.get("initial_accumulator_value", 0.1)
    total = (state[0] if state else start) + g * g
    state[:] = [total]
    return np.asarray(-rate * g / np.sqrt(total + own["epsilon"]))


def _adam(
    own: Mapping[str, Any],
    rate: float,
    count: int,
    g: np.ndarray,
    state: list[Any],
) -> np.ndarray:
    one, two, epsilon = own["beta_1"], own["beta_2"], own["epsilon"]
    m, v = state or (0.0, 0.0)
    m = one * m + (1 - one) * g
    v = two * v + (1 - two) * g * g
    state[:] = [m, v]
    form = own.get("form", "")
    with np.errstate(divide="ignore", invalid="ignore"):
        if form == "no bias correction":
            return np.asarray(-rate * m / (np.sqrt(v) + epsilon))
        m_hat, v_hat = m / (1 - one**count), v / (1 - two**count)
        if form == "epsilon beside the corrected root":
            return np.asarray(-rate * m_hat / (np.sqrt(v_hat) + epsilon))
        if form == "epsilon inside the corrected root":
            return np.asarray(-rate * m_hat / np.sqrt(v_hat + epsilon))
        alpha = rate * np.sqrt(1 - two**count) / (1 - one**count)
        if form == "epsilon inside the root":
            return np.asarray(-alpha * m / np.sqrt(v + epsilon))
        return np.asarray(-alpha * m / (np.sqrt(v) + epsilon))


@dataclass(frozen=True)
class Trace:
    """What an optimizer got and did, update by update.

    Attributes:
        given: gradients.
        changes: of the parameters.
        weights: parameters before.
        unit: the last place of a number, relative to it.
    """

    given: Deltas
    changes: Deltas
    weights: Deltas
    unit: float

    @classmethod
    def of(cls, side: Side) -> Trace:
        """Return the trace of a side, of the parameters that it moves."""
        steps = side.steps
        moves = side.moved
        return cls(
            [
                {k: g for k, g in given.items() if k in moves}
                for step in steps
                for given in [step.applied or step.taken]
            ],
            [step.change for step in steps],
            [step.before for step in steps],
            side.unit,
        )

    def first(self) -> Trace:
        """Return the trace of the first update."""
        return Trace(
            self.given[:1], self.changes[:1], self.weights[:1], self.unit
        )

    def gap(self, made: Deltas) -> float:
        """Return the largest gap between changes and the recorded ones.

        It is relative to the largest change of the update; what the last
        place of a parameter hides is no gap.
        """
        largest = 0.0
        for update, own in enumerate(made):
            seen, weights = self.changes[update], self.weights[update]
            size = max(map(_most, seen.values()), default=0.0)
            for name, value in own.items():
                hidden = 4 * self.unit * _most(weights[name])
                apart = _most(value - seen[name]) - hidden
                if not np.isfinite(apart):
                    return np.inf
                if apart > 0:
                    largest = max(largest, apart / size if size else apart)
        return largest


def _most(values: np.ndarray) -> float:
    return float(np.abs(values).max(initial=0.0))


# --- Recognised


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
            if found and _steady(found.rates):
                return found
            changing = changing or found
    # A clipped norm looks like a rate that changes.
    hints = (*rates, max(changing.rates)) if changing else rates
    return _clipped(trace, hints, bound) or changing


def _steady(rates: Sequence[float]) -> bool:
    return all(abs(r - rates[0]) <= 1e-6 * abs(rates[0]) for r in rates)


def candidates(like: Sequence[Mapping[str, Any]]) -> Iterator[Rule]:
    """Yield the rules to try, the simplest first."""
    yield Rule("SGD")
    momenta = [float(s["momentum"]) for s in like if s.get("momentum")]
    for mu in dict.fromkeys((*momenta, 0.9, 0.99, 0.95, 0.8, 0.5)):
        yield Rule("SGD", {"momentum": mu})
        yield Rule("SGD", {"momentum": mu, "nesterov": True})
        yield Rule("SGD", {"momentum": mu, "form": "dampened"})
    betas = [
        (float(s["beta_1"]), float(s["beta_2"]))
        for s in like
        if s.get("beta_1") is not None and s.get("beta_2") is not None
    ]
    epsilons = [float(s["epsilon"]) for s in like if s.get("epsilon")]
    for epsilon in dict.fromkeys((*epsilons, *EPSILONS)):
        for one, two in dict.fromkeys((*betas, *BETAS)):
            own = {"beta_1": one, "beta_2": two, "epsilon": epsilon}
            for form in (
                "",
                "epsilon beside the corrected root",
                "no bias correction",
                "epsilon inside the root",
                "epsilon inside the corrected root",
            ):
                yield Rule("Adam", {**own, "form": form} if form else own)
    for epsilon in dict.fromkeys((*epsilons, *EPSILONS)):
        for rho in (0.9, 0.99, 0.95):
            own = {"rho": rho, "epsilon": epsilon}
            yield Rule("RMSprop", own)
            yield Rule("RMSprop", {**own, "form": "outside"})
        yield Rule("Adagrad", {"epsilon": epsilon})


def _held_against(rule: Rule, trace: Trace, bound: float) -> Rule | None:
    """Solve a rule's rates; return it if it gives every change."""
    first = trace.first()
    own = replace(rule, rates=_rates(rule, first))
    if _apart(own, first) > bound:
        decay = _decay(own, first, bound)
        if decay is None:
            return None
        settings = {**rule.settings, "weight_decay": decay[0]}
        rates = (decay[1],) * len(trace.given)
        own = replace(rule, settings=settings, rates=rates)
    else:
        steady = replace(rule, rates=own.rates * len(trace.given))
        if _apart(steady, trace) <= bound:
            own = steady
        else:
            own = replace(rule, rates=_rates(rule, trace))
    apart = _apart(own, trace)
    return replace(own, gap=apart) if apart <= bound else None


def _rates(rule: Rule, trace: Trace) -> tuple[float, ...]:
    """Solve for the learning rate of every update.

    The changes are in proportion to it, but for the velocity that momentum
    keeps: that is taken from the changes themselves.
    """
    given, changes = trace.given, trace.changes
    mu = float(rule.settings.get("momentum", 0.0))
    if not mu or rule.settings.get("nesterov"):
        unit = directions(rule, given)
        return tuple(map(_solved, changes, unit))
    share = 1 - mu if rule.settings.get("form") == "dampened" else 1.0
    found = []
    for update, (g, c) in enumerate(zip(given, changes, strict=True)):
        kept = mu if update and update not in rule.resets else 0.0
        rest = {
            k: c[k] - (kept * changes[update - 1][k] if kept else 0.0)
            for k in g
        }
        found.append(_solved(rest, {k: -share * v for k, v in g.items()}))
    return tuple(found)


def _solved(change: Named, direction: Named) -> float:
    names = [k for k in direction if direction[k].size]
    if not names:
        return 0.0
    a = np.concatenate([np.ravel(change[k]) for k in names])
    b = np.concatenate([np.ravel(direction[k]) for k in names])
    return ratio(a, b) if np.isfinite(b).all() else 0.0


def _apart(rule: Rule, trace: Trace) -> float:
    """Return the largest gap between a rule's changes and the recorded."""
    made = moved(rule, trace.given)
    decay = float(rule.settings.get("weight_decay") or 0.0)
    if decay:
        made = [
            {k: v - rate * decay * weights[k] for k, v in own.items()}
            for own, rate, weights in zip(
                made, rule.rates, trace.weights, strict=False
            )
        ]
    return trace.gap(made)


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


# --- Plain descent with clipping


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
            at = _limit(kind, trace.given, trace.changes, rate)
            rule = Rule("SGD", {}, kind, at, (rate,) * len(trace.given))
            apart = _apart(rule, trace) if at else np.inf
            plain = _apart(replace(rule, clip=""), trace)
            if apart <= bound < plain:
                return replace(rule, gap=apart)
    return None


def _limit(
    kind: str, given: Sequence[Named], changes: Deltas, rate: float
) -> float:
    """Return the limit at which gradients would have been clipped."""
    lengths = []
    for g, c in zip(given, changes, strict=True):
        made = {k: c[k] / rate for k in g}
        if kind == "clipvalue":
            lengths += [float(np.abs(v).max(initial=0)) for v in made.values()]
        elif kind == "clipnorm":
            lengths += [
                norm(v)
                for k, v in made.items()
                if norm(v) < norm(g[k]) * (1 - 1e-6)
            ]
        else:
            lengths.append(
                norm(np.concatenate([v.ravel() for v in made.values()]))
            )
    return max(lengths, default=0.0)


def apart_from(side: Side, rule: Rule) -> float:
    """Return how far a side's changes are from those of any rule.

    Keras's own optimizers are run again where there is no formula here.
    """
    if rule.kind in FORMULAS and not rule.settings.get("amsgrad"):
        return _apart(rule, Trace.of(side))
    import keras

    kind = getattr(keras.optimizers, rule.kind, None)
    if kind is None:
        return np.inf
    config = {k: v for k, v in rule.settings.items() if k != "form"}
    if rule.clip in CLIPS:
        config[rule.clip] = rule.clip_at
    return _again(kind, config, rule.rates, rule.resets, side)


def of_keras(side: Side, bound: float) -> Rule | None:
    """Return the rule of a side's Keras optimizer, if it gives its changes.

    Its own class is run again on the recorded gradients, with the recorded
    rates; a new object begins with no state.
    """
    import keras

    first = side.steps[0].optimizer if side.steps else None
    if first is None or any(step.optimizer is None for step in side.steps):
        return None
    kind = getattr(keras.optimizers, first.kind, None)
    if kind is None:
        return None
    resets = tuple(
        update
        for update in range(1, len(side.steps))
        if side.steps[update].optimizer.number  # type: ignore[union-attr]
        != side.steps[update - 1].optimizer.number  # type: ignore[union-attr]
    )
    rates = tuple(s.optimizer.learning_rate for s in side.steps)  # type: ignore[union-attr]
    config = dict(first.config)
    clips = [name for name in CLIPS if config.get(name) is not None]
    return Rule(
        kind="Adam" if first.kind == "AdamW" else first.kind,
        settings={
            k: v
            for k, v in config.items()
            if k not in (*CLIPS, "name", "learning_rate") and v is not None
        },
        clip=clips[0] if clips else "",
        clip_at=float(config[clips[0]]) if clips else 0.0,
        rates=rates,
        resets=resets,
        gap=_again(kind, config, rates, resets, side),
    )


def _again(
    kind: Any,
    config: dict[str, Any],
    rates: Sequence[float],
    resets: Sequence[int],
    side: Side,
) -> float:
    """Run a Keras optimizer again; return the gap to what was recorded."""
    import keras

    config = {**config, "learning_rate": float(rates[0])}
    optimizer: Any = None
    trace = Trace.of(side)
    names = list(trace.given[0])
    variables: list[Any] = []
    made = []
    for update, given in enumerate(trace.given):
        before = trace.weights[update]
        if optimizer is None or update in resets:
            optimizer = kind.from_config(config)
            variables = [keras.Variable(before[k]) for k in names]
        if set(names) != set(given):
            return np.inf
        optimizer.learning_rate = float(rates[update])
        for variable, name in zip(variables, names, strict=True):
            variable.assign(before[name])
        optimizer.apply([given[k] for k in names], variables)
        made.append(
            {
                k: np.array(v) - before[k]
                for k, v in zip(names, variables, strict=True)
            }
        )
    return trace.gap(made)
