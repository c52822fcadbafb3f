"""The loss with a mistake and without it, as paths that need no script."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from compare.records import SIDES, Side
from compare.records.mistakes import LossCurve, MistakeReport
from compare.showing.language import Speaker

WIDE = 30
"""Largest loss over the smallest, from which on a scale is logarithmic."""


def drawing(report: MistakeReport, speaker: Speaker) -> dict[str, Any] | None:
    """Return both curves in percent of their box, or None without any."""
    question = report.question
    assert question is not None
    wrong, right = question.wrong, question.right
    by_side: dict[Side, LossCurve | None] = {
        side: wrong if side == report.mistake.side else right for side in SIDES
    }
    curves = {
        side: curve
        for side, curve in by_side.items()
        if curve and curve.updates
    }
    losses = [v for c in curves.values() for v in c.losses if math.isfinite(v)]
    if not losses:
        return None
    low, high = min(losses), max(losses)
    last = max(max(curve.updates) for curve in curves.values())
    logarithmic = low > 0 and high / low > WIDE
    return {
        "paths": {
            side: _path(_points(curve, last, low, high, logarithmic))
            for side, curve in curves.items()
        },
        "names": {
            side: speaker.side(side)
            + " · "
            + (
                speaker.say("with the mistake")
                if side == report.mistake.side
                else speaker.say("as it should be")
            )
            for side in curves
        },
        "low": number(low),
        "high": number(high),
        "last": f"{last:,}",
        "logarithmic": logarithmic,
        "said": _said(report, speaker),
    }


def _points(
    curve: LossCurve, last: int, low: float, high: float, logarithmic: bool
) -> Iterable[tuple[float, float] | None]:
    """Yield places in percent; None where a loss cannot be drawn."""
    turned = math.log if logarithmic else float
    bottom, room = turned(low), turned(high) - turned(low) or 1
    for update, loss in zip(curve.updates, curve.losses, strict=False):
        if not math.isfinite(loss) or (logarithmic and loss <= 0):
            yield None
        else:
            part = (turned(loss) - bottom) / room
            yield 100 * update / (last or 1), 100 * (1 - part)


def _path(points: Iterable[tuple[float, float] | None]) -> str:
    """Join points with lines, but for gaps."""
    path, pen = "", "M"
    for point in points:
        if point is None:
            pen = "M"
        else:
            path += f"{pen}{point[0]:.2f},{point[1]:.2f}"
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


def number(value: float) -> str:
    """Show three digits, ten to a power where it is far out."""
    text = f"{value:.3g}"
    if "e" not in text:
        return text
    digits, power = text.split("e")
    raised = str(int(power)).translate(
        str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    )
    return f"{digits}·10{raised}"
