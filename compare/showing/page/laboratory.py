"""The laboratory for the learning rate: what was run, and what is said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compare.judging.differences import ulps_apart
from compare.judging.theory import pack
from compare.records.note import marked
from compare.records.rates import RateRun
from compare.records.report import LessonReport
from compare.showing.language import Speaker
from compare.showing.page import scenes

SETTLED = 0.01
"""Share of a direction's way from which it counts as done."""

TEXTS = {
    "rate": marked("learning rate"),
    "end": marked("loss after {updates} updates"),
    "limit": marked("limit {limit}"),
    "chosen": marked(
        "Learning rate {rate}, limit {limit}; after update {update} the loss "
        "is {loss}, w is {w} and b is {b}."
    ),
    "left": marked(
        "After {updates} updates {share} of the avoidable loss is left; the "
        "distance to the minimum went from {first} to {last}."
    ),
    "grown": marked(
        "Too large: after {updates} updates the loss has grown from {first} "
        "to {last}, and the distance to the minimum from {near} to {far}."
    ),
    "endless": marked(
        "At the limit: each update lands as far on the other side of the "
        "valley as it started, without end. After {updates} updates {share} "
        "of the avoidable loss is left."
    ),
    "steep": marked("Steep direction: {does}."),
    "flat": marked("Flat direction: {does}."),
    "level": marked("no slope at all, nothing moves"),
    "slides": marked(
        "each update leaves {factor} of the way, on the same side; a hundredth "
        "is left after {updates} updates"
    ),
    "jumps": marked(
        "each update jumps to the other side and leaves {factor} of the way; "
        "a hundredth is left after {updates} updates; it changed sides "
        "{changes} times in {count} updates"
    ),
    "flies": marked(
        "each update jumps to the other side and lands {factor} times as far "
        "away; it changed sides {changes} times in {count} updates"
    ),
    "lands": marked("one update goes all the way"),
    "equal": marked(
        "All {count} runs by hand in TensorFlow, computed once more by your "
        "browser: every w and b has the same bits, after every update."
    ),
    "differ": marked(
        "The largest difference between the {count} runs by hand in "
        "TensorFlow and what your browser computes is {difference}, relative "
        "to the size of w and b; it is at the learning rate {rate}."
    ),
    "nonsense": marked(
        "“{typed}” is not a learning rate: type a number between {low} and "
        "{high}, such as 0.01 or 1e-3."
    ),
    "outside": marked("↑ {loss} at {rate}"),
    "point": marked("Point {number}"),
    "place": marked("x {x}, y {y}"),
}
"""What the script says; {names} are filled in there."""


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
    factors = [
        1 - run.rate * curvature
        for curvature in (theory.largest_curvature, theory.smallest_curvature)
    ]
    return (
        f"{run.rate:.4g}",
        _number(run.losses[-1], speaker),
        _number(share * 100, speaker) + "%",
        _number(float(distance), speaker),
        *(_direction(factor, speaker) for factor in factors),
    )


def _number(value: float, speaker: Speaker) -> str:
    if not math.isfinite(value):
        return speaker.say("infinite")
    return f"{value:.3g}"


def _direction(factor: float, speaker: Speaker) -> str:
    """Say what an update leaves of the way along one direction."""
    size = abs(factor)
    if size > 1:
        return speaker.say("× {factor}: grows", factor=f"{factor:.4f}")
    if size == 1:
        return speaker.say("× {factor}: for ever", factor=f"{factor:.0f}")
    if size < SETTLED:
        return speaker.say("× {factor}: one update", factor=f"{factor:.4f}")
    return speaker.say(
        "× {factor}: a hundredth after {updates}",
        factor=f"{factor:.4f}" if size < 0.9999 else f"{factor:.7f}",
        updates=f"{math.ceil(math.log(SETTLED) / math.log(size)):,}",
    )


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
