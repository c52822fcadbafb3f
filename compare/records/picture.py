"""The records of a picture of what a lesson is about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Images:
    """Matrices, each drawn as an image; the larger a number, the darker.

    Attributes:
        title: what they show.
        values: shape (images, rows, columns), finite.
        captions: one for each image, or none.
        rows, columns: names of the axes' places, or none.
        down, across: what the axes are.
    """

    title: str
    values: np.ndarray
    captions: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    down: str = ""
    across: str = ""


@dataclass(frozen=True)
class Curve:
    """A line, or dots, under a name.

    Attributes:
        points: shape (points, 2).
        dots: whether each point stands alone.
    """

    name: str
    points: np.ndarray
    dots: bool = False


@dataclass(frozen=True)
class Curves:
    """Curves over one pair of axes, which are named across and up."""

    title: str
    across: str
    up: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Picture:
    """What was learnt, as one side learnt it.

    Attributes:
        texts: title and text that was written.
    """

    images: tuple[Images, ...] = ()
    curves: tuple[Curves, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
