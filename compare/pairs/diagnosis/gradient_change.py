"""Tell what was done to gradients between the tape and the optimizer."""

from __future__ import annotations

from collections.abc import Sequence

from compare.pairs.diagnosis.closeness import named_gap, ratio
from compare.pairs.diagnosis.optimizer_rules import CLIPS, clip, norm
from compare.pairs.diagnosis.steps import Named, Step


def between(steps: Sequence[Step], bound: float) -> tuple[str, float] | None:
    """Tell what was done to gradients before the optimizer got them.

    Args:
        steps: those in which an optimizer was seen.
        bound: see `closeness`.

    Returns:
        "" for nothing, one of `CLIPS` or "scaled"; and its limit or factor,
        one for all steps. None if it is none of these.
    """
    pairs = [
        (given, {k: step.taken[k] for k in given})
        for step in steps
        if (given := step.applied) is not None
        and not set(given) - set(step.taken)
    ]
    if len(pairs) < len(steps):
        return None
    changed = [pair for pair in pairs if named_gap(*pair) > bound]
    if not changed:
        return "", 0.0
    times = _factor(*changed[0])
    scaled = [{k: times * g for k, g in taken.items()} for _, taken in pairs]
    if all(
        named_gap(given, own) <= bound
        for (given, _), own in zip(pairs, scaled, strict=True)
    ):
        whole = abs(times * len(steps[0].update.gradients) - 1) <= bound
        return ("", 0.0) if whole else ("scaled", times)  # a mean of several
    for kind in CLIPS:
        limit = max(limit_of(kind, *pair) for pair in changed)
        if all(
            named_gap(given, clip(kind, limit, taken)) <= bound
            for given, taken in pairs
        ):
            return kind, limit
    return None


def _factor(given: Named, taken: Named) -> float:
    flat = [(given[k], taken[k]) for k in given if taken[k].any()]
    return ratio(*flat[0]) if flat else 0.0


def limit_of(kind: str, given: Named, own: Named) -> float:
    """Return the limit that a clipping of gradients would have had.

    Args:
        kind: one of `CLIPS`.
        given: as they were clipped.
        own: as they were before.
    """
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
