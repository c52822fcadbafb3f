"""A pair that is different -> the stage at which it parts, and its causes.

Both sides are run again, eagerly, and every stage of their updates is kept.
A third process recomputes each stage from what was recorded. If the first
parameters differ, the right side is started from the left's; if the data do,
both get one batch that they share: so one cause does not hide the next.
What is named has been recomputed; everything else is a fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from compare.pairs.diagnosis.anatomy import Anatomy
from compare.pairs.diagnosis.dissect import Plan, dissect
from compare.pairs.diagnosis.errors import alike
from compare.pairs.diagnosis.explain import Answer, explain
from compare.pairs.diagnosis.facts import facts
from compare.pairs.diagnosis.line_causes import linear_causes
from compare.pairs.diagnosis.recorder import DEEP
from compare.pairs.diagnosis.rows_seen import with_rows
from compare.pairs.pair import Pair
from compare.records import Dtype
from compare.records.diagnosis import Cause, Diagnosis, Stage
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.records.runs import Trajectory
from compare.records.verdicts import Verdict
from compare.running.processes import Broken, Job, Progress, run_jobs

LEAST = 5
"""Updates, and epochs, that are always looked at."""

LINE = 12
"""Updates after which a line is recomputed."""

USUAL = 120
"""Updates up to which a whole training is looked at."""

MOST = 300
"""Updates that are looked at if the sides part late."""


def diagnose(
    pair: Pair, verdict: Verdict, progress: Progress
) -> Diagnosis | None:
    """Say why a pair is different; nothing where an error says it.

    Args:
        pair: after its check.
        verdict: "different" or "could not run".
        progress: told of every process.
    """
    if verdict.outcome == "could not run":
        found = tuple(alike(verdict))
        return Diagnosis((), found) if found else None
    return Dissection(pair, verdict, progress).diagnosis()


@dataclass(frozen=True)
class _Run:
    """Both sides, watched on one problem each."""

    problems: tuple[Problem, Problem]
    plans: tuple[Plan, Plan]


class Dissection:
    """Runs both sides as often as it takes to see each stage."""

    def __init__(
        self, pair: Pair, verdict: Verdict, progress: Progress
    ) -> None:
        self.pair = pair
        self.verdict = verdict
        self.progress = progress
        exact = verdict.float64_difference is not None
        self.dtype: Dtype = "float64" if exact else "float32"
        self.said: list[Note] = []
        self._unseen: list[Note] = []

    def diagnosis(self) -> Diagnosis:
        """Find stages, causes and facts."""
        problem, least = self._length()
        run = _Run((problem, problem), (Plan(least), Plan(least)))
        answer = self._answer(run)
        if answer and not answer.causes and answer.update > DEEP:
            plan = Plan(answer.update + 1)
            answer = self._answer(replace(run, plans=(plan, plan)))
        if answer is None or not answer.causes:
            causes = self._line()
            self.said += [] if causes else self._unseen
            return Diagnosis(
                tuple(causes),
                tuple(self.facts()),
                answer.stages if answer else (),
                answer.update if answer else 0,
            )
        stages, causes = list(answer.stages), list(answer.causes)
        if not answer.same_start:
            run = replace(run, plans=(run.plans[0], Plan(least, answer.start)))
            again = self._answer(run)
            if again is not None:
                answer = again
                stages = [*stages[:1], *again.stages[1:]]
                causes = _together(causes[:1], again.causes)
        if answer.shared is not None and not self.pair.sides.scripts:
            again = self._answer(self._isolated(run, answer), shared=True)
            if again is not None and again.data_equal:
                stages = _behind(stages, again.stages)
                own = [c for c in again.causes if c.stage != "count"]
                causes = _together(causes, own)
        return Diagnosis(
            tuple(causes), tuple(self.facts()), tuple(stages), answer.update
        )

    def _length(self) -> tuple[Problem, int]:
        """Return the problem, as long as is needed, and the updates."""
        problem = self.pair.problem
        if self.pair.sides.scripts:
            problem = problem.replace(epochs=max(self.verdict.updates))
        found = self.verdict.divergence
        step = found.step if found else 1
        per_epoch = problem.steps_per_epoch
        least = min(max(step + 1, LEAST), MOST)
        epochs = max(-(-least // per_epoch), LEAST, USUAL // per_epoch)
        short = problem.replace(epochs=min(epochs, problem.epochs))
        return short, min(least, short.steps)

    def _isolated(self, run: _Run, answer: Answer) -> _Run:
        """Give both sides one batch that they share."""
        assert answer.shared is not None
        size = len(answer.shared.x[0])
        fit = {"shuffle": False, "batch_size": size, "validation_split": 0.0}
        one, other = (
            self.pair.problem.replace(
                x=answer.shared.x[side],
                y=answer.shared.y[side],
                batch_size=size,
                epochs=LEAST,
            )
            for side in (0, 1)
        )
        left, right = (
            replace(plan, least=LEAST, fit=fit) for plan in run.plans
        )
        return _Run((one, other), (left, right))

    def _answer(self, run: _Run, shared: bool = False) -> Answer | None:
        """Watch both sides, beside each other; then compare them.

        Args:
            run: how.
            shared: on rows that they did not ask for: a side that raises an
                error then says nothing of itself.
        """
        sides = self.pair.sides
        jobs = [
            Job(
                f"{name}: every stage",
                dissect,
                (reference, name, problem, self.dtype, plan),
                home=home,
            )
            for reference, name, problem, plan, home in zip(
                sides.references,
                sides.names,
                run.problems,
                run.plans,
                sides.homes,
                strict=True,
            )
        ]
        seen = run_jobs(jobs, 2, sides.timeout, self.progress)
        for side, found in zip(sides.names, seen, strict=True):
            if isinstance(found, Broken) and not shared:
                self.said.append(
                    note(
                        "{side} could not be watched: {reason}.",
                        side=side,
                        reason=found.reason,
                    )
                )
        one, other = seen
        self._unseen = [
            note(
                "the stages of {side} cannot be seen: it takes no gradient "
                "with a tf.GradientTape, nor in fit.",
                side=found.side,
            )
            for found in seen
            if isinstance(found, Anatomy) and not found.updates
        ]
        if not isinstance(one, Anatomy) or not isinstance(other, Anatomy):
            return None
        problem = run.problems[0]
        if sides.scripts:
            problem = with_rows(problem, (one, other))
        job = Job("recomputing", explain, (one, other, problem, self.dtype))
        (answer,) = run_jobs([job], 1, sides.timeout, self.progress)
        if isinstance(answer, Broken):
            self.said.append(
                note("nothing was recomputed: {reason}.", reason=answer.reason)
            )
            return None
        assert isinstance(answer, Answer | None)
        if answer is not None:
            self.said += [s for s in answer.said if s not in self.said]
        return answer

    def _line(self) -> list[Cause]:
        """Recompute a line, where both sides are seen in float64."""
        if self.dtype != "float64" or self.pair.sides.scripts:
            return []
        self.pair.look_further(LINE)
        left, right = self.pair.trajectories("float64")
        if not isinstance(left, Trajectory) or not isinstance(
            right, Trajectory
        ):
            return []
        causes, said = linear_causes(self.pair.problem, left, right)
        self.said += said
        return causes

    def facts(self) -> list[Note]:
        """Return what the trajectories show, and what could not be seen."""
        runs = self.pair.trajectories(self.dtype)
        left, right = runs
        if not isinstance(left, Trajectory) or not isinstance(
            right, Trajectory
        ):
            return self.said
        return [
            *facts(self.pair.problem, self.verdict, left, right),
            *self.said,
        ]


def _together(causes: Sequence[Cause], others: Sequence[Cause]) -> list[Cause]:
    """Add causes that were not known."""
    known = {(c.stage, c.key) for c in causes}
    return [*causes, *(c for c in others if (c.stage, c.key) not in known)]


def _behind(first: Sequence[Stage], second: Sequence[Stage]) -> list[Stage]:
    """Take what comes behind the data from the run with shared data."""
    return [
        one if one.name in ("start", "data", "count") else other
        for one, other in zip(first, second, strict=True)
    ]
