"""Copies of parameters -> a trajectory, where the recorder asks too much.

`worker` records lessons: one copy per update, and a loss on all rows for each.
Here a copy is taken when told, and no loss is computed, as that would take
longer than what is watched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from compare.records import Mode, Trajectory


class Snapshots:
    """Copies of the parameters in the order in which they were taken."""

    def __init__(self, initial: Mapping[str, np.ndarray]) -> None:
        self._rows = {name: [np.array(v)] for name, v in initial.items()}

    def take(self, parameters: Mapping[str, Any]) -> None:
        """Copy variables or arrays as they are now."""
        for name, rows in self._rows.items():
            value = parameters[name]
            array = value.numpy() if hasattr(value, "numpy") else value
            rows.append(np.array(array).reshape(rows[0].shape))

    def trajectory(self, side: str, mode: Mode) -> Trajectory:
        """Return them as one run, its losses NaN."""
        stacked = {name: np.stack(rows) for name, rows in self._rows.items()}
        first = next(iter(stacked.values()))
        return Trajectory(
            side=side,
            mode=mode,
            dtype=str(first.dtype),
            parameters=stacked,
            results={name: values[-1] for name, values in stacked.items()},
            losses=np.full(len(first), np.nan),
            seconds_per_update=0.0,
        )
