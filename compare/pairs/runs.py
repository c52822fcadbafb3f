"""Runs of two sides, at several lengths and in both dtypes, each run once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compare.judging.proof import Run
from compare.pairs.matching import match, stack, start_of
from compare.pairs.perturbation import perturbed
from compare.pairs.sides import Reference, SideRun, run_side
from compare.records import Dtype, Mode
from compare.records.pairs import FitFacts
from compare.records.problem import Problem
from compare.records.runs import Failure, Trajectory
from compare.running.lineage import HERE, Home
from compare.running.processes import Broken, Job, Progress, Silent, run_jobs

FIRST = (1, 2, 3)
"""Updates after which most mistakes can be seen."""

AGAIN = -1
"""The same run once more, where else the number of a perturbation is."""

Key = tuple[int, int, Dtype, int]
"""Side (0 or 1), epochs, dtype, and number of the perturbation or 0."""


@dataclass(frozen=True)
class Sides:
    """What is compared.

    Attributes:
        references: left and right, see `sides.reference_of`.
        names: left and right, for people; never equal.
        problem: what both train; its arrays are float64.
        mode: given to a side that takes it.
        timeout: seconds that one run may take.
        scripts: whether they are whole scripts: these start as the problem
            says, and train as long as they like.
        homes: the environments that left and right run in.
    """

    references: tuple[Reference, Reference]
    names: tuple[str, str]
    problem: Problem
    mode: Mode
    timeout: float
    scripts: bool = False
    homes: tuple[Home, Home] = (HERE, HERE)


def updates(count: int) -> str:
    """Count updates in words."""
    return f"{count:,} update{'' if count == 1 else 's'}"


class Runs:
    """What two sides did, at every length that was asked for."""

    def __init__(
        self,
        sides: Sides,
        progress: Progress | None = None,
        instead: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> None:
        self.sides = sides
        self._instead = instead or {}
        self.problem = sides.problem
        self.observed = False
        self._progress = progress or Silent()
        self._runs: dict[Key, SideRun | Broken] = {}
        self._lengths = [n for n in FIRST if n <= self.problem.epochs]
        self._starts_run = False

    def trajectories(
        self, dtype: Dtype, perturbation: int = 0
    ) -> tuple[Run, Run]:
        """Run both sides as far as needed; return what they did."""
        lengths = [*([0] if self._starts_run else []), *self._lengths]
        self.run(
            [(s, n, dtype, perturbation) for n in lengths for s in (0, 1)]
        )
        found = [
            [self._runs[side, n, dtype, perturbation] for n in lengths]
            for side in (0, 1)
        ]
        # Not every function can make no update, so starts may be broken.
        starts = [own.pop(0) for own in found] if self._starts_run else []
        failures = [
            failure
            for side in (0, 1)
            if (failure := self._failure(side, found[side], dtype))
        ]
        if failures:
            return failures[0], failures[-1]
        return self._matched(found, starts, dtype)

    def run(self, keys: Sequence[Key]) -> None:
        """Run what has not been run yet, each in a fresh process."""
        keys = [key for key in keys if key not in self._runs]
        jobs = [
            self.job(
                side,
                perturbed(self.problem, number, dtype).replace(epochs=epochs),
                dtype,
            )
            for side, epochs, dtype, number in keys
        ]
        found = run_jobs(
            jobs, os.cpu_count() or 1, self.sides.timeout, self._progress
        )
        self._runs |= dict(zip(keys, found, strict=True))

    def job(self, side: int, problem: Problem, dtype: Dtype) -> Job:
        """Return the job that runs a side; see `sides.run_side`."""
        return Job(
            f"{self.sides.names[side]}"
            f"{f': {updates(problem.steps)}' * (not self.sides.scripts)}"
            f"{' in float64' * (dtype == 'float64')}",
            run_side,
            (
                self.sides.references[side],
                problem,
                self.sides.mode,
                dtype,
                dict(self._instead.get(side, {})),
            ),
            home=self.sides.homes[side],
        )

    def result(self, side: int, epochs: int) -> SideRun | Broken:
        """Return what a side's float32 run gave."""
        return self._runs[side, epochs, "float32", 0]

    def held(self, side: int, epochs: int) -> set[str]:
        """Return the parameters that were seen as they were trained.

        By the names that both sides share; none in a single update, behind
        which a side may still have rounded them.
        """
        found = [self.result(s, epochs) for s in (0, 1)]
        one, other = found
        if not isinstance(one, SideRun) or not isinstance(other, SideRun):
            return set()
        pairs = match(one.final, other.final, tuple(self.problem.initial))
        mine = (one, other)[side]
        return {
            name
            for name, pair in pairs.items()
            if len(mine.path) > 1 and pair[side] in mine.held
        }

    @property
    def shortest(self) -> int:
        """The fewest epochs that both sides were run for."""
        return min(self._lengths)

    def look_further(self, updates: int) -> None:
        """Have the trajectories reach so many updates, if the problem does."""
        epochs = min(-(-updates // self._per_epoch), self.problem.epochs)
        if not self.observed:
            self._lengths = sorted({*self._lengths, epochs})

    def fits(self, side: int) -> tuple[int, tuple[FitFacts, ...]]:
        """Return the updates of a side's longest run, and its calls of fit."""
        runs = {
            epochs: run
            for (at, epochs, _, _), run in self._runs.items()
            if at == side and isinstance(run, SideRun)
        }
        longest = max(runs, default=0)
        fits = runs[longest].fits if runs else ()
        return longest * self._per_epoch, fits

    @property
    def _per_epoch(self) -> int:
        return self.problem.steps_per_epoch

    def _failure(
        self, side: int, runs: Sequence[SideRun | Broken], dtype: Dtype
    ) -> Failure | None:
        """Return why a side gave nothing, and how far it came."""
        for place, run in enumerate(runs):
            if isinstance(run, SideRun):
                continue
            reason = run.reason
            if place:
                reached = self._lengths[place - 1] * self._per_epoch
                reason += f"; it still ran with {updates(reached)}"
            name = self.sides.names[side]
            return Failure(name, self.sides.mode, dtype, reason, run.details)
        return None

    def _matched(
        self,
        found: Any,
        starts: Sequence[SideRun | Broken],
        dtype: Dtype,
    ) -> tuple[Run, Run]:
        """Put the parameters of both sides in rows under common names."""
        left, right = (own[-1].final for own in found)
        pairs = match(left, right, tuple(self.problem.initial))
        agreed = [
            start
            for side, start in enumerate(starts)
            if isinstance(start, SideRun)
            and all(p[side] in start.final.values for p in pairs.values())
        ]  # a model that was not called may have no parameters yet
        runs = []
        for side, own in enumerate(found):
            seen = own[-1].path if self.observed else [r.final for r in own]
            made = (
                list(range(1, len(seen) + 1))
                if self.observed
                else [n * self._per_epoch for n in self._lengths]
            )
            keys = {name: pair[side] for name, pair in pairs.items()}
            first = (
                agreed[side].final
                if len(agreed) == 2
                else start_of(self.problem, keys, dtype, own[-1].final)
            )
            states = [first, *seen] if first else list(seen)
            runs.append(
                Trajectory(
                    side=self.sides.names[side],
                    mode=self.sides.mode,
                    dtype=dtype,
                    parameters=stack(states, keys),
                    results={
                        name: own[-1].final.values[key]
                        for name, key in keys.items()
                        if self.observed
                    },
                    losses=np.array([]),
                    recorded=np.array([0, *made] if first else made),
                )
            )
        return runs[0], runs[1]
