"""Train the same in several environments; say what is still the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from typing import Any

from compare.judging import parity
from compare.judging.proof import Run
from compare.lessons.exhibits import exhibit, imports_tensorflow
from compare.pairs.api import check_pair
from compare.pairs.diagnosis.diagnose import Dissection
from compare.pairs.pair import Pair as OwnPair
from compare.pairs.runs import Sides
from compare.pairs.sides import is_script
from compare.records import SIDES, Dtype, Mode, Side
from compare.records.across import MODES_ON, Meeting, Place
from compare.records.diagnosis import Diagnosis
from compare.records.note import Note, note
from compare.records.pairs import name_in
from compare.records.peers import Backend
from compare.records.problem import Problem
from compare.records.verdicts import Verdict
from compare.running.contest import Contest, Contestant, Pair
from compare.running.environment import read_environment
from compare.running.lineage import Home
from compare.running.processes import Advance, Job, Progress, run_jobs
from compare.studies.lesson.aspect import SLOWEST_FIRST, recording
from compare.studies.peers.catalogue import BACKENDS

OWN_MODES: tuple[Mode, ...] = ("graph", "xla", "eager")
"""In which of them one's own function runs: the first one that it can."""


@dataclass(frozen=True)
class Site:
    """An environment: what it is called, and where it is."""

    name: str
    home: Home

    @property
    def backend(self) -> Backend:
        """What Keras computes with there."""
        return self.home.backend


def places_of(
    sites: Sequence[Site], timeout: float, progress: Progress
) -> tuple[Place, ...]:
    """Start TensorFlow in each environment and read its versions.

    Raises:
        UsageError: it does not start in one of them.
    """
    return tuple(_place(site, timeout, progress) for site in sites)


def _place(site: Site, timeout: float, progress: Progress) -> Place:
    found = read_environment(timeout, progress, site.home)
    versions = found.python, found.tensorflow, found.keras, found.numpy
    if site.backend == "tensorflow":
        return Place(site.name, *versions)
    job = Job(f"{site.name}: release", _release, (site.backend,), True,
              site.home)  # fmt: skip
    (release,) = run_jobs([job], 1, timeout, progress)
    return Place(site.name, *versions, site.backend, str(release))


def _release(package: str, advance: Advance) -> str:
    return metadata.version(package)


@dataclass(frozen=True)
class Trainings:
    """What is trained.

    Attributes:
        lessons: their problems, by name.
        own: functions and scripts of one's own, as file.py:function or
            file.py.
        problem: what these functions train.
        modes: how updates run, where a lesson can.
    """

    lessons: dict[str, Problem]
    own: tuple[str, ...]
    problem: Problem | None
    modes: tuple[Mode, ...]


