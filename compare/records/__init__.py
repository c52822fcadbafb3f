"""The records of the harness, and its one error.

Every record is a frozen dataclass; `json_form` writes and reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from compare.records.diagnosis import Diagnosis
from compare.records.note import Note as Note
from compare.records.note import note as note

SCHEMA_VERSION = 2

Mode = Literal["eager", "graph", "xla"]
MODES: tuple[Mode, ...] = ("eager", "graph", "xla")

Dtype = Literal["float32", "float64"]
DTYPES: tuple[Dtype, Dtype] = ("float32", "float64")

Outcome = Literal[
    "identical", "same mathematics", "different", "could not run"
]

Side = Literal["manual", "keras"]
SIDES: tuple[Side, Side] = ("manual", "keras")

LANGUAGES = ("en", "ko")
"""Of what is shown; texts are written in the first."""


class UsageError(Exception):
    """What the user asked for cannot be done; the message says what to do."""


@dataclass(frozen=True)
class Trajectory:
    """One training run: every parameter after every update.

    Attributes:
        side: which implementation ran, for people: "manual", "keras".
        mode: how one update ran.
        dtype: "float32" or "float64".
        parameters: name -> array of shape (updates + 1, *parameter shape);
            row 0 holds the initial values.
        results: what the exhibit returned, by name: the final parameters
            and any other value, such as a validation loss per epoch.
        losses: float64, shape (updates + 1,): the loss on all rows,
            computed by the harness from the parameters; empty where it is
            not known how.
        seconds_per_update: median time of an update while recording; a guide
            for the timer, not a measurement.
        recorded: int, shape (rows,): the update that each row was taken
            after, where not every update was seen; else None.
    """

    side: str
    mode: Mode
    dtype: str
    parameters: dict[str, np.ndarray]
    results: dict[str, np.ndarray]
    losses: np.ndarray
    seconds_per_update: float
    recorded: np.ndarray | None = None

    @property
    def rows(self) -> int:
        """How many states were recorded, the initial one included."""
        return min(len(values) for values in self.parameters.values())

    def update_of(self, row: int) -> int:
        """Return the number of the update that a row was taken after."""
        return row if self.recorded is None else int(self.recorded[row])

    def seen_before(self, update: int) -> int:
        """Return the last update before this one that was recorded."""
        return max(
            (
                self.update_of(row)
                for row in range(self.rows)
                if self.update_of(row) < update
            ),
            default=0,
        )

    @property
    def updates(self) -> int:
        """How many updates were made."""
        return self.update_of(self.rows - 1)

    @property
    def first_non_finite(self) -> int | None:
        """The first update after which a parameter is not finite, or None.

        A result that is not finite counts as after the last update.
        """
        finite = np.ones(self.rows, dtype=bool)
        for values in self.parameters.values():
            finite &= np.isfinite(values.reshape(len(values), -1)).all(axis=1)
        for values in self.results.values():
            finite[-1] &= np.isfinite(values).all()
        row = int(np.argmin(finite))
        return None if finite.all() else self.update_of(row)


@dataclass(frozen=True)
class Failure:
    """A run that gave no trajectory.

    Attributes:
        reason: one sentence without a final full stop.
        details: the end of what the process printed, or "".
    """

    side: str
    mode: Mode
    dtype: str
    reason: str
    details: str = ""


@dataclass(frozen=True)
class Divergence:
    """The first place where two trajectories part.

    Attributes:
        step: the update after which the values differ first; 0 means that
            the initial values differ already.
        parameter: its name, or the name of a result.
        index: position inside the parameter, () for a scalar.
        left, right: the two values.
        difference: right - left.
    """

    step: int
    parameter: str
    index: tuple[int, ...]
    left: float
    right: float
    difference: float


@dataclass(frozen=True)
class Verdict:
    """Whether two runs are the same training.

    Attributes:
        outcome: see "Verdicts" in the README.
        why: the clauses of one sentence without a full stop.
        updates: number of updates of each side; 0 where it did not run.
        divergence: the first difference: for "different" the first that is
            not rounding where that can be told, else the first in any bit.
        largest_difference: largest absolute float32 difference.
        largest_ulps: the same in units in the last place of float32.
        float64_difference: absolute difference of the float64 runs, where it
            is largest against its bound; None where no proof was needed.
        float64_bound: what that difference may be at the most.
        float32_bound: what could not be seen, in code for float32 only.
        diagnosis: why a pair of the user's is different; else None.
    """

    mode: Mode
    outcome: Outcome
    why: tuple[Note, ...]
    updates: tuple[int, int] = (0, 0)
    divergence: Divergence | None = None
    largest_difference: float | None = None
    largest_ulps: int | None = None
    float64_difference: float | None = None
    float64_bound: float | None = None
    float32_bound: float | None = None
    diagnosis: Diagnosis | None = None

    @property
    def reason(self) -> str:
        """Why, in English."""
        return "; ".join(map(str, self.why))

    def explain(self) -> str:
        """Say in plain text what was found, and why."""
        lines = [f"{self.outcome}: {self.reason}."]
        if self.diagnosis:
            lines += self.diagnosis.sentences()
        return "\n".join(lines)

    @property
    def agree(self) -> bool:
        """Whether the two sides are the same training."""
        return self.outcome in ("identical", "same mathematics")


@dataclass(frozen=True)
class Check:
    """Whether a side equals another way to the same parameters.

    Attributes:
        side: which implementation was checked, in graph mode.
        reference: what it was compared with, for people.
        verdict: as between the two sides.
    """

    side: Side
    reference: str
    verdict: Verdict


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


@dataclass(frozen=True)
class TensorInfo:
    """Shape and dtype of one value, read from a run.

    Attributes:
        role: "data x", "data y", "prediction", "loss", a parameter's name,
            or "gradient of" it.
        name: what the code that was running calls it.
        shape: its axes' lengths.
        dtype: for example "float32".
    """

    role: str
    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Scaling:
    """How a table's columns were standardised: (value - mean) / scale."""

    features: tuple[str, ...]
    target: str
    feature_means: np.ndarray
    feature_scales: np.ndarray
    target_mean: float
    target_scale: float
