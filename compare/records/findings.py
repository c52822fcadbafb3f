"""The records of what is found out about a lesson beside its runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compare.records.note import Note


@dataclass(frozen=True)
class Theory:
    """What linear algebra says about a linear least-squares problem.

    Attributes:
        closed_form: parameter name -> the minimiser of the mean squared
            error (normal equations, float64).
        smallest_curvature, largest_curvature: extreme eigenvalues of the
            Hessian of the mean squared error.
        largest_learning_rate: 2 / largest_curvature; gradient descent on
            all rows overshoots beyond it. None where training is not plain
            gradient descent, so that nothing is predicted.
        updates_within_1_percent: full-batch updates until the distance to
            the closed form is 1 % of its length; None if that never happens
            or is not predicted.
    """

    closed_form: dict[str, np.ndarray]
    smallest_curvature: float
    largest_curvature: float
    largest_learning_rate: float | None
    updates_within_1_percent: int | None


@dataclass(frozen=True)
class Convergence:
    """The same exhibits trained on all rows at once until they settle.

    Attributes:
        updates: number of full-batch updates.
        distance: side -> dtype -> largest absolute distance to the closed
            form after the last update.
        bound: what the float64 distance may be at the most.
        reached: whether both float64 distances are within the bound.
        why: what was found, or why nothing was run, without a full stop.
    """

    updates: int
    distance: dict[str, dict[str, float]]
    bound: float
    reached: bool
    why: Note


@dataclass(frozen=True)
class CodeSize:
    """Size of one source file; `compare.judging.codesize` measures it."""

    statements: int
    tokens: int
    nodes: int
    gzip_bytes: int
    names: int
    branches: int
    cognitive_complexity: int


ROLES = ("data x", "data y", "prediction", "loss")
"""Of values that are no parameters and no gradients, in order."""


@dataclass(frozen=True)
class TensorInfo:
    """Shape and dtype of one value, read from a run.

    Attributes:
        role: one of `ROLES`, a parameter's name, or "gradient of" it.
        name: what the code that was running calls it.
        shape: its axes' lengths.
        dtype: for example "float32".
    """

    role: str
    name: str
    shape: tuple[int, ...]
    dtype: str
