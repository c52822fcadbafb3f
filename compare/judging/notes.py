"""What the spectrum of the data tells about a training, in words."""

from __future__ import annotations

from collections.abc import Sequence

from compare.records.findings import Theory
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.records.runs import Trajectory


def explain_overshoot(
    problem: Problem, theory: Theory | None, why: tuple[Note, ...]
) -> tuple[Note, ...]:
    """Say why a training left the finite numbers, and what to do."""
    rate, limit = problem.learning_rate, _limit(theory)
    if limit and rate > limit:
        return (
            *why,
            note(
                "it overshoots: the learning rate {rate} is beyond {limit}, "
                "the largest that converges: choose a smaller one with "
                "--learning-rate",
                rate=f"{rate:g}",
                limit=f"{limit:.4g}",
            ),
        )
    return (*why, note("try a smaller --learning-rate"))


def theory_notes(
    problem: Problem, theory: Theory | None, runs: Sequence[Trajectory]
) -> tuple[Note, ...]:
    """Return what should be known of a training that stayed finite."""
    notes = []
    rate, limit = problem.learning_rate, _limit(theory)
    if limit and rate > limit and runs:
        first, last = runs[0].losses[[0, -1]]
        notes.append(
            note(
                "overshoots: the learning rate {rate} is beyond {limit}, the "
                "largest that converges on all rows; the loss went from "
                "{first} to {last}",
                rate=f"{rate:g}",
                limit=f"{limit:.4g}",
                first=f"{first:.3g}",
                last=f"{last:.3g}",
            )
        )
    if theory and theory.smallest_curvature == 0:
        notes.append(
            note(
                "the features are linearly dependent, or nearly: many "
                "parameters are as good as the closed form that is shown"
            )
        )
    return tuple(notes)


def _limit(theory: Theory | None) -> float | None:
    return theory.largest_learning_rate if theory else None
