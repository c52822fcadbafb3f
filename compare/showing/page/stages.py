"""What the page has beyond the telling: code, player, and explorer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compare.judging.differences import ulps_apart
from compare.records.note import marked
from compare.records.report import LessonReport, Report
from compare.showing.language import Speaker
from compare.showing.page import code, quiz, scenes

START = marked("Imports and signature")
"""What stands before the first section of an exhibit."""

RATES = {
    "far too small": marked(
        "Far too small: after {updates} updates more than half of the loss "
        "that can be avoided is left."
    ),
    "slow": marked(
        "Slow: after {updates} updates more than one percent of the loss that "
        "can be avoided is left."
    ),
    "converges": marked(
        "Converges: after {updates} updates less than one percent of the loss "
        "that can be avoided is left."
    ),
    "zigzags": marked(
        "Zigzags: each update jumps over the valley's floor to the other "
        "side; the nearer to the limit, the less it gains."
    ),
    "overshoots": marked(
        "Overshoots: each update lands higher on the other side than it "
        "started; the loss grows without end."
    ),
}

SCRIPT_TEXTS = {
    "play": marked("Play"),
    "pause": marked("Pause"),
    "next": marked("Next step"),
    "copied": marked("Copied"),
    "marked": marked("Selected: copy with Ctrl+C"),
    "update": marked("update"),
    "at": marked("Update {update} of {last}"),
    "loss": marked("loss"),
    "same": marked("0 ULP: the same bits"),
    "apart": marked("{ulps} ULP apart"),
    "kernel": marked("kernel w"),
    "bias": marked("bias b"),
    "true": marked("true value"),
    "predicted": marked("predicted"),
    "class": marked("true class"),
    "probability": marked("probability of the true class"),
    "value": marked("value of the parameter"),
    "rate": marked("learning rate"),
    "end": marked("loss after {updates} updates"),
    "limit": marked("tips over at {limit}"),
    "chosen": marked("Learning rate {rate}, loss {first} → {last}"),
    "infinite": marked("infinite"),
    "cost": marked("time per update"),
    **quiz.TEXTS,
}
"""What the scripts show; {names} are filled in there."""


Context = dict[str, Any] | None
"""What a template gets as `it`; None where it has nothing to show."""


def code_side_by_side(lesson: LessonReport, speaker: Speaker) -> Context:
    """Return both sources by their sections, and what Keras writes there."""
    gettext = speaker.gettext
    return {
        "rows": [
            {
                "title": gettext(row.name or START),
                "lines": row.lines,
                "wrote": [gettext(text) for text in row.wrote],
                "unseen": row.unseen,
            }
            for row in code.rows(lesson.sources, lesson.tensors)
        ],
        "sources": lesson.sources,
    }


def player(lesson: LessonReport, speaker: Speaker) -> Context:
    """Return the frames of the training, to be played through."""
    scene = scenes.learning(lesson)
    return scene and {"scene": scene}


def explorer(lesson: LessonReport, speaker: Speaker) -> Context:
    """Return the learning rates that were tried."""
    scene = scenes.rates(lesson)
    if scene is None:
        return None
    for tried in scene["tried"]:
        updates = len(tried["losses"]["manual"]) - 1
        kind = tried["outcome"]
        tried["kind"] = speaker.gettext(kind)
        tried["words"] = speaker.say(RATES[kind], updates=updates)
    return {
        "scene": scene,
        "count": len(scene["tried"]),
        "limit": f"{scene['limit']:.5g}",
        "curvature": f"{2 / scene['limit']:.4g}",
        "same": _same_rates(lesson, speaker),
    }


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


STAGES = {
    "code": (marked("The code, side by side"), code_side_by_side),
    "learn": (marked("Watch it learn"), player),
    "rates": (marked("Which learning rate?"), explorer),
}
"""Name of a stage and of its template -> its title, and what it shows."""

STUDY_STAGES: dict[str, tuple[str, Callable[[Report, Speaker], Context]]] = {
    "quiz": (marked("Find the bug"), quiz.questions),
    "mistakes": (marked("Classic mistakes"), quiz.catalogue),
}
"""The same for what a report holds beside lessons."""
