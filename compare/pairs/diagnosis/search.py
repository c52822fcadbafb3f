"""Looks the sides of a pair up among trainings that are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from compare.judging.rounding import largest_value, rounding
from compare.pairs.diagnosis.facts import first_ratios
from compare.pairs.diagnosis.variants import (
    Variant,
    doubles,
    linear,
    singles,
    train_variants,
)
from compare.pairs.pair import Pair
from compare.records import Note, Trajectory, note
from compare.records.problem import Problem
from compare.running.processes import (
    Broken,
    Job,
    Progress,
    run_jobs,
    why_broken,
)

UPDATES = 12
"""First updates in which a mistake must be seen, or a little beyond the
first one that differs."""

MOST_UPDATES = 200

FLOAT32_BOUND = 2e-5
"""Difference that is float32 rounding, relative to how far training moved;
for sides that compute in float32 only, whose causes are no more than
"consistent with"."""

FLOAT32_PLACES = 4 * float(np.finfo(np.float32).eps)
"""The same, relative to the largest parameter."""


@dataclass(frozen=True)
class Known:
    """A variant and what it gave, under the user's names."""

    variant: Variant
    names: tuple[str, ...]
    rows: dict[str, np.ndarray]


class Search:
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
        self._step = step
        self.notes: list[Note] = []
        self._known: list[Known] = []

    def run(self, progress: Progress) -> tuple[list[Known], list[Known]]:
        """Try single mistakes, then a scaled step, then two at once.

        Two at once are tried where the sides part early: of two mistakes at
        least one shows in the first updates.

        Returns:
            What gives the numbers of the left side, and of the right,
            simplest first.
        """
        batches = [singles, self._scaled]
        if self._step <= UPDATES:
            batches.append(lambda: list(doubles()))
        for variants in batches:
            self._train(variants(), progress)
            matches = [self._matching(run) for run in self.sides]
            if all(matches):
                break
        return matches[0], matches[1]

    def _train(self, variants: Sequence[Variant], progress: Progress) -> None:
        """Train variants on the problem, for each way to name parameters."""
        for names in self._orders():
            problem = linear(self.pair.problem, names)
            if problem is None or not variants:
                continue
            found = self._trained(variants, problem, progress)
            self.tried += len(found)
            self._known += [
                Known(variant, names, _renamed(rows, names))
                for variant, rows in found
                if not isinstance(rows, str)
            ]
            if any(self._matching(run) for run in self.sides):
                return

    def _orders(self) -> list[tuple[str, ...]]:
        """Return which parameter may be the kernel and which the bias.

        The order in which they came, and the other way round as long as
        nothing was found that matches a side.
        """
        names = tuple(self.sides[0].parameters)
        orders = list(permutations(names)) if len(names) == 2 else []
        matched = [k.names for run in self.sides for k in self._matching(run)]
        return matched[:1] or orders

    def _trained(
        self, variants: Sequence[Variant], problem: Problem, progress: Progress
    ) -> list[tuple[Variant, dict[str, np.ndarray] | str]]:
        """Train variants in two processes, in the order of the catalogue."""
        middle = (len(variants) + 1) // 2
        parts = [p for p in (variants[:middle], variants[middle:]) if p]
        jobs = [
            Job(
                f"{len(part)} known trainings",
                train_variants,
                (part, problem, self.updates),
            )
            for part in parts
        ]
        results = run_jobs(jobs, 2, self.pair.sides.timeout, progress)
        for reason in why_broken(jobs, results):
            self.notes.append(note("not tried: {reason}.", reason=reason))
        return [
            pair
            for part, found in zip(parts, results, strict=True)
            if not isinstance(found, Broken)
            for pair in zip(part, found, strict=True)
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
                if len(ratios) == 2 and np.isclose(
                    ratios[0], ratios[1], rtol=1e-6
                ):
                    rate = float(self.pair.problem.learning_rate) * ratios[0]
                    found.append(
                        replace(plain, forced=(("learning_rate", rate),))
                    )
        return found

    def _matching(self, run: Trajectory) -> list[Known]:
        """Return what gives the numbers of a side, simplest first."""
        found = [k for k in self._known if self.gap(run, k) is not None]
        return sorted(found, key=lambda k: len(k.variant.mistakes))

    def gap(self, run: Trajectory, known: Known) -> float | None:
        """Return the largest difference if all of it may be rounding."""
        largest = 0.0
        compared = False
        size = largest_value(run)
        for name, values in run.parameters.items():
            rows = known.rows[name]
            for row in range(run.rows):
                update = run.update_of(row)
                if update > self.updates:
                    break
                if update >= len(rows):
                    return None
                compared |= update > 0
                moved = np.abs(rows[: update + 1] - rows[0]).max()
                bound = (
                    rounding(moved, size)
                    if self.exact
                    else FLOAT32_BOUND * moved + FLOAT32_PLACES * size
                )
                a = np.ravel(values[row]).astype(float)
                gap = float(np.abs(a - rows[update]).max())
                if not gap <= bound:
                    return None
                largest = max(largest, gap)
        return largest if compared else None


def _renamed(
    rows: dict[str, np.ndarray], names: Sequence[str]
) -> dict[str, np.ndarray]:
    kernel, bias = names
    return {kernel: rows["kernel"], bias: rows["bias"]}


def _as_trajectory(known: Known, like: Trajectory) -> Trajectory:
    """Return a variant's rows as those of a run that was seen as often."""
    rows = [
        row
        for row in range(like.rows)
        if like.update_of(row) < min(len(v) for v in known.rows.values())
    ]
    updates = np.array([like.update_of(row) for row in rows])
    return replace(
        like,
        parameters={
            name: known.rows[name][updates].reshape(
                len(rows), *values.shape[1:]
            )
            for name, values in like.parameters.items()
        },
        recorded=updates,
    )
