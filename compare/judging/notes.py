"""What the spectrum of the data tells about a training, in words."""

from __future__ import annotations

from collections.abc import Sequence

from compare.records import Note, Theory, Trajectory
from compare.records.problem import Problem


def explain_overshoot(
    problem: Problem, theory: Theory | None, reason: str
) -> str:
    """Say why a training left the finite numbers, and what to do."""
    rate, limit = problem.learning_rate, _limit(theory)
    if limit and rate > limit:
        return (
            f"overshoots: {reason}; the learning rate {rate:g} is beyond "
            f"{limit:.4g}, the largest that converges: choose a smaller one "
            "with --learning-rate"
        )
    return f"{reason}; try a smaller --learning-rate"


def theory_notes(
    problem: Problem, theory: Theory | None, runs: Sequence[Trajectory]
) -> tuple[Note, ...]:
    """Return what should be known of a training that stayed finite."""
    notes = []
    rate, limit = problem.learning_rate, _limit(theory)
    if limit and rate > limit and runs:
        first, last = runs[0].losses[[0, -1]]
        note = Note(
            "overshoots: the learning rate {rate} is beyond {limit}, the "
            "largest that converges on all rows; the loss went from {first} "
            "to {last}",
            {
                "rate": f"{rate:g}",
                "limit": f"{limit:.4g}",
                "first": f"{first:.3g}",
                "last": f"{last:.3g}",
            },
        )
        notes.append(note)
    if theory and theory.smallest_curvature == 0:
        note = Note(
            "the features are linearly dependent, or nearly: many parameters "
            "are as good as the closed form that is shown"
        )
        notes.append(note)
    return tuple(notes)


def _limit(theory: Theory | None) -> float | None:
    return theory.largest_learning_rate if theory else None
