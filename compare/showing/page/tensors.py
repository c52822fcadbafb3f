"""The chapter on tensors: what each axis is, drawn with the run's shapes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from markupsafe import Markup

from compare.records import SIDES
from compare.records.findings import ROLES, TensorInfo
from compare.records.note import marked
from compare.records.report import LessonReport, first_pair
from compare.showing.language import Speaker
from compare.showing.telling.code import (
    RANKS,
    dense_shapes,
    say_shapes_apart,
    tell_role,
    tell_tensors,
)

EVERYDAY = (
    ((), marked("A temperature: one number.")),
    ((6,), marked("A day's temperatures, or a row of a table.")),
    ((4, 6), marked("A table, or a grey picture: rows and columns.")),
    ((3, 4, 6), marked("A grey film: one picture behind the other.")),
    ((2, 3, 4, 6), marked("Several films: film, picture, row, column.")),
)
"""A shape of each rank, and what has it."""

MOST = (2, 3, 5, 8)
"""Cubes, sheets, rows and columns that are drawn at the most."""

MOST_PARAMETERS = 6
CELL, HIGH, DEPTH, GAP = 15, 19, 7, 16
"""Pixels: a cell, one with a number, from sheet to sheet, between cubes."""


def chapter(lesson: LessonReport, speaker: Speaker) -> dict[str, Any] | None:
    """Return the ranks, this run's tensors, and why their shapes differ."""
    if not lesson.tensors:
        return None
    kinds = [*map(speaker.gettext, RANKS), speaker.say("n axes")]
    return {
        "ranks": [
            {
                "kind": kind,
                "rank": len(shape),
                "shape": str(shape),
                "example": speaker.gettext(example),
                "drawing": drawn(shape),
            }
            for kind, (shape, example) in zip(kinds, EVERYDAY, strict=True)
        ],
        "run": list(_of_run(lesson, speaker)),
        "more": _more(lesson, speaker),
        "why": say_shapes_apart(lesson, speaker),
        "product": _product(lesson),
        "table": tuple(tell_tensors(lesson, speaker)),
    }


def _roles(lesson: LessonReport) -> list[str]:
    """Return what is not a gradient of a parameter of the same shape."""
    named = dict.fromkeys(
        info.role
        for infos in lesson.tensors.values()
        for info in infos
        if not info.role.startswith("gradient of ")
    )
    return sorted(named, key=lambda role: role not in ROLES)


def _of_run(
    lesson: LessonReport, speaker: Speaker
) -> Iterator[dict[str, Any]]:
    """Yield what is drawn of this run: each value, on both sides."""
    numbers = _numbers(lesson)
    for role in _roles(lesson)[: len(ROLES) + MOST_PARAMETERS]:
        sides = {}
        for side in SIDES:
            info = _info(lesson, side, role)
            if info:
                sides[side] = {
                    "shape": str(info.shape),
                    "drawing": drawn(info.shape, numbers.get(role)),
                    "axes": _axes(lesson, info, speaker),
                }
        yield {"name": tell_role(role, speaker), "sides": sides}


def _info(lesson: LessonReport, side: str, role: str) -> TensorInfo | None:
    infos = lesson.tensors.get(side, ())
    return next((info for info in infos if info.role == role), None)


def _axes(lesson: LessonReport, info: TensorInfo, speaker: Speaker) -> str:
    """Say what the first axis counts, where it is known."""
    rows, rest = info.shape[:1], info.shape[1:]
    if info.role not in ROLES[:3] or rows != (lesson.batch_size,) or not rest:
        return ""
    return speaker.say("{count} rows of {shape}", count=rows[0], shape=rest)


def _more(lesson: LessonReport, speaker: Speaker) -> list[str]:
    """Say what is not drawn."""
    said = []
    left = len(_roles(lesson)) - len(ROLES) - MOST_PARAMETERS
    if left > 0:
        said.append(
            speaker.count(
                "{count} more parameter is in the table.",
                "{count} more parameters are in the table.",
                left,
            )
        )
    pairs = [
        (_info(lesson, side, info.role.removeprefix("gradient of ")), info)
        for side, infos in lesson.tensors.items()
        for info in infos
        if info.role.startswith("gradient of ")
    ]
    if pairs and all(of and of.shape == info.shape for of, info in pairs):
        said.append(
            speaker.say("Each gradient has the shape of its parameter.")
        )
    return said


