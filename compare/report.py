"""Runs what was asked and assembles the report."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from compare import codesize, probes, several, timing, worker
from compare.parity import judge
from compare.problem import Problem, Settings
from compare.problems import problem_of
from compare.processes import Broken, Job, Progress, run_jobs
from compare.records import (
    SIDES,
    Check,
    Convergence,
    Dtype,
    Environment,
    Failure,
    LessonReport,
    Mode,
    Report,
    Side,
    Theory,
    Trajectory,
    UsageError,
    Verdict,
    first_pair,
)
from compare.tables import in_user_units
from compare.theory import (
    distance,
    first_within_1_percent,
    judge_convergence,
    updates_to_settle,
)

FOLDERS: dict[Side, str] = {"manual": "manual", "keras": "keras_impl"}
FRAMES = 300
"""Most rows of a trajectory that a report keeps."""

SETTLE = 1e-14
"""How far the slowest error shrinks in training that shall settle."""

SETTLE_UPDATES = 5000
"""Updates beyond which that takes too long to be run by the way."""

SLOWEST_FIRST: tuple[Mode, ...] = ("graph", "eager", "xla")
QUICK_STEPS = 50
PROCESSES = 3
QUICK_PROCESSES = 1

Run = Trajectory | Failure


@dataclass(frozen=True)
class Request:
    """What to run.

    Attributes:
        lessons: names of lessons.
        settings: what the user changed.
        modes: in which modes, where a lesson can.
        timed: whether to time the pairs that agree.
        quick: fewer updates and fewer timed processes.
        timeout: seconds after which one process is stopped.
        command: how the user asked, for the report.
    """

    lessons: tuple[str, ...]
    settings: Settings
    modes: tuple[Mode, ...]
    timed: bool
    quick: bool
    timeout: float
    command: str


def exhibit(side: Side, lesson: str) -> str:
    """Return the reference by which a worker loads an exhibit."""
    return f"{FOLDERS[side]}.{lesson}"


def make_report(request: Request, progress: Progress) -> Report:
    """Run the lessons and report on each.

    Raises:
        UsageError: a lesson is unknown, a setting does not suit it, or
            TensorFlow cannot be imported.
    """
    settings = request.settings
    if request.quick and settings.steps is None:
        settings = replace(settings, steps=QUICK_STEPS)
    problems = [problem_of(lesson, settings) for lesson in request.lessons]
    job = Job("TensorFlow: import", worker.environment, ())
    (environment,) = run_jobs([job], 1, request.timeout, progress)
    if isinstance(environment, Broken):
        raise UsageError(
            f"TensorFlow does not start: {environment.reason}; install this "
            "project again, see the README"
        )
    plans = [_Plan(problem, request, environment) for problem in problems]
    jobs = [job for plan in plans for job in plan.jobs.values()]
    results = iter(run_jobs(jobs, plans[0].at_once, request.timeout, progress))
    reports = []
    for plan in plans:
        found = {key: next(results) for key in plan.jobs}
        reports.append(plan.judge(found, progress))
    return Report(
        environment=environment,
        command=request.command,
        lessons=tuple(
            plan.time(report, progress)
            for plan, report in zip(plans, reports, strict=True)
        ),
    )


class _Plan:
    """One lesson's jobs, and what their results say."""

    def __init__(
        self, problem: Problem, request: Request, environment: Environment
    ) -> None:
        self.problem = problem
        self.request = request
        self.theory = problem.theory()
        self.modes = [m for m in request.modes if m in problem.modes]
        self.at_once = environment.cpus
        self._settling = self._settling_problem()
        self._runs: dict[tuple[Side, Mode], Run] = {}
        self.jobs: dict[tuple[Any, ...], Job] = {}
        for side in reversed(SIDES):  # fit is the slower one: start with it
            for mode in sorted(self.modes, key=SLOWEST_FIRST.index):
                self.jobs["run", side, mode] = self._job(
                    side, mode, "float32", problem
                )
        for side in SIDES:
            self.jobs["tensors", side] = Job(
                f"{problem.lesson} {side}: shapes",
                probes.tensor_map,
                (exhibit(side, problem.lesson), problem),
            )
            if problem.same_as and "graph" in self.modes:
                self.jobs["same", side] = self._reference_job(side, "float32")
            if self._settling:
                for dtype in ("float32", "float64"):
                    self.jobs["settle", side, dtype] = self._job(
                        side, "graph", dtype, self._settling
                    )

    def judge(
        self, found: dict[tuple[Any, ...], Any], progress: Progress
    ) -> LessonReport:
        """Turn the results of the jobs into a report without timings."""
        for (kind, *key), result in found.items():
            if kind == "run":
                side, mode = key
                self._runs[side, mode] = _run(result, side, mode, "float32")
        verdicts = tuple(self._verdict(mode, progress) for mode in self.modes)
        problem = self.problem
        trajectories = tuple(
            run for run in self._runs.values() if isinstance(run, Trajectory)
        )
        runs = first_pair(trajectories)
        frames = _frames(trajectories)
        sources: dict[str, str] = {
            side: _source(exhibit(side, problem.lesson)) for side in SIDES
        }
        return LessonReport(
            lesson=problem.lesson,
            title=problem.title,
            data=problem.data,
            rows=len(problem.x),
            features=problem.x.reshape(len(problem.x), -1).shape[1],
            batch_size=problem.batch_size,
            updates=problem.steps,
            learning_rate=problem.learning_rate,
            notes=problem.notes + self._overshoot_note(runs),
            sources=sources,
            sizes={
                side: codesize.measure(text) for side, text in sources.items()
            },
            verdicts=verdicts,
            checks=tuple(
                self._check(side, found["same", side], progress)
                for side in SIDES
                if ("same", side) in found
            ),
            trajectories=tuple(_thin(run, frames) for run in trajectories),
            recorded_updates=frames,
            failures=tuple(
                run for run in self._runs.values() if isinstance(run, Failure)
            ),
            scaling=problem.scaling,
            user_parameters={
                run.side: in_user_units(run.results, problem.scaling)
                for run in runs
                if problem.scaling
            },
            theory=self.theory,
            within_1_percent={
                run.side: first_within_1_percent(run, self.theory)
                for run in runs
                if self.theory
            },
            convergence=self._convergence(found),
            tensors={
                side: found["tensors", side]
                for side in SIDES
                if not isinstance(found["tensors", side], Broken)
            },
            timings=(),
            memory=(),
            iterators=(),
        )

    def time(self, report: LessonReport, progress: Progress) -> LessonReport:
        """Add the timings of the pairs that are the same training.

        A cluster is not timed: its processes can train only once.
        """
        if not self.request.timed or self.problem.hyper.get("workers", 1) > 1:
            return report
        subjects = [
            timing.Subject(
                exhibit(side, report.lesson),
                side,
                mode,
                self.problem.without_stopping(),
                run,
            )
            for (side, mode), run in sorted(self._runs.items())
            for verdict in report.verdicts
            if verdict.mode == mode and verdict.agree
            if isinstance(run, Trajectory) and run.updates
        ]
        textbook = [
            subject
            for subject in subjects
            if subject.side == "keras" and subject.mode == "graph"
        ]
        timeout = self.request.timeout
        processes = QUICK_PROCESSES if self.request.quick else PROCESSES
        timings, memory = timing.time_subjects(
            subjects, processes, timeout, progress
        )
        return replace(
            report,
            timings=timings,
            memory=memory,
            iterators=timing.iterator_costs(textbook, timeout, progress),
        )

    def _job(
        self, side: Side, mode: Mode, dtype: Dtype, problem: Problem
    ) -> Job:
        return Job(
            f"{problem.lesson} {side} {mode}: {problem.steps:,} updates"
            + (" in float64" if dtype == "float64" else ""),
            several.record,
            (exhibit(side, problem.lesson), side, problem, mode, dtype),
        )

    def _reference_job(self, side: Side, dtype: Dtype) -> Job:
        same = self.problem.same_as
        assert same is not None
        hyper = {**self.problem.hyper, **same.hyper}
        reference = self.problem.replace(
            lesson=same.lesson,
            hyper={k: v for k, v in hyper.items() if v is not None},
        )
        return self._job(side, "graph", dtype, reference)

    def _verdict(self, mode: Mode, progress: Progress) -> Verdict:
        left, right = (self._runs[side, mode] for side in SIDES)
        jobs = [
            self._job(side, mode, "float64", self.problem) for side in SIDES
        ]
        verdict = self._judge(left, right, jobs, progress)
        broken = any(
            isinstance(run, Trajectory) and run.first_non_finite is not None
            for run in (left, right)
        )
        if verdict.outcome == "could not run" and broken:
            return replace(verdict, reason=self._overshoot(verdict.reason))
        return verdict

    def _check(self, side: Side, result: Any, progress: Progress) -> Check:
        """Compare a side's run with the other way to the same parameters."""
        same = self.problem.same_as
        assert same is not None
        jobs = [
            self._job(side, "graph", "float64", self.problem),
            self._reference_job(side, "float64"),
        ]
        reference = _run(result, same.title, "graph", "float32")
        run = self._runs[side, "graph"]
        verdict = self._judge(run, reference, jobs, progress)
        return Check(side, same.title, verdict)

    def _judge(
        self, left: Run, right: Run, jobs: Sequence[Job], progress: Progress
    ) -> Verdict:
        def rerun() -> tuple[Run, Run]:
            results = run_jobs(
                jobs, self.at_once, self.request.timeout, progress
            )
            one, other = (
                _run(result, run.side, run.mode, "float64")
                for result, run in zip(results, (left, right), strict=True)
            )
            return one, other

        return judge(left, right, rerun)

    def _overshoot(self, reason: str) -> str:
        rate = self.problem.learning_rate
        limit = self.theory and self.theory.largest_learning_rate
        if limit and rate > limit:
            return (
                f"overshoots: {reason}; the learning rate {rate:g} is beyond "
                f"{limit:.4g}, the largest that converges: choose a smaller "
                "one with --learning-rate"
            )
        return f"{reason}; try a smaller --learning-rate"

    def _overshoot_note(self, runs: Sequence[Trajectory]) -> tuple[str, ...]:
        rate = self.problem.learning_rate
        limit = self.theory and self.theory.largest_learning_rate
        if not limit or rate <= limit:
            return ()
        loss = ""
        if runs:
            first, last = runs[0].losses[[0, -1]]
            loss = f"; the loss went from {first:.3g} to {last:.3g}"
        return (
            f"overshoots: the learning rate {rate:g} is beyond {limit:.4g}, "
            f"the largest that converges on all rows{loss}",
        )

    def _settling_problem(self) -> Problem | None:
        """Return the problem on all rows at once, long enough to settle.

        Mini-batches never settle with a constant learning rate: each pulls
        towards its own minimum.
        """
        theory = self.theory
        if not theory or theory.largest_learning_rate is None:
            return None
        if self.problem.batch_size == len(self.problem.x):
            return None
        rate = _fastest_rate(theory)
        updates = updates_to_settle(theory, rate, SETTLE)
        if updates is None or updates > SETTLE_UPDATES:
            return None
        return self.problem.replace(
            batch_size=len(self.problem.x),
            epochs=updates,
            hyper={**self.problem.hyper, "learning_rate": rate},
        )

    def _convergence(
        self, found: dict[tuple[Any, ...], Any]
    ) -> Convergence | None:
        if not self._settling or not self.theory:
            return None
        updates = self._settling.steps
        distances: dict[str, dict[str, float]] = {}
        for (kind, *key), result in found.items():
            if kind == "settle":
                side, dtype = key
                if isinstance(result, Broken):
                    reason = f"could not run: {side}: {result.reason}"
                    return Convergence(updates, {}, 0.0, False, reason)
                end = distance(result.results, self.theory)
                distances.setdefault(side, {})[dtype] = end
        scale = max(
            float(np.abs(value).max())
            for value in self.theory.closed_form.values()
        )
        return judge_convergence(updates, distances, scale)


def _fastest_rate(theory: Theory) -> float:
    """Return the constant learning rate that settles in fewest updates."""
    return 2 / (theory.smallest_curvature + theory.largest_curvature)


def _run(result: Any, side: str, mode: Mode, dtype: str) -> Run:
    if isinstance(result, Broken):
        return Failure(side, mode, dtype, result.reason, result.details)
    assert isinstance(result, Trajectory)
    return replace(result, side=side)


def _source(reference: str) -> str:
    """Read an exhibit's source without importing TensorFlow."""
    if ":" in reference:
        return Path(reference.rpartition(":")[0]).read_text()
    spec = importlib.util.find_spec(reference)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text()


def _frames(runs: Sequence[Trajectory]) -> np.ndarray:
    """Choose at most FRAMES updates, first and last among them."""
    last = max((run.updates for run in runs), default=0)
    return np.unique(np.linspace(0, last, FRAMES).round().astype(int))


def _thin(run: Trajectory, frames: np.ndarray) -> Trajectory:
    kept = frames[frames <= run.updates]
    return replace(
        run,
        parameters={name: v[kept] for name, v in run.parameters.items()},
        losses=run.losses[kept],
    )
