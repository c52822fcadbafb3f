"""Tell what was done to gradients between the tape and the optimizer."""

from __future__ import annotations

from compare.pairs.diagnosis.closeness import gap, named_gap, ratio
from compare.pairs.diagnosis.optimizer_rules import CLIPS, clip, norm
from compare.pairs.diagnosis.steps import Named, Step


def between(step: Step, bound: float) -> tuple[str, float, float] | None:
    """Tell what was done to gradients before the optimizer got them.

    Returns:
        "" for nothing, one of `CLIPS` or "scaled"; its limit or factor; and
        the gap. None if it is none of these, or no optimizer was seen.
    """
    given, taken = step.applied, step.taken
    if given is None or set(given) - set(taken):
        return None
    own = {k: taken[k] for k in given}
    if named_gap(given, own) <= bound:
        return "", 0.0, named_gap(given, own)
    for kind in CLIPS:
        limit = _limit(kind, given, own)
        apart = named_gap(given, clip(kind, limit, own))
        if apart <= bound:
            return kind, limit, apart
    flat = [(given[k], own[k]) for k in given if own[k].any()]
    times = ratio(*flat[0]) if flat else 0.0
    apart = max((gap(a, times * b) for a, b in flat), default=1.0)
    return ("scaled", times, apart) if apart <= bound else None


def _limit(kind: str, given: Named, own: Named) -> float:
    """Return the limit that a clipping would have had."""
    if kind == "clipvalue":
        return max(float(abs(g).max(initial=0)) for g in given.values())
    if kind == "clipnorm":
        return max(
            (
                norm(g)
                for k, g in given.items()
                if norm(g) < norm(own[k]) * (1 - 1e-6)
            ),
            default=0.0,
        )
    return float(sum(norm(g) ** 2 for g in given.values()) ** 0.5)
