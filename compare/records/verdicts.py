"""The records of what two runs were judged to be."""

from __future__ import annotations

from dataclasses import dataclass

from compare.records import Mode, Outcome, Side
from compare.records.diagnosis import Diagnosis
from compare.records.note import Note


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
