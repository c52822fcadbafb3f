"""What each feature costs by hand and in Keras: the ladder of lessons.

A lesson adds one feature to the lesson that it is built on, so the difference
of their sizes is what the feature costs on that side.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Callable
from dataclasses import astuple
from operator import add, sub

from compare.judging.codesize import measure
from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.problems import LESSONS
from compare.records import SIDES, Side
from compare.records.findings import CodeSize
from compare.records.ladder import Ladder, Rung
from compare.records.note import Note
from compare.records.report import Environment

FIRST = "linear_regression"
BASE = "minibatch"
BUILT_ON = {
    "fused_steps": FIRST,
    BASE: FIRST,
    "weighted": "classification",
    "two_heads": "classification",
    "convolution": "classification",
    "fine_tuning": "classification",
}
"""Lesson -> the simpler one that it adds to, where that is not the base."""

ALL_AT_ONCE = "full_loop"

IN_ALL_AT_ONCE = (
    "minibatch",
    "adam",
    "lr_schedule",
    "regularization",
    "early_stopping",
    "dropout_mlp",
)
"""The features that full_loop has at once, these and no other."""


def ladder() -> Ladder:
    """Measure every lesson; nothing is run."""
    sizes: dict[str, dict[Side, CodeSize]] = {
        lesson: {s: measure(source_of(exhibit(s, lesson))) for s in SIDES}
        for lesson in LESSONS
    }
    running = sizes[FIRST]
    rungs = []
    for lesson in LESSONS:
        if lesson in (FIRST, ALL_AT_ONCE):
            continue
        base = BUILT_ON.get(lesson, BASE)
        added = {
            side: _combined(sub, sizes[lesson][side], sizes[base][side])
            for side in SIDES
        }
        counted = lesson in IN_ALL_AT_ONCE
        if counted:
            running = {
                side: _combined(add, running[side], added[side])
                for side in SIDES
            }
        rungs.append(
            Rung(lesson, base, sizes[lesson], added, counted, running)
        )
    return Ladder(sizes[FIRST], tuple(rungs), sizes[ALL_AT_ONCE])


def whether_it_grows(ladder: Ladder) -> Note:
    """Say whether Keras's advantage grows with the features, in figures.

    It grows if by every measure of volume the code in Keras is a smaller
    part of that by hand in the lesson with all features than in the first.
    """
    values: dict[str, str] = {}
    falls = []
    for name in ("statements", "tokens", "nodes"):
        small, large = (
            getattr(sizes["keras"], name) / getattr(sizes["manual"], name)
            for sizes in (ladder.first, ladder.whole)
        )
        values |= {name: f"{small:.2f}", f"all_{name}": f"{large:.2f}"}
        falls.append(large < small)
    if all(falls):
        return Note(
            "Does the advantage grow with the features? Yes: of the code by "
            "hand Keras needs {statements} of the statements, {tokens} of the "
            "words and signs and {nodes} of the nodes in the first lesson, "
            "and {all_statements}, {all_tokens} and {all_nodes} with all "
            "features at once.",
            values,
        )
    return Note(
        "Does the advantage grow with the features? Not by every measure: of "
        "the code by hand Keras needs {statements} of the statements, "
        "{tokens} of the words and signs and {nodes} of the nodes in the "
        "first lesson, and {all_statements}, {all_tokens} and {all_nodes} "
        "with all features at once.",
        values,
    )


def by_size(
    ladder: Ladder, measure: str = "statements"
) -> list[tuple[str, dict[Side, int]]]:
    """Return every lesson with its sizes, the shortest by hand first."""
    sizes = {
        FIRST: ladder.first,
        **{rung.lesson: rung.sizes for rung in ladder.rungs},
        ALL_AT_ONCE: ladder.whole,
    }
    measured = [
        (lesson, {side: int(getattr(size[side], measure)) for side in SIDES})
        for lesson, size in sizes.items()
    ]
    return sorted(measured, key=lambda item: item[1]["manual"])


def from_short_to_long(ladder: Ladder, measure: str) -> Note:
    """Say how the share that Keras needs falls with the size by hand."""
    lessons = by_size(ladder, measure)
    half = len(lessons) // 2
    short, long = (
        sum(sizes["keras"] for _, sizes in part)
        / max(sum(sizes["manual"] for _, sizes in part), 1)
        for part in (lessons[:half], lessons[-half:])
    )
    last, sizes = lessons[-1]
    values = {
        "short": f"{short:.2f}",
        "long": f"{long:.2f}",
        "lesson": last,
        "manual": f"{sizes['manual']:,}",
        "keras": f"{sizes['keras']:,}",
    }
    if long < short:
        return Note(
            "The longer a lesson is by hand, the smaller is the part of it "
            "that Keras needs: {short} in the shorter half of the lessons, "
            "{long} in the longer one. The longest, `{lesson}`, has {manual} "
            "by hand and {keras} in Keras.",
            values,
        )
    return Note(
        "The part that Keras needs does not fall with the length by hand: it "
        "is {short} in the shorter half of the lessons and {long} in the "
        "longer one. The longest, `{lesson}`, has {manual} by hand and "
        "{keras} in Keras.",
        values,
    )


def installed() -> Environment:
    """Describe what is installed here; nothing is imported or run."""
    version = importlib.metadata.version
    return Environment(
        python=platform.python_version(),
        tensorflow=version("tensorflow"),
        keras=version("keras"),
        numpy=version("numpy"),
        system=f"{platform.system()} {platform.machine()}",
        cpus=os.cpu_count() or 1,
        devices=(),
        import_seconds=0.0,
        import_bytes=0,
    )


def _combined(
    combine: Callable[[int, int], int], left: CodeSize, right: CodeSize
) -> CodeSize:
    """Add or subtract sizes, measure by measure; results may be below 0."""
    return CodeSize(*map(combine, astuple(left), astuple(right)))
