"""The record of one learning rate, tried on one side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from compare.records import Side

RateOutcome = Literal[
    "far too small", "slow", "converges", "zigzags", "overshoots"
]


@dataclass(frozen=True)
class RateRun:
    """One training with one learning rate.

    Attributes:
        side: which implementation ran, in graph mode.
        rate: the step length, as float32.
        parameters: name -> float32 array of shape (updates + 1, *parameter
            shape); row 0 holds the initial values.
        losses: float64, shape (updates + 1,): the loss on all rows.
        outcome: what happens, see `compare.studies.lesson.rates`.
        same_bits: whether every parameter has the bits of the manual run
            after every update.
    """

    side: Side
    rate: float
    parameters: dict[str, np.ndarray]
    losses: np.ndarray
    outcome: RateOutcome
    same_bits: bool
