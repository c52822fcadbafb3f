"""The records of one training run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compare.records import Mode


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
        recorded: int, shape (rows,): the update that each row was taken
            after, where not every update was seen; else None.
    """

    side: str
    mode: Mode
    dtype: str
    parameters: dict[str, np.ndarray]
    results: dict[str, np.ndarray]
    losses: np.ndarray
    recorded: np.ndarray | None = None

    @property
    def rows(self) -> int:
        """How many states were recorded, the initial one included."""
        return min(len(values) for values in self.parameters.values())

    def state(self, row: int) -> dict[str, np.ndarray]:
        """Return the parameters in one row."""
        return {name: path[row] for name, path in self.parameters.items()}

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
class Snapshot:
    """The bits of all runs that have the same ones after every update.

    Attributes:
        runs: side and mode of each.
        digests: of all parameters, in each row of the trajectories.
    """

    runs: tuple[tuple[str, Mode], ...]
    digests: tuple[str, ...]


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
