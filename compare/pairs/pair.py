"""Two functions of a user -> a verdict, with the update where they part.

A side that shows its parameters after every update is run once. One that only
returns them is run with fewer and fewer updates, each time in a fresh process,
until the first update that differs is found by bisection.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compare.judging.parity import judge
from compare.judging.proof import Run
from compare.pairs.perturbation import (
    PERTURBATIONS,
    is_float64,
    judge_by_perturbation,
)
from compare.pairs.runs import AGAIN, Key, Runs
from compare.pairs.seen import coarse, rounded_before, too_little, unsteady
from compare.pairs.sides import SideRun
from compare.records import Dtype
from compare.records.note import Note, note
from compare.records.runs import Failure, Trajectory
from compare.records.verdicts import Verdict
from compare.running.processes import RunError

GROWTH = 3
"""From there on, each length is so many times the one before."""


class Pair(Runs):
    """Judges two sides, from runs at several lengths and in both dtypes."""

    def check(self) -> Verdict:
        """Judge the pair, and find the first update that differs."""
        try:
            return self._check()
        except RunError as error:  # the parameters cannot be matched
            why = note("{reason}", reason=error)
            return Verdict(self.sides.mode, "could not run", (why,))

    def _check(self) -> Verdict:
        longest = self._lengths[-1]
        self.run([(side, longest, "float32", 0) for side in (0, 1)])
        self.observed = all(
            isinstance(run, SideRun) and run.path
            for run in self._runs.values()
        )
        if self.observed:
            self._lengths = [self.problem.epochs]
        elif self.sides.scripts:
            self._refuse_unseen()
        verdict = self._judge()
        while verdict.agree and longest < self.problem.epochs:
            longest = (
                self.problem.epochs if self.observed else longest * GROWTH
            )
            longest = min(longest, self.problem.epochs)
            self._lengths.append(longest)
            verdict = self._judge()
        at = self._lengths[-1]
        ran = [isinstance(self.result(side, at), SideRun) for side in (0, 1)]
        if not all(ran):
            return verdict
        doubts = self._left_out(verdict) or self._doubts(verdict)
        if doubts:
            return replace(verdict, outcome="could not run", why=(doubts,))
        return self._narrowed(verdict)

    def _refuse_unseen(self) -> None:
        """Say which script's updates cannot be seen, if one's were not."""
        for name, run in zip(
            self.sides.names, self._runs.values(), strict=True
        ):
            if isinstance(run, SideRun) and not run.path:
                raise RunError(
                    f"the updates of {name} cannot be seen from outside: "
                    "write it as a function of a problem, file.py:function"
                )

    def _doubts(self, verdict: Verdict) -> Note | None:
        """Say why what was seen of the sides proves nothing, if so."""
        if verdict.outcome != "identical" and (doubts := self._unsteady()):
            return doubts
        left, right = self.trajectories("float32")
        if isinstance(left, Trajectory) and left.rows == 1:
            self._starts_run = True  # one state does not show a movement
            left, right = self.trajectories("float32")
        if isinstance(left, Failure) or isinstance(right, Failure):
            return None
        if verdict.agree and (
            little := too_little(left, right, self.observed, self.problem)
        ):
            return little
        at = self._lengths[-1]
        held = self.held(0, at), self.held(1, at)
        if not any(
            set(coarse(run, self.problem)) - own
            for run, own in zip((left, right), held, strict=True)
        ):
            return None
        again = self.trajectories("float32", PERTURBATIONS[0])
        return rounded_before((left, right), again, held, self.problem)

    def _left_out(self, verdict: Verdict) -> Note | None:
        """Say that sides agree in what is trained, and keep other states."""
        found = [self.result(side, self._lengths[-1]) for side in (0, 1)]
        keys = [set(r.final.values) for r in found if isinstance(r, SideRun)]
        if not verdict.agree or len(keys[0]) == len(keys[1]):
            return None
        number = int(len(keys[1]) > len(keys[0]))
        return note(
            "what is trained agrees, but only {side} keeps {names}: return "
            "the same states on both sides",
            side=self.sides.names[number],
            names=", ".join(sorted(found[number].final.states)),  # type: ignore[union-attr]
        )

    def _unsteady(self) -> Note | None:
        """Say which side differs from itself when it is run again."""
        at = self._lengths[-1]
        self.run([(side, at, "float32", AGAIN) for side in (0, 1)])
        for side, name in enumerate(self.sides.names):
            runs = self._twice(side, at, "float32")
            if unsteady(name, runs):
                exact = self._twice(side, at, "float64")
                if why := unsteady(name, runs, exact):
                    return why
        return None

    def _twice(self, side: int, epochs: int, dtype: Dtype) -> list[SideRun]:
        """Run a side twice; return what ended well."""
        keys: list[Key] = [(side, epochs, dtype, n) for n in (0, AGAIN)]
        self.run(keys)
        found = [self._runs[key] for key in keys]
        return [run for run in found if isinstance(run, SideRun)]

    def _narrowed(self, verdict: Verdict) -> Verdict:
        """Run ever more lengths before the one that differs."""
        while verdict.outcome == "different" and verdict.divergence:
            step = verdict.divergence.step
            epochs = -(-step // self.problem.steps_per_epoch)
            before = max([n for n in self._lengths if n < epochs], default=0)
            if self.sides.scripts:
                break  # the problem says how they start
            if step == 1 and not self._starts_run:
                if self._start_alike():
                    break
                self._starts_run = True
            elif self.observed or epochs - before <= 1:
                break
            else:
                middle = (before + epochs) // 2
                self._lengths = sorted({*self._lengths, middle})
            verdict = self._judge()
        return verdict

    def _start_alike(self) -> bool:
        """Whether the sides have the same bits before the first update."""
        keys: list[Key] = [(side, 0, "float32", 0) for side in (0, 1)]
        self.run(keys)
        one, other = (self._runs[key] for key in keys)
        if not isinstance(one, SideRun) or not isinstance(other, SideRun):
            return True  # not every function can make no update
        values = [list(run.final.values.values()) for run in (one, other)]
        if len(values[0]) != len(values[1]):
            return True  # a model that was not called has no parameters
        return all(
            np.array_equal(a.ravel(), b.ravel())
            for a, b in zip(*values, strict=True)
        )

    def _judge(self) -> Verdict:
        left, right = self.trajectories("float32")
        exact = True

        def rerun() -> tuple[Run, Run]:
            nonlocal exact
            runs = self.trajectories("float64")
            exact = all(map(is_float64, runs))
            return runs

        def repeated(dtype: Dtype) -> list[tuple[Run, Run]]:
            return [self.trajectories(dtype, n) for n in PERTURBATIONS]

        verdict = judge(
            left, right, rerun, lambda: repeated("float64") if exact else []
        )
        if exact:
            return verdict
        return judge_by_perturbation(left, right, repeated("float32"))
