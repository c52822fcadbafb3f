"""How long the first update of a run is, in units of another's."""

from __future__ import annotations

import numpy as np

from compare.records.runs import Trajectory


def first_update(run: Trajectory) -> dict[str, np.ndarray]:
    """Return the first update of each parameter, flat, in float64."""
    return {
        name: np.ravel(values[1].astype(float) - values[0])
        for name, values in run.parameters.items()
    }


def first_ratios(left: Trajectory, right: Trajectory) -> dict[str, float]:
    """Return the left's first updates projected on the right's.

    A parameter that the right does not move is left out.
    """
    ours, theirs = first_update(left), first_update(right)
    return {
        name: float(ours[name] @ update / (update @ update))
        for name, update in theirs.items()
        if update.any()
    }
