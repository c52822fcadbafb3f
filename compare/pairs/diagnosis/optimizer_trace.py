"""What an optimizer got and did, and how far a rule is from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compare.pairs.diagnosis.optimizer_rules import Deltas, Rule, moved
from compare.pairs.diagnosis.steps import Side


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


def gap_of(rule: Rule, trace: Trace) -> float:
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