class _Stages(Dissection):
    """Looks at updates; what whole runs show has been said."""

    def facts(self) -> list[Note]:
        return self.said


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
        self._members: dict[tuple[Any, ...], Contestant] = {}

    def meetings(
        self, sites: Sequence[Site], explained: bool = True
    ) -> Iterator[Meeting]:
        """Judge every training in every environment.

        Args:
            sites: the environments; others are held against the first.
            explained: whether to say in which stage an update differs.
        """
        pairs = dict(self._pairs(sites))
        judged = self._contest.judge(list(pairs.values()))
        known: dict[tuple[Any, ...], Diagnosis] = {}
        for (lesson, side, site, _), pair in pairs.items():
            verdict = judged[pair]
            if side == "both":
                verdict = self._twins(*pair)
            elif explained and verdict.outcome == "different":
                key = lesson, side, site, verdict.divergence
                if key not in known:  # modes that part alike share it
                    sides = self._sides(lesson, side, (sites[0], site))
                    known[key] = self._why(sides, verdict)
                verdict = replace(verdict, diagnosis=known[key])
            yield Meeting(lesson, side, site.name, verdict)
        for reference in self.trainings.own:
            for site in sites[1:]:
                verdict = self._own(reference, sites[0], site)
                yield Meeting(name_in(reference), "", site.name, verdict)

    def _pairs(
        self, sites: Sequence[Site]
    ) -> Iterator[tuple[tuple[str, str, Site, Mode], Pair]]:
        """Yield who is held against whom: a side's runs, and the twins."""
        for lesson, problem in self.trainings.lessons.items():
            for mode in SLOWEST_FIRST:
                if mode not in {*problem.modes} & {*self.trainings.modes}:
                    continue
                crews = [
                    (site, self._crew(lesson, mode, site))
                    for site in sites
                    if runs_on(lesson, mode, site.backend)
                ]
                held = crews if crews and crews[0][0] is sites[0] else []
                for number, side in enumerate(SIDES):
                    for site, crew in held[1:]:
                        pair = held[0][1][number], crew[number]
                        if side == "keras" or on_tensorflow(sites[0], site):
                            yield (lesson, side, site, mode), pair
                for site, crew in crews:
                    yield (lesson, "both", site, mode), crew

    def left_out(self, sites: Sequence[Site]) -> Iterator[str]:
        """Say what does not run where Keras computes with something else."""
        for backend in dict.fromkeys(site.backend for site in sites):
            name, _ = BACKENDS[backend]
            for mode in self.trainings.modes:
                if mode not in MODES_ON[backend]:
                    yield f"{mode} mode of Keras on {name}, which has none"
            for lesson in self.trainings.lessons:
                if not runs_on(lesson, MODES_ON[backend][0], backend):
                    yield (
                        f"{lesson} on {name}: its Keras side needs TensorFlow"
                    )

    def _crew(self, lesson: str, mode: Mode, site: Site) -> Pair:
        """Return both sides in an environment."""
        problem = self.trainings.lessons[lesson]
        keras, manual = (
            self._members.setdefault(
                (lesson, side, mode, site),
                Contestant(
                    site.name,
                    mode,
                    partial(_job, site, side, problem, mode),
                    problem.provable,
                ),
            )
            for side in reversed(SIDES)
        )
        return manual, keras

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

    def _sides(
        self, lesson: str, side: str, sites: tuple[Site, Site]
    ) -> Sides:
        one, other = sites
        reference = exhibit("manual" if side == "manual" else "keras", lesson)
        return Sides(
            (reference, reference),
            (one.name, other.name),
            self.trainings.lessons[lesson],
            "eager",  # in which stages are seen
            self.timeout,
            homes=(one.home, other.home),
        )

    def _why(self, sides: Sides, verdict: Verdict) -> Diagnosis:
        """Say in which stage of an update a side differs."""
        pair = OwnPair(sides, self.progress)
        found = _Stages(pair, verdict, self.progress).diagnosis()
        if found.update or not found.stages:
            return found
        alike = note(
            "eagerly both make this update alike: they part only where it is "
            "compiled, in {mode} mode.",
            mode=verdict.mode,
        )
        return replace(found, stages=(), facts=(*found.facts, alike))

    def _own(self, reference: str, first: Site, site: Site) -> Verdict:
        """Judge what is the user's own."""
        modes = {*self.trainings.modes} & {*MODES_ON[first.backend]}
        modes &= {*MODES_ON[site.backend]}
        verdict, _ = check_pair(
            reference,
            reference,
            None if is_script(reference) else self.trainings.problem,
            names=(first.name, site.name),
            mode=next(mode for mode in OWN_MODES if mode in modes),
            timeout=self.timeout,
            progress=self.progress,
            homes=(first.home, site.home),
        )
        return verdict


def runs_on(lesson: str, mode: Mode, backend: Backend) -> bool:
    """Whether the Keras side of a lesson can compute with a backend."""
    return mode in MODES_ON[backend] and (
        backend == "tensorflow"
        or not imports_tensorflow(exhibit("keras", lesson))
    )


def on_tensorflow(*sites: Site) -> bool:
    """Whether Keras computes with TensorFlow in all of these."""
    return all(site.backend == "tensorflow" for site in sites)


def _job(
    site: Site, side: Side, problem: Problem, mode: Mode, dtype: Dtype
) -> Job:
    """Return the job that records a side; by hand it is TensorFlow's."""
    job = recording(exhibit(side, problem.lesson), side, problem, mode, dtype)
    home = site.home
    if side == "manual":
        home = replace(home, backend="tensorflow")
    return replace(job, label=f"{job.label}, {site.name}", home=home)
