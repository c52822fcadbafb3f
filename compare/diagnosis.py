"""A pair that is different -> the known mistake that gives its numbers.

Each side is looked up among trainings that are known: the exhibits, and the
exhibits with a mistake of the catalogue in them, trained on the same problem.
What is named has been reproduced; everything else is a fact, and said as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations

import numpy as np

from compare.differences import FLOAT64_BOUND, LAST_PLACES
from compare.facts import facts, first_ratios, fit_facts
from compare.pairs import Pair
from compare.problem import Problem
from compare.processes import Broken, Job, Progress, run_jobs
from compare.records import Trajectory, Verdict
from compare.records.diagnosis import Cause, Diagnosis
from compare.variants import (
    Variant,
    doubles,
    linear,
    singles,
    train_variants,
)

UPDATES = 12
"""First updates in which a mistake must be seen, or a little beyond the
first one that differs."""

MOST_UPDATES = 200

FLOAT32_BOUND = 2e-5
"""Difference that is float32 rounding, relative to how far training moved;
for sides that compute in float32 only, whose causes are no more than
"consistent with"."""


@dataclass(frozen=True)
class Known:
    """A variant and what it gave, under the user's names."""

    variant: Variant
    rows: dict[str, np.ndarray]


def diagnose(pair: Pair, verdict: Verdict, progress: Progress) -> Diagnosis:
    """Say why a pair is different.

    Args:
        pair: after its check.
        verdict: its outcome, "different".
        progress: told of every process.
    """
    exact = verdict.float64_difference is not None
    left, right = pair.trajectories("float64" if exact else "float32")
    said = [
        text
        for side, name in enumerate(pair.sides.names)
        for text in fit_facts(name, pair.fits(side), pair.problem)
    ]
    if not isinstance(left, Trajectory) or not isinstance(right, Trajectory):
        return Diagnosis((), tuple(said), 0)
    said = [*facts(pair.problem, verdict, left, right), *said]
    if not verdict.divergence or verdict.divergence.step == 0:
        return Diagnosis((), tuple(said), 0)
    search = _Search(pair, left, right, verdict.divergence.step, exact)
    causes = search.causes(progress)
    said += search.notes
    return Diagnosis(causes, tuple(said), search.tried)


class _Search:
    """Looks both sides up among what is known."""

    def __init__(
        self,
        pair: Pair,
        left: Trajectory,
        right: Trajectory,
        step: int,
        exact: bool,
    ) -> None:
        self.pair = pair
        self.sides = (left, right)
        self.exact = exact
        self.updates = min(max(UPDATES, step + 2), MOST_UPDATES)
        self.tried = 0
        self.notes: list[str] = []
        self._known: list[Known] = []

    def causes(self, progress: Progress) -> tuple[Cause, ...]:
        """Try single mistakes, then a scaled step, then two at once."""
        batches = (singles, self._scaled, lambda: list(doubles()))
        for variants in batches:
            self._train(variants(), progress)
            matches = [self._matching(run) for run in self.sides]
            if all(matches):
                break
        return self._compared(*matches)

    def _train(
        self, variants: Sequence[Variant], progress: Progress
    ) -> None:
        """Train variants on the problem, for each way to name parameters."""
        for names in permutations(self.sides[0].parameters):
            problem = linear(self.pair.problem, names)
            if problem is None or not variants:
                continue
            halves = [variants[0::2], variants[1::2]]
            jobs = [
                Job(
                    f"{len(half)} known mistakes",
                    train_variants,
                    (half, problem, self.updates),
                )
                for half in halves
                if half
            ]
            timeout = self.pair.sides.timeout
            for half, found in zip(
                halves, run_jobs(jobs, 2, timeout, progress), strict=False
            ):
                if isinstance(found, Broken):
                    self.notes.append(
                        f"{len(half)} known mistakes could not be tried: "
                        f"{found.reason}."
                    )
                    continue
                self.tried += len(half)
                self._known += [
                    Known(variant, _renamed(rows, names))
                    for variant, rows in zip(half, found, strict=True)
                    if not isinstance(rows, str)
                ]

    def _scaled(self) -> list[Variant]:
        """Return plain training with a step that is longer by what is seen."""
        plain = Variant("manual", "minibatch")
        found = []
        for run in self.sides:
            for known in self._known:
                if known.variant != plain or self._matching(run):
                    continue
                base = _as_trajectory(known, run)
                ratios = list(first_ratios(run, base).values())
                if len(ratios) == 2 and np.isclose(*ratios, rtol=1e-6):
                    rate = float(self.pair.problem.learning_rate) * ratios[0]
                    found.append(
                        replace(plain, hyper=(("learning_rate", rate),))
                    )
        return found

    def _matching(self, run: Trajectory) -> list[Known]:
        """Return what gives the numbers of a side, simplest first."""
        found = [k for k in self._known if self._gap(run, k) is not None]
        return sorted(found, key=lambda k: len(k.variant.mistakes))

    def _gap(self, run: Trajectory, known: Known) -> float | None:
        """Return the largest difference if all of it may be rounding."""
        largest = 0.0
        compared = False
        for name, values in run.parameters.items():
            rows = known.rows[name]
            for row in range(run.rows):
                update = run.update_of(row)
                if update > self.updates:
                    break
                if update >= len(rows):
                    return None
                compared |= update > 0
                a = np.ravel(values[row]).astype(float)
                moved = np.abs(rows[: update + 1] - rows[0]).max()
                size = np.abs(a).max()
                bound = (
                    FLOAT64_BOUND * moved
                    + LAST_PLACES * np.finfo(float).eps * size
                    if self.exact
                    else FLOAT32_BOUND * moved
                    + 4 * np.finfo(np.float32).eps * size
                )
                gap = float(np.abs(a - rows[update]).max())
                if not gap <= bound:
                    return None
                largest = max(largest, gap)
        return largest if compared else None

    def _compared(
        self, left: list[Known], right: list[Known]
    ) -> tuple[Cause, ...]:
        """Turn what explains each side into what they differ in."""
        if left and right:
            one, other = min(
                ((a, b) for a in left for b in right),
                key=lambda both: _distance(both[0].variant, both[1].variant),
            )
            return tuple(
                cause
                for side, (own, twin) in enumerate(
                    ((one, other), (other, one))
                )
                for cause in self._own(side, own, twin, (left, right)[side])
            )
        for side, found in enumerate((left, right)):
            name = self.sides[side].side
            if found and not _deviations(found[0].variant):
                self.notes.append(
                    f"{name} is plain gradient descent on the mean squared "
                    "error (reproduced), so the other side is the one that "
                    "deviates."
                )
            elif found:
                return tuple(self._own(side, found[0], None, found))
        return ()
