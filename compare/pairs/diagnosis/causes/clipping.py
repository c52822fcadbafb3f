"""Gradient: clipped or scaled before the update."""

from __future__ import annotations

from collections.abc import Iterator

from compare.pairs.diagnosis.causes.naming import Case, figure
from compare.pairs.diagnosis.causes.rule_cause import nearly_equal, rule_cause
from compare.pairs.diagnosis.optimizer_rules import Rule
from compare.records.diagnosis import Cause
from compare.records.note import Note, note


def clip_causes(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    """Yield clipping that only one side does, or at another limit."""
    if one.clip == other.clip and nearly_equal(
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
    yield rule_cause(
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
