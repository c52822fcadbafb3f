"""What an optimizer got and did, and how far a rule is from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from compare.pairs.diagnosis.optimizer_rules import (
    COUPLED,
    Deltas,
    Rule,
    moved,
)
from compare.pairs.diagnosis.steps import Side

Slices = Mapping[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Trace:
    """What an optimizer got and did, update by update.

    Attributes:
        given: gradients.
        changes: of the parameters.
        weights: parameters before.
        unit: the last place of a number, relative to it.
        slices: of the gradients that were given as rows, see `Applied`.
    """

    given: Deltas
    changes: Deltas
    weights: Deltas
    unit: float
    slices: Sequence[Slices] = ()

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
            [
                {
                    k: step.optimizer.slices[n]
                    for k, n in side.numbers.items()
                    if step.optimizer and n in step.optimizer.slices
                }
                for step in steps
            ],
        )

    def first(self) -> Trace:
        """Return the trace of the first update."""
        return Trace(
            self.given[:1],
            self.changes[:1],
            self.weights[:1],
            self.unit,
            self.slices[:1],
        )

    def coupled(self, decay: float) -> Trace:
        """Return the trace with a share of the parameters in gradients."""
        given = [
            {k: g + decay * weights[k] for k, g in own.items()}
            for own, weights in zip(self.given, self.weights, strict=True)
        ]
        return replace(self, given=given)

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


def gap_of(rule: Rule, trace: Trace) -> float:
    """Return the largest gap between a rule's changes and the recorded."""
    coupled = float(rule.settings.get(COUPLED) or 0.0)
    made = moved(
        rule, trace.coupled(coupled).given if coupled else trace.given
    )
    decay = float(rule.settings.get("weight_decay") or 0.0)
    if decay:
        made = [
            {k: v - rate * decay * weights[k] for k, v in own.items()}
            for own, rate, weights in zip(
                made, rule.rates, trace.weights, strict=False
            )
        ]
    return trace.gap(made)
