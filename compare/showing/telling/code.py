"""What is told of a lesson's code: its size, and the shapes in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from compare.records import MEASURES, SIDES
from compare.records.findings import ROLES, TensorInfo
from compare.records.note import marked
from compare.records.report import LessonReport
from compare.showing.blocks import Bars, Block, Cell, Table
from compare.showing.language import Speaker
from compare.showing.telling.common import size_bars

RANKS = marked(("scalar", "vector", "matrix", "cube"))


def tell_sizes(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Say how much code each side has, by every measure."""
    yield speaker.paragraph(
        "By hand the lesson has {manual} statements, in Keras {keras}.",
        "lead",
        **{side: lesson.sizes[side].statements for side in SIDES},
    )
    rows = []
    for measure, meaning in MEASURES.items():
        sizes = {side: getattr(lesson.sizes[side], measure) for side in SIDES}
        manual, keras = sizes.values()
        ratio = f"{keras / manual:.2f}" if manual else "-"
        rows.append((Cell(speaker.gettext(meaning)), size_bars(sizes), ratio))
    yield Bars(
        speaker.say("measure"),
        speaker.sides,
        tuple(rows),
        note=speaker.say("Keras / by hand"),
        scale="row",
    )
    yield speaker.paragraph(
        "Whole files, without docstrings and comments, in measures that "
        "no formatter can change. They need not agree with each other.",
        "quiet",
    )


def tell_share(counts: dict[str, int], speaker: Speaker) -> str:
    """Say how much of what is written by hand Keras takes over."""
    told = speaker.say(
        "Keras takes over {folded} of {all} statements by hand.",
        folded=counts["folded"],
        all=sum(counts.values()),
    )
    shared = speaker.count(
        "{count} stands in both files (=).",
        "{count} stand in both files (=).",
        counts["shared"],
    )
    kept = speaker.count(
        "{count} stays by hand (✎): the Keras file does it in its own words.",
        "{count} stay by hand (✎): the Keras file does them in its own words.",
        counts["kept"],
    )
    told += f" {shared}" if counts["shared"] else ""
    return told + (f" {kept}" if counts["kept"] else "")


def tell_tensors(lesson: LessonReport, speaker: Speaker) -> Iterator[Block]:
    """Say what shape everything has."""
    if not lesson.tensors:
        return
    by_role = {
        side: {info.role: info for info in infos}
        for side, infos in lesson.tensors.items()
    }
    roles = dict.fromkeys(r for infos in by_role.values() for r in infos)
    rows = []
    for role in roles:
        found = (by_role.get(side, {}).get(role) for side in SIDES)
        shown = (_tensor(info, speaker) for info in found)
        rows.append((tell_role(role, speaker), *shown))
    heads = (speaker.say("value"), *speaker.sides.values())
    title = speaker.say("Shapes, read from a run")
    yield Table(title, heads, tuple(rows))
    yield speaker.paragraph(
        "Read from a run. Rank is the number of axes: 0 scalar, 1 vector, "
        "2 matrix, 3 cube, n: n axes.",
        "quiet",
    )


Shape = tuple[int, ...]


def _shapes(lesson: LessonReport, side: str) -> dict[str, Shape]:
    return {info.role: info.shape for info in lesson.tensors.get(side, ())}


def dense_shapes(lesson: LessonReport) -> list[Shape] | None:
    """Return the shapes of x, kernel, bias and prediction of a Dense layer.

    None where the model is more than such a layer, or where the loop's
    prediction has not one axis less.
    """
    loop = _shapes(lesson, "manual").get("prediction", ())
    keras = _shapes(lesson, "keras")
    x, kernel, bias, dense = (
        keras.get(role, ())
        for role in ("data x", "kernel", "bias", "prediction")
    )
    features = kernel[:1]
    matrix = (*loop, *features)
    if len(loop) != 1 or dense != (*loop, 1) or bias != (1,):
        return None
    if kernel != (*features, 1) or x not in (
        (matrix, loop) if features == (1,) else (matrix,)
    ):
        return None
    return [matrix, kernel, bias, dense]


def say_shapes_apart(
    lesson: LessonReport, speaker: Speaker
) -> dict[str, Any] | None:
    """Say why the predictions of a Dense layer have one axis more.

    None where they have not.
    """
    shapes = dense_shapes(lesson)
    if shapes is None:
        return None
    title = speaker.say(
        "Why does Keras say `{dense}` where the loop says `{loop}`?",
        dense=shapes[-1],
        loop=shapes[-1][:1],
    )
    return {"title": title, "said": list(_why_column(lesson, shapes, speaker))}


def _why_column(
    lesson: LessonReport, shapes: list[Shape], speaker: Speaker
) -> Iterator[str]:
    matrix, kernel, _, dense = shapes
    loop = dense[:1]
    x, y = (_shapes(lesson, "keras").get(r) for r in ("data x", "data y"))
    yield speaker.say(
        "Dense multiplies a matrix of rows and features, `{x}`, by its kernel "
        "of features and units, `{kernel}`, and adds the bias: a prediction "
        "for each row and unit, `{dense}`.",
        x=matrix,
        kernel=kernel,
        dense=dense,
    )
    if x == loop:
        yield speaker.say(
            "`x` was given as `{x}`; the model makes a column of it.", x=x
        )
    if _shapes(lesson, "manual").get("kernel") == ():
        yield speaker.say(
            "The loop multiplies the {count} numbers of `x` by one number and "
            "keeps their shape, `{loop}`.",
            count=loop[0],
            loop=loop,
        )
    if y == loop:
        yield speaker.say(
            "`y` has the shape `{y}`. A plain `y - y_pred` would pair each "
            "with each, `{pairs}`; the loss of Keras brings both to one shape "
            "first.",
            y=y,
            pairs=np.broadcast_shapes(y, dense),
        )


def tell_role(role: str, speaker: Speaker) -> str:
    """Name what a value is."""
    if role.startswith("gradient of "):
        name = role.removeprefix("gradient of ")
        return speaker.say("gradient of {name}", name=name)
    return speaker.gettext(role) if role in ROLES else role


def _tensor(info: TensorInfo | None, speaker: Speaker) -> str:
    """Show rank, shape and dtype."""
    if info is None:
        return "-"
    rank = len(info.shape)
    return speaker.say(
        "rank {rank}, {kind} {shape}, {dtype}",
        rank=rank,
        kind=speaker.gettext(RANKS[rank])
        if rank < len(RANKS)
        else speaker.say("{count} axes", count=rank),
        shape=info.shape,
        dtype=info.dtype,
    )
