"""Train the same in several environments; say what is still the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from compare.judging import parity
from compare.judging.proof import Run
from compare.lessons.exhibits import exhibit
from compare.pairs.api import check_pair
from compare.pairs.diagnosis.diagnose import diagnose
from compare.pairs.pair import Pair
from compare.pairs.runs import Sides
from compare.pairs.sides import is_script
from compare.records import SIDES, Dtype, Mode, Side
from compare.records.across import Meeting, Place
from compare.records.note import note
from compare.records.pairs import name_in
from compare.records.problem import Problem
from compare.records.verdicts import Verdict
from compare.running.contest import Contest, Contestant
from compare.running.environment import read_environment
from compare.running.lineage import Home
from compare.running.processes import Job, Progress
from compare.studies.lesson.aspect import SLOWEST_FIRST, recording


@dataclass(frozen=True)
class Site:
    """An environment: what it is called, and where it is."""

    name: str
    home: Home


def places_of(
    sites: Sequence[Site], timeout: float, progress: Progress
) -> tuple[Place, ...]:
    """Start TensorFlow in each environment and read its versions.

    Raises:
        UsageError: it does not start in one of them.
    """
    found = [
        (site.name, read_environment(timeout, progress, site.home))
        for site in sites
    ]
    return tuple(
        Place(name, e.python, e.tensorflow, e.keras, e.numpy)
        for name, e in found
    )


@dataclass(frozen=True)
class Trainings:
    """What is trained.

    Attributes:
        lessons: their problems.
        own: functions and scripts of one's own, as file.py:function or
            file.py.
        problem: what these functions train.
        modes: how updates run, where a lesson can.
    """

    lessons: tuple[Problem, ...]
    own: tuple[str, ...]
    problem: Problem | None
    modes: tuple[Mode, ...]


class Travel:
    """Runs trainings in several environments, each once, and judges them.

    Args:
        trainings: what runs in each.
        at_once: how many processes run beside each other.
        timeout: seconds that one of them may take.
        progress: told of every process.
    """

    def __init__(
        self,
        trainings: Trainings,
        at_once: int,
        timeout: float,
        progress: Progress,
    ) -> None:
        self.trainings = trainings
        self.timeout = timeout
        self.progress = progress
        self._contest = Contest(at_once, timeout, progress)
        self._members: dict[tuple[object, ...], Contestant] = {}

    def meetings(
        self, sites: Sequence[Site], explained: bool = True
    ) -> tuple[Meeting, ...]:
        """Judge every training in every environment.

        Args:
            sites: the environments; others are held against the first.
            explained: whether to say in which stage an update differs.
        """
        lessons = self.trainings.lessons
        found = self._lessons(sites, explained) if lessons else ()
        return (*found, *self._own(sites))

    def _lessons(
        self, sites: Sequence[Site], explained: bool
    ) -> tuple[Meeting, ...]:
        """Judge each side against the first environment, and the twins."""
        problems = self.trainings.lessons
        crews = [self._crew(problem, sites) for problem in problems]
        first, *others = sites
        pairs = {
            (problem.lesson, side, site.name, mode): (
                crew[side, mode, first],
                crew[side, mode, site],
            )
            for problem, crew in zip(problems, crews, strict=True)
            for site in others
            for side, mode, where in crew
            if where is site
        }
        twins = {
            (problem.lesson, "both", where.name, mode): (
                crew["manual", mode, where],
                crew["keras", mode, where],
            )
            for problem, crew in zip(problems, crews, strict=True)
            for side, mode, where in crew
            if side == "manual"
        }
        judged = self._contest.judge([*pairs.values(), *twins.values()])
        found = [
            Meeting(lesson, side, name, judged[pair])
            for problem in problems
            for own in SIDES
            for (lesson, side, name, _), pair in pairs.items()
            if (lesson, side) == (problem.lesson, own)
        ]
        own = (
            Meeting(lesson, side, name, self._twins(*pair))
            for (lesson, side, name, _), pair in twins.items()
        )
        if explained:
            found = [self._explained(meeting, sites) for meeting in found]
        return (*found, *own)

    def _crew(
        self, problem: Problem, sites: Sequence[Site]
    ) -> dict[tuple[Side, Mode, Site], Contestant]:
        """Return each side in each mode and environment."""
        return {
            (side, mode, site): self._members.setdefault(
                (problem.lesson, side, mode, site),
                Contestant(
                    site.name,
                    mode,
                    partial(_job, site, side, problem, mode),
                    problem.provable,
                ),
            )
            for side in reversed(SIDES)
            for mode in sorted(self.trainings.modes, key=SLOWEST_FIRST.index)
            if mode in problem.modes
            for site in sites
        }

    def _twins(self, left: Contestant, right: Contestant) -> Verdict:
        """Judge both sides of a lesson within an environment."""

        def runs(dtype: Dtype = "float32") -> tuple[Run, Run]:
            one, other = (
                replace(self._contest.run(member, dtype), side=side)
                for member, side in zip((left, right), SIDES, strict=True)
            )
            return one, other

        exact = partial(runs, "float64") if left.provable else None
        return parity.judge(*runs(), exact)

    def _explained(self, meeting: Meeting, sites: Sequence[Site]) -> Meeting:
        """Say of what differs in which stage of an update it does."""
        verdict = meeting.verdict
        if verdict.outcome != "different":
            return meeting
        (problem,) = (
            p for p in self.trainings.lessons if p.lesson == meeting.training
        )
        (other,) = (s for s in sites[1:] if s.name == meeting.place)
        reference = exhibit(cast(Side, meeting.side), problem.lesson)
        sides = Sides(
            (reference, reference),
            (sites[0].name, other.name),
            problem,
            verdict.mode,
            self.timeout,
            homes=(sites[0].home, other.home),
        )
        found = diagnose(Pair(sides, self.progress), verdict, self.progress)
        if found and found.stages and not found.parts_at:
            alike = note(
                "eagerly both make this update alike: they part only where "
                "it is compiled, in {mode} mode.",
                mode=verdict.mode,
            )
            found = replace(found, facts=(*found.facts, alike))
        return replace(meeting, verdict=replace(verdict, diagnosis=found))

    def _own(self, sites: Sequence[Site]) -> Iterator[Meeting]:
        """Judge what is the user's own."""
        modes, problem = self.trainings.modes, self.trainings.problem
        first, *others = sites
        for reference in self.trainings.own:
            script = is_script(reference)
            for site in others:
                verdict, _ = check_pair(
                    reference,
                    reference,
                    None if script else problem,
                    names=(first.name, site.name),
                    mode="graph" if "graph" in modes else modes[0],
                    timeout=self.timeout,
                    progress=self.progress,
                    homes=(first.home, site.home),
                )
                yield Meeting(name_in(reference), "", site.name, verdict)


def _job(
    site: Site, side: Side, problem: Problem, mode: Mode, dtype: Dtype
) -> Job:
    reference = exhibit(side, problem.lesson)
    job = recording(reference, side, problem, mode, dtype)
    return replace(job, label=f"{job.label}, {site.name}", home=site.home)