def _numbers(lesson: LessonReport) -> dict[str, np.ndarray]:
    """Return the values at the start that the report holds whole."""
    found: dict[str, np.ndarray] = {}
    points, runs = lesson.points, first_pair(lesson.trajectories)
    if points and len(points.x) == lesson.rows == lesson.batch_size:
        found |= {"data x": points.x, "data y": points.y}
    if runs:
        found |= {n: path[0] for n, path in runs[0].parameters.items()}
        found["loss"] = runs[0].losses[0]
    return found


PRODUCT = ("data x", "kernel", "bias")
"""What a Dense layer makes its prediction of."""


def _product(lesson: LessonReport) -> list[tuple[str, Markup, str]]:
    """Return the matrix product of a Dense layer: signs, drawings, shapes."""
    shapes = dense_shapes(lesson)
    if shapes is None:
        return []
    known = _numbers(lesson)
    whole = [
        np.reshape(known[role], shape)
        for role, shape in zip(PRODUCT, shapes, strict=False)
        if role in known and np.size(known[role]) == math.prod(shape)
    ]
    numbers: list[np.ndarray | None] = [None] * len(shapes)
    if len(whole) == len(PRODUCT):
        x, kernel, bias = whole
        numbers = [*whole, x @ kernel + bias]
    return [
        (sign, drawn(shape, number), str(shape))
        for sign, shape, number in zip(
            ("", "·", "+", "="), shapes, numbers, strict=True
        )
    ]


def drawn(shape: tuple[int, ...], numbers: np.ndarray | None = None) -> Markup:
    """Draw a tensor: cells in rows and columns, sheets, and cubes.

    Args:
        shape: of more than four axes the last four are drawn.
        numbers: its values, to be written into the cells if there is room.
    """
    sizes = (*(1,) * (4 - len(shape)), *shape[-4:])
    cubes, sheets, rows, columns = map(min, sizes, MOST)
    texts = _texts(sizes, numbers)
    wide = max([CELL, *(7 * len(text) + 8 for text in texts)])
    high = HIGH if texts else CELL
    depth = DEPTH * (sheets - 1)
    width, height = columns * wide, rows * high
    parts = []
    for cube in range(cubes):
        for sheet in reversed(range(sheets)):
            x = cube * (width + depth + GAP) + sheet * DEPTH
            y = depth - sheet * DEPTH
            parts.append(_grid(x, y, rows, columns, wide, high))
    for n, text in enumerate(texts):
        row, column = divmod(n, columns)
        parts.append(_text((column + 0.5) * wide, row * high + 13, text))
    right = cubes * (width + depth + GAP) - GAP
    more = [size > most for size, most in zip(sizes, MOST, strict=True)]
    if more[0] or more[3]:
        parts.append(_text(right + 10, depth + height / 2, "…", "more"))
    if more[1]:
        parts.append(_text(right + 8, 4, "…", "more"))
    if more[2]:
        parts.append(_text(width / 2, depth + height + 15, "⋮", "more"))
    w, h = right + (18 if any(more) else 0), depth + height + 18 * more[2]
    return Markup(
        f'<svg class="tensor" viewBox="-1 -1 {w + 2} {h + 2}" '
        f'width="{w + 2}" height="{h + 2}" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def _grid(
    x: int, y: int, rows: int, columns: int, wide: int, high: int
) -> str:
    if not rows * columns:
        return ""
    width, height = columns * wide, rows * high
    down = (f"M{x + n * wide} {y}v{height}" for n in range(1, columns))
    across = (f"M{x} {y + n * high}h{width}" for n in range(1, rows))
    around = f"M{x} {y}h{width}v{height}h-{width}z"
    return f'<path d="{around}{"".join(down)}{"".join(across)}"/>'


def _texts(sizes: tuple[int, ...], numbers: np.ndarray | None) -> list[str]:
    """Return what is written into the cells; nothing where it is too much."""
    shown = tuple(map(min, sizes, MOST))
    if numbers is None or sizes != shown or sizes[:2] != (1, 1):
        return []
    flat = np.ravel(numbers)
    if flat.size != math.prod(sizes):
        return []
    return [f"{value:.3g}" for value in flat]


def _text(x: float, y: float, text: str, kind: str = "value") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{text}</text>'
