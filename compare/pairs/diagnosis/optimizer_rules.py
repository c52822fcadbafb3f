"""Rules of optimizers: gradients in, changes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from compare.pairs.diagnosis.steps import Named

CLIPS = ("clipvalue", "clipnorm", "global_clipnorm")

UNKNOWN = "unknown"
"""What was done to gradients where it is none of `CLIPS`."""

FORMULAS = ("SGD", "Adam", "RMSprop", "Adagrad", "Lion")

NO_FIRST = "no bias correction of the first moment"
NO_FIRST_BESIDE = f"{NO_FIRST}, epsilon beside the corrected root"
RATE_BESIDE = "the learning rate times the whole velocity"
"""As PyTorch has it: it shows only where the rate changes."""

NO_SECOND = "no bias correction of the second moment"

COUPLED = "decay in the gradient"
"""Setting of weight decay that is added to the gradients."""

Deltas = list[Named]


@dataclass(frozen=True)
class Rule:
    """How gradients become changes.

    Attributes:
        kind: one of `FORMULAS`, or Keras's class.
        settings: of it, by Keras's names; "form" where an Adam is no Keras's
            one.
        clip: which of `CLIPS`, "scaled", `UNKNOWN`, or "".
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
    def is_steady(self) -> bool:
        """Whether the learning rate never changes."""
        first = self.rates[0] if self.rates else 0.0
        return all(abs(r - first) <= 1e-6 * abs(first) for r in self.rates)

    @property
    def has_state(self) -> bool:
        """Whether an update hangs on the ones before it."""
        return self.kind != "SGD" or bool(self.settings.get("momentum"))


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
        done = rule.clip if rule.clip in CLIPS else ""
        clipped = clip(done, rule.clip_at, given)
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
    if kind == "scaled":
        return {k: g * limit for k, g in given.items()}
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
        form = own.get("form")
        beside = rate if form == RATE_BESIDE else 1.0
        share = 1 - mu if form == "dampened" else 1.0
        step = -share * g if form == RATE_BESIDE else -rate * share * g
        velocity = mu * (state[0] if state else 0.0) + step
        state[:] = [velocity]
        made = mu * velocity + step if own.get("nesterov") else velocity
        return np.asarray(beside * made)
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
    if rule.kind == "Lion":
        one, two = own["beta_1"], own["beta_2"]
        m = state[0] if state else 0.0
        state[:] = [two * m + (1 - two) * g]
        return np.asarray(-rate * np.sign(one * m + (1 - one) * g))
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
        if form == NO_FIRST:
            alpha = rate * np.sqrt(1 - two**count)
            return np.asarray(-alpha * m / (np.sqrt(v) + epsilon))
        if form == NO_FIRST_BESIDE:
            return np.asarray(-rate * m / (np.sqrt(v_hat) + epsilon))
        if form == NO_SECOND:
            return np.asarray(-rate * m_hat / (np.sqrt(v) + epsilon))
        if form == "epsilon beside the corrected root":
            return np.asarray(-rate * m_hat / (np.sqrt(v_hat) + epsilon))
        if form == "epsilon inside the corrected root":
            return np.asarray(-rate * m_hat / np.sqrt(v_hat + epsilon))
        alpha = rate * np.sqrt(1 - two**count) / (1 - one**count)
        if form == "epsilon inside the root":
            return np.asarray(-alpha * m / np.sqrt(v + epsilon))
        return np.asarray(-alpha * m / (np.sqrt(v) + epsilon))
