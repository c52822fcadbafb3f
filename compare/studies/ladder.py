"""What each feature costs by hand and in Keras: the ladder of lessons.

A lesson adds one feature to the lesson that it is built on, so the difference
of their sizes is what the feature costs on that side.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from dataclasses import fields

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
ON_FIRST = ("fused_steps", BASE)
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
        lesson: {side: _size(side, lesson) for side in SIDES}
        for lesson in LESSONS
    }
    running = sizes[FIRST]
    rungs = []
    for lesson in LESSONS:
        if lesson in (FIRST, ALL_AT_ONCE):
            continue
        base = FIRST if lesson in ON_FIRST else BASE
        added = {
            side: subtract(sizes[lesson][side], sizes[base][side])
            for side in SIDES
        }
        counted = lesson in IN_ALL_AT_ONCE
        if counted:
            running = {
                side: add((running[side], added[side])) for side in SIDES
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


def add(sizes: Sequence[CodeSize]) -> CodeSize:
    """Add sizes, measure by measure."""
    return CodeSize(
        **{
            field.name: sum(getattr(size, field.name) for size in sizes)
            for field in fields(CodeSize)
        }
    )


def subtract(left: CodeSize, right: CodeSize) -> CodeSize:
    """Subtract sizes, measure by measure; results may be below 0."""
    return CodeSize(
        **{
            field.name: getattr(left, field.name) - getattr(right, field.name)
            for field in fields(CodeSize)
        }
    )


def _size(side: Side, lesson: str) -> CodeSize:
    return measure(source_of(exhibit(side, lesson)))
