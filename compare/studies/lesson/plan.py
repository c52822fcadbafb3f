"""One lesson: which processes to run, and what their results say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from compare.judging import codesize, thinning
from compare.judging.notes import explain_overshoot, theory_notes
from compare.judging.parity import judge
from compare.judging.proof import Run
from compare.judging.theory import first_within_1_percent, theory_of
from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.tables import in_user_units
from compare.records import (
    SIDES,
    Check,
    Dtype,
    Failure,
    Mode,
    Side,
    Trajectory,
    Verdict,
)
from compare.records.problem import Problem
from compare.records.report import Environment, LessonReport, first_pair
from compare.records.request import Request
from compare.running import probes, several, timing
from compare.running.processes import (
    Broken,
    Job,
    Progress,
    run_jobs,
    why_broken,
)
from compare.studies.lesson import rates
from compare.studies.lesson.settling import judge_settling, settling_problem

SLOWEST_FIRST: tuple[Mode, ...] = ("graph", "eager", "xla")


class Plan:
    """One lesson's jobs, and what their results say."""

    def __init__(
        self, problem: Problem, request: Request, environment: Environment
    ) -> None:
        self.problem = problem
        self.request = request
        self.theory = theory_of(problem)
        self.modes = [m for m in request.modes if m in problem.modes]
        self.at_once = environment.cpus
        self._settling = settling_problem(problem, self.theory)
        self._rates = (
            rates.rates_to_try(problem, self.theory)
            if request.effort and not request.quick
            else ()
        )
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

        if self._rates:
            for side, job in rates.jobs(problem, self._rates).items():
                self.jobs["rates", side] = job

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
        frames = thinning.frames(trajectories)
        sources: dict[str, str] = {
            side: source_of(exhibit(side, problem.lesson)) for side in SIDES
        }
        beside = [key for key in found if key[0] in ("tensors", "rates")]
        return LessonReport(
            lesson=problem.lesson,
            title=problem.title,
            data=problem.data,
            rows=len(problem.x),
            features=problem.x.reshape(len(problem.x), -1).shape[1],
            batch_size=problem.batch_size,
            workers=problem.workers,
            updates=problem.steps,
            learning_rate=problem.learning_rate,
            notes=(*problem.notes, *theory_notes(problem, self.theory, runs)),
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
            trajectories=tuple(
                thinning.thin(run, frames) for run in trajectories
            ),
            recorded_updates=frames,
            failures=tuple(
                run for run in self._runs.values() if isinstance(run, Failure)
            ),
            scaling=problem.scaling,
            user_parameters=self._user_parameters(runs),
            theory=self.theory,
            within_1_percent={
                run.side: first_within_1_percent(run, self.theory)
                for run in runs
                if self.theory
            },
            convergence=judge_settling(
                problem,
                self.theory,
                {
                    (side, dtype): result
                    for (kind, side, *rest), result in found.items()
                    if kind == "settle"
                    for dtype in rest
                },
            ),
            tensors={
                side: found["tensors", side]
                for side in SIDES
                if not isinstance(found["tensors", side], Broken)
            },
            timings=(),
            memory=(),
            left_out=why_broken(
                [self.jobs[key] for key in beside],
                [found[key] for key in beside],
            ),
            iterators=(),
            points=thinning.points(problem, self.theory),
            rates=rates.judge_rates(problem, self.theory, self._rates, found),
        )

    def time(self, report: LessonReport, progress: Progress) -> LessonReport:
        """Add the timings of the pairs that are the same training.

        A cluster is not timed: its processes can train only once.
        """
        effort = self.request.effort
        if effort is None or self.problem.workers > 1:
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
        timed = timing.time_subjects(subjects, effort, timeout, progress)
        costs, broken = timing.iterator_costs(textbook, timeout, progress)
        return replace(
            report,
            timings=timed.timings,
            memory=timed.memory,
            iterators=costs,
            left_out=(*report.left_out, *timed.broken, *broken),
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
            hyper={k: v for k, v in hyper.items() if v is not None},
        )
        job = self._job(side, "graph", dtype, reference)
        _, *arguments = job.arguments
        return replace(job, arguments=(same.exhibits[side], *arguments))

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
            why = explain_overshoot(self.problem, self.theory, verdict.why)
            return replace(verdict, why=why)
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

    def _user_parameters(
        self, runs: Sequence[Trajectory]
    ) -> dict[str, dict[str, np.ndarray]]:
        scaling = self.problem.scaling
        if scaling is None:
            return {}
        found = {run.side: run.results for run in runs}
        if self.theory and found:
            found["closed form"] = self.theory.closed_form
        return {
            who: in_user_units(parameters, scaling)
            for who, parameters in found.items()
        }


def _run(result: Any, side: str, mode: Mode, dtype: str) -> Run:
    if isinstance(result, Broken):
        return Failure(side, mode, dtype, result.reason, result.details)
    assert isinstance(result, Trajectory)
    return replace(result, side=side)
