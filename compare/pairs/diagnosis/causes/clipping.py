"""Gradient: clipped or scaled before the update."""

from __future__ import annotations

from collections.abc import Iterator

from compare.pairs.diagnosis.causes.naming import Case, figure
from compare.pairs.diagnosis.causes.rule_cause import rule_causes
from compare.pairs.diagnosis.closeness import named_gap
from compare.pairs.diagnosis.optimizer_rules import UNKNOWN, Rule, clip
from compare.records.diagnosis import Cause
from compare.records.note import Note, note

SAME_LIMIT = 1e-4
"""Up to which clipped gradients are alike: a limit is read from them."""


def clip_causes(case: Case, one: Rule, other: Rule) -> Iterator[Cause]:
    """Yield clipping that only one side does, or at another limit."""
    kinds = (one.clip, other.clip)
    plain = max(
        named_gap(
            clip(one.clip, one.clip_at, step.taken),
            clip(other.clip, other.clip_at, step.taken),
        )
        for side in case.sides
        for step in side.steps
    )
    if UNKNOWN in kinds or plain <= SAME_LIMIT:
        return
    key = (
        "gradient-scaled"
        if "scaled" in kinds
        else "clip-forgotten"
        if "" in kinds
        else "clip-by-value"
        if "clipvalue" in kinds
        else "clip-global"
    )
    side = case.left if not one.clip else case.right
    said = [_clip(rule) for rule in (one, other)]
    yield from rule_causes(
        case,
        "gradient",
        key,
        note(
            "{right} {its} before the update, {left} {mine}.",
            its=said[1],
            mine=said[0],
        ),
        Note("clip the gradients in the same way on both sides."),
        one,
        other,
        plain,
        side,
    )


def _clip(rule: Rule) -> Note:
    texts = {
        "": Note("leaves the gradients as they are"),
        "clipvalue": Note("clips every number of the gradients at {at}"),
        "clipnorm": Note("clips the norm of each gradient at {at}"),
        "global_clipnorm": Note("clips the norm of all gradients at {at}"),
        "scaled": Note("multiplies the gradients by {at}"),
    }
    return texts[rule.clip].given(at=figure(rule.clip_at))
