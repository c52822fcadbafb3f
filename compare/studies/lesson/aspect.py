"""A lesson that is asked for, and what an aspect of it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from compare.judging.theory import theory_of
from compare.lessons.exhibits import exhibit
from compare.records import SIDES, Dtype, Mode, Side
from compare.records.problem import Problem
from compare.records.report import LessonReport
from compare.records.request import Request
from compare.running import multiprocess
from compare.running.contest import Contestant, Pair
from compare.running.processes import Job

SLOWEST_FIRST: tuple[Mode, ...] = ("eager", "graph", "xla")


class Lesson:
    """A lesson, its exhibits, and who is to be judged against whom.

    Attributes:
        problem: what is trained.
        request: what the user asked for.
        theory: what linear algebra says, or None.
        exhibits: side -> what is run.
        contestants: each side in each mode that was asked for.
        references: side -> another way to the same parameters, if there is
            one.
    """

    def __init__(self, problem: Problem, request: Request) -> None:
        self.problem = problem
        self.request = request
        self.theory = theory_of(problem)
        self.exhibits = {side: exhibit(side, problem.lesson) for side in SIDES}
        self.modes = [mode for mode in request.modes if mode in problem.modes]
        self.contestants: dict[tuple[Side, Mode], Contestant] = {
            (side, mode): contestant(
                side, self.exhibits[side], side, problem, mode
            )
            for side in reversed(SIDES)  # fit is the slower one
            for mode in sorted(self.modes, key=SLOWEST_FIRST.index)
        }
        self.references = self._references()

    @property
    def members(self) -> list[Contestant]:
        """Return who is recorded, the slowest first."""
        return [*self.contestants.values(), *self.references.values()]

    @property
    def size(self) -> int:
        """Return how many parameters are trained: a guess of the work."""
        return sum(value.size for value in self.problem.initial.values())

    @property
    def pairs(self) -> list[Pair]:
        """Return the pair of each mode."""
        by_key = self.contestants
        return [
            (by_key["manual", mode], by_key["keras", mode])
            for mode in self.modes
        ]

    @property
    def checks(self) -> dict[Side, Pair]:
        """Return each side in graph mode with its other way."""
        return {
            side: (self.contestants[side, "graph"], reference)
            for side, reference in self.references.items()
        }

    def _references(self) -> dict[Side, Contestant]:
        same = self.problem.same_as
        if same is None or "graph" not in self.modes:
            return {}
        hyper = {**self.problem.hyper, **same.hyper}
        problem = self.problem.replace(
            hyper={k: v for k, v in hyper.items() if v is not None}
        )
        return {
            side: contestant(same.title, reference, side, problem, "graph")
            for side, reference in same.exhibits.items()
        }


def contestant(
    name: str, reference: str, side: Side, problem: Problem, mode: Mode
) -> Contestant:
    """Let an exhibit take part under a name."""
    job = partial(recording, reference, side, problem, mode)
    return Contestant(name, mode, job, problem.provable)


def recording(
    reference: str, side: Side, problem: Problem, mode: Mode, dtype: Dtype
) -> Job:
    """Return the job that records an exhibit."""
    return Job(
        f"{problem.lesson} {side} {mode}: {problem.steps:,} updates",
        multiprocess.record,
        (reference, side, problem, mode, dtype),
    )


class Aspect(Protocol):
    """Something that is found out about a lesson beside its verdicts."""

    @property
    def jobs(self) -> Sequence[Job]:
        """What has to run; nothing where the lesson has no such aspect."""

    def add(
        self, report: LessonReport, results: Sequence[Any]
    ) -> LessonReport:
        """Return the report with what the jobs' results say.

        Args:
            report: on the lesson, as far as it goes.
            results: of the jobs, in their order.
        """
