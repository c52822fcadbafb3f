"""The laboratory for the learning rate: what was run, and what is said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compare.judging.differences import ulps_apart
from compare.judging.theory import pack
from compare.records.rates import RateRun
from compare.records.report import LessonReport
from compare.showing.formats import number
from compare.showing.language import Speaker
from compare.showing.page import scenes

SETTLED = 0.01
"""Share of a direction's way from which it counts as done."""

EDGE = 1e-6
"""A factor that is so near -1 neither falls nor grows: it is float32."""


def laboratory(
    lesson: LessonReport, speaker: Speaker
) -> dict[str, Any] | None:
    """Return the learning rates that were tried, and a table of them."""
    scene = scenes.rates(lesson)
    if scene is None:
        return None
    return {
        "scene": scene,
        "count": len(scene["tried"]),
        "updates": scene["updates"],
        "same": _same_rates(lesson, speaker),
        "rows": [
            _row(lesson, manual, speaker) for manual, _ in lesson.rate_pairs
        ],
    }


def _row(
    lesson: LessonReport, run: RateRun, speaker: Speaker
) -> tuple[str, ...]:
    """Tell one rate: what is left of loss and way, and each direction."""
    theory, points = lesson.theory, lesson.points
    assert theory is not None and points is not None
    least, target = points.least_loss or 0.0, pack(theory.closed_form)
    ends = [
        pack({n: run.parameters[n][row] for n in ("kernel", "bias")})
        for row in (0, -1)
    ]
    with np.errstate(over="ignore", invalid="ignore"):
        share = (run.losses[-1] - least) / (run.losses[0] - least)
        distance = np.linalg.norm(ends[-1] - target)
    curvatures = theory.largest_curvature, theory.smallest_curvature
    return (
        _number(run.rate, speaker),
        _number(run.losses[-1], speaker),
        _number(share * 100, speaker) + "%",
        _number(float(distance), speaker),
        *(
            told
            for curvature in curvatures
            for told in _direction(1 - run.rate * curvature, speaker)
        ),
    )


def _number(value: float, speaker: Speaker) -> str:
    return number(value) if math.isfinite(value) else speaker.say("infinite")


def _direction(factor: float, speaker: Speaker) -> tuple[str, str]:
    """Say what an update leaves of a direction's way, and when it is done."""
    size = abs(factor)
    shown = f"{factor:.7f}" if 0.9999 <= size <= 1.0001 else f"{factor:.4f}"
    shown = shown.rstrip("0").rstrip(".").replace("-", "−")
    if size >= 1 - EDGE and factor < 0:
        return shown, speaker.say("never")
    if size < SETTLED:
        return shown, "1"
    if factor == 1:
        return "1", speaker.say("never")
    return shown, f"{math.ceil(math.log(SETTLED) / math.log(size)):,}"


def _same_rates(lesson: LessonReport, speaker: Speaker) -> str:
    """Say at how many rates the bits are the same, and how far others part."""
    same = [keras.same_bits for _, keras in lesson.rate_pairs]
    if all(same):
        return speaker.say("At every rate both sides have the same bits.")
    apart = [
        int(ulps_apart(values, keras.parameters[name]).max())
        for manual, keras in lesson.rate_pairs
        for name, values in manual.parameters.items()
        if manual.outcome != "overshoots"
    ]
    return speaker.say(
        "At {same} of {count} rates both sides have the same bits after every "
        "update. At the others sums are rounded in another order: where "
        "training converges they are at most {ulps} ULP apart; where it "
        "overshoots, that grows too.",
        same=sum(same),
        count=len(same),
        ulps=f"{max(apart, default=0):,}",
    )
