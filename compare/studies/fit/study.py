"""Where the time of Keras's `fit` goes, and what cures it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compare.lessons.problems import problem_of
from compare.records import Mode, Verdict
from compare.records.fit import Breakdown, CallCost, FitReport, VariantReport
from compare.records.problem import Problem, Settings
from compare.records.report import Environment
from compare.records.timing import Effort
from compare.records.variants import Variant
from compare.running.contest import Contest
from compare.running.processes import Job, Progress
from compare.running.timing import Turns, take_turns
from compare.studies.fit import probe
from compare.studies.variants import VARIANTS
from compare.studies.variants.source import change, title
from compare.studies.variants.trials import pairs_of, timing_job

GAP = 0.3
"""Seconds by which the long one of the timed trainings exceeds the short
one."""

EPOCHS = 20
"""Epochs that one sample of the breakdown is the mean of."""

ROUNDS_OF_PARTS = 3
"""Most processes that take an epoch or a call apart: what they find hardly
varies."""

TAKEN_APART = (
    "manual xla_loop",
    "keras many_steps",
    "keras train_on_batch",
    "keras no_metrics",
)
CALLS = 300
"""Variants of which a call is taken apart, and how many calls of each."""


@dataclass(frozen=True)
class Study:
    """What to find out.

    Attributes:
        mode: how an update of the textbook `fit` that is broken down runs.
        rounds: processes that each variant is timed in.
        timeout: seconds after which one process is stopped.
        variants: which, bases before those that change them.
        textbook: reference of the exhibit that is broken down, or None.
        compared_after: after how many updates variants are compared.
    """

    mode: Mode
    rounds: int
    timeout: float
    variants: tuple[Variant, ...] = VARIANTS
    textbook: str | None = "keras_impl.linear_regression"
    compared_after: tuple[int, ...] = (1, 2, 3, 10, 100, 1_100)


def study_fit(
    study: Study, environment: Environment, progress: Progress
) -> FitReport:
    """Compare all variants, then time those that are the same training."""
    pairs = pairs_of(study.variants, line, study.compared_after)
    contest = Contest(environment.cpus, study.timeout, progress)
    judged = contest.judge([*pairs.values()])
    verdicts = {name: judged[pair] for name, pair in pairs.items()}
    timings = {
        variant.name: timing_job(variant, line, GAP)
        for variant in study.variants
        if verdicts[variant.name].agree
    }
    epochs = _epoch_jobs(study)
    calls = {
        variant.name: _call_job(variant)
        for variant in study.variants
        if variant.name in TAKEN_APART and variant.name in timings
    }
    parts = [*epochs.values(), *calls.values()]
    turns = _take_turns(study, timings.values(), parts, progress)
    return FitReport(
        updates=line().steps,
        compared_after=study.compared_after,
        breakdowns=tuple(
            Breakdown(study.mode, graph_optimiser, EPOCHS, samples)
            for graph_optimiser, job in epochs.items()
            if (samples := turns.of(job.label))
        ),
        variants=_reports(study, verdicts, timings, turns),
        calls=tuple(
            CallCost(name, line().steps_per_call, samples)
            for name, job in calls.items()
            if (samples := turns.of(job.label))
        ),
        left_out=turns.broken,
    )


def line() -> Problem:
    """Return the first lesson's problem, each of its arrays with columns."""
    problem = problem_of("fused_steps", Settings())
    return problem.replace(
        x=problem.x[:, None],
        y=problem.y[:, None],
        initial={
            "kernel": problem.kernel.reshape(1, 1),
            "bias": problem.bias.reshape(1),
        },
    )


def _take_turns(
    study: Study, timings: Iterable[Job], parts: list[Job], progress: Progress
) -> Turns[str]:
    """Time in all rounds; take apart in the first few."""
    rounds_of_parts = min(study.rounds, ROUNDS_OF_PARTS)
    timing = {job.label: job for job in timings}
    everything = timing | {job.label: job for job in parts}
    first, later = (
        take_turns(jobs, Effort(rounds), study.timeout, progress)
        for jobs, rounds in (
            (everything, rounds_of_parts),
            (timing, study.rounds - rounds_of_parts),
        )
    )
    return Turns(first.rounds + later.rounds, first.broken + later.broken)


def _reports(
    study: Study,
    verdicts: Mapping[str, Verdict],
    timings: Mapping[str, Job],
    turns: Turns[str],
) -> tuple[VariantReport, ...]:
    by_name = {variant.name: variant for variant in study.variants}
    return tuple(
        VariantReport(
            variant=variant,
            title=title(variant),
            change=change(variant, by_name.get(variant.base or "")),
            verdict=verdicts[variant.name],
            samples=turns.of(timings[variant.name].label)
            if variant.name in timings
            else (),
        )
        for variant in study.variants
    )


def _epoch_jobs(study: Study) -> dict[bool, Job]:
    """Return the job that breaks an epoch down, by graph optimiser."""
    if study.textbook is None:
        return {}
    problem = problem_of("linear_regression", Settings())
    return {
        graph_optimiser: Job(
            f"textbook fit {study.mode}: break down{suffix}",
            probe.watch_epochs,
            (study.textbook, problem, study.mode, graph_optimiser, EPOCHS),
        )
        for graph_optimiser, suffix in (
            (True, ""),
            (False, ", no graph optimiser"),
        )
    }


def _call_job(variant: Variant) -> Job:
    return Job(
        f"{variant.name}: take a call apart",
        probe.cost_of_a_call,
        (variant, line, CALLS),
    )
