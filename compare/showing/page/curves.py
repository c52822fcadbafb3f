"""The loss with a mistake and without it, as paths that need no script."""

from __future__ import annotations

import math
from typing import Any

from compare.records import SIDES
from compare.records.mistakes import LossCurve, MistakeReport
from compare.showing.formats import number
from compare.showing.language import Speaker

WIDE = 30
"""Largest loss over the smallest, from which on a scale is logarithmic."""


def drawing(report: MistakeReport, speaker: Speaker) -> dict[str, Any] | None:
    """Return both curves in percent of their box, or None without any."""
    question = report.question
    assert question is not None
    wrong, right = question.wrong, question.right
    by_side = {
        side: wrong if side == report.mistake.side else right for side in SIDES
    }
    curves = {side: c for side, c in by_side.items() if c and c.updates}
    losses = [v for c in curves.values() for v in c.losses if math.isfinite(v)]
    if not losses:
        return None
    low, high = min(losses), max(losses)
    last = max(max(curve.updates) for curve in curves.values())
    logarithmic = low > 0 and high / low > WIDE
    what = speaker.heads("as it should be", "with the mistake")
    return {
        "paths": {
            side: _path(curve, last, low, high, logarithmic)
            for side, curve in curves.items()
        },
        "names": {
            side: f"{speaker.side(side)} · {what[side == report.mistake.side]}"
            for side in curves
        },
        "low": number(low),
        "high": number(high),
        "last": f"{last:,}",
        "logarithmic": logarithmic,
        "said": _said(report, speaker),
    }


def _path(
    curve: LossCurve, last: int, low: float, high: float, logarithmic: bool
) -> str:
    """Join places in percent with lines; a loss that has none is a gap."""
    turned = math.log if logarithmic else float
    bottom, room = turned(low), turned(high) - turned(low) or 1
    path, pen = "", "M"
    for update, loss in zip(curve.updates, curve.losses, strict=False):
        if not math.isfinite(loss) or (logarithmic and loss <= 0):
            pen = "M"
            continue
        part = (turned(loss) - bottom) / room
        path += f"{pen}{100 * update / (last or 1):.2f},{100 * (1 - part):.2f}"
        pen = "L"
    return path


def _said(report: MistakeReport, speaker: Speaker) -> str:
    """Say what the curves show."""
    question = report.question
    assert question is not None
    wrong, right = question.wrong, question.right
    if report.raised:
        return speaker.say(
            "The training with the mistake stops in update {update} with "
            "{error}: it has no curve.",
            update=f"{report.raised.updates + 1:,}",
            error=report.raised.error,
        )
    curves = [c for c in (wrong, right) if c and c.updates and c.losses]
    if not wrong or not right or len(curves) < 2:
        return speaker.say("One of both trainings has no curve.")
    if wrong == right:
        return speaker.say(
            "Both losses are the same after every update: the curve does not "
            "show this mistake."
        )
    broken = [
        update
        for update, loss in zip(wrong.updates, wrong.losses, strict=False)
        if not math.isfinite(loss)
    ]
    if broken:
        return speaker.say(
            "With the mistake the loss is no finite number from update "
            "{update} on.",
            update=f"{broken[0]:,}",
        )
    return speaker.say(
        "With the mistake the loss is {wrong} after {updates} updates; as it "
        "should be, {right} after {others}.",
        wrong=number(wrong.losses[-1]),
        updates=f"{wrong.updates[-1]:,}",
        right=number(right.losses[-1]),
        others=f"{right.updates[-1]:,}",
    )
