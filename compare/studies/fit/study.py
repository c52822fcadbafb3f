"""Where the time of Keras's `fit` goes, and what cures it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from compare.lessons.problems import problem_of
from compare.records import Mode
from compare.records.fit import Breakdown, CallCost, FitReport, VariantReport
from compare.records.problem import Problem, Settings
from compare.records.report import Environment
from compare.records.timing import Effort, Sample
from compare.records.variants import Variant
from compare.running.contest import Contest
from compare.running.processes import Job, Progress
from compare.running.timing import Turns, take_turns
from compare.studies.fit import probe
from compare.studies.variants import VARIANTS
from compare.studies.variants.source import change, title
from compare.studies.variants.trials import pairs_of, time_by_turns

SECONDS = 1.0
"""Filled with turns of all variants, in each process."""

ALONE = "keras no_graph_optimiser"
"""It sets something for its whole process, so it has one of its own."""

EPOCHS = 20
"""Epochs that one sample of the breakdown is the mean of."""

TAKEN_APART = (
    "manual xla_loop",
    "keras many_steps",
    "keras train_on_batch",
    "keras no_metrics",
)
CALLS = 300
"""Variants of which a call is taken apart, and how many calls of each."""

ROUNDS_OF_PARTS = 3
"""Most processes that take an epoch or a call apart: they hardly differ."""

Role = tuple[Variant, ...] | bool | str
"""What a job measures: the updates of variants by turns; an epoch of the
textbook, with or without the graph optimiser; a call of the variant of this
name."""


@dataclass(frozen=True)
class Study:
    """What to find out.

    Attributes:
        mode: how an update of the textbook `fit` that is broken down runs.
        rounds: processes in which all variants take turns.
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
    agreeing = [v for v in study.variants if verdicts[v.name].agree]
    turns = _take_turns(study, agreeing, progress)
    timed = samples_of(turns)
    bases = {variant.name: variant for variant in study.variants}
    return FitReport(
        updates=line().steps,
        compared_after=study.compared_after,
        breakdowns=tuple(
            Breakdown(study.mode, graph_optimiser, EPOCHS, samples)
            for graph_optimiser in (True, False)
            if (samples := turns.of(graph_optimiser))
        ),
        variants=tuple(
            VariantReport(
                variant=variant,
                title=title(variant),
                change=change(variant, bases.get(variant.base or "")),
                verdict=verdicts[variant.name],
                samples=tuple(timed[variant.name]),
            )
            for variant in study.variants
        ),
        calls=tuple(
            CallCost(name, line().steps_per_call, samples)
            for name in TAKEN_APART
            if (samples := turns.of(name))
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


def samples_of(turns: Turns[Role]) -> dict[str, list[Sample]]:
    """Return the samples of every variant that was timed, by its name."""
    samples = defaultdict(list)
    for results in turns.rounds:
        for result in results.values():
            if isinstance(result, dict):
                for name, sample in result.items():
                    samples[name].append(sample)
    return samples


def _take_turns(
    study: Study, variants: Sequence[Variant], progress: Progress
) -> Turns[Role]:
    """Time variants in all rounds; take apart in the first few."""
    together = tuple(v for v in variants if v.name != ALONE)
    alone = tuple(v for v in variants if v.name == ALONE)
    timing: dict[Role, Job] = {
        group: Job(f"{name}: time", time_by_turns, (group, line, SECONDS))
        for name, group in (("all by turns", together), (ALONE, alone))
        if group
    }
    apart: dict[Role, Job] = {
        variant.name: Job(
            f"{variant.name}: take a call apart",
            probe.cost_of_a_call,
            (variant, line, CALLS),
        )
        for variant in variants
        if variant.name in TAKEN_APART
    }
    if study.textbook:
        problem = problem_of("linear_regression", Settings())
        for graph_optimiser in (True, False):
            apart[graph_optimiser] = Job(
                f"textbook fit {study.mode}: break down"
                + ("" if graph_optimiser else ", no graph optimiser"),
                probe.watch_epochs,
                (study.textbook, problem, study.mode, graph_optimiser, EPOCHS),
            )
    few = min(study.rounds, ROUNDS_OF_PARTS)
    first, later = (
        take_turns(jobs, Effort(rounds), study.timeout, progress)
        for jobs, rounds in (
            (timing | apart, few),
            (timing, study.rounds - few),
        )
    )
    return Turns(first.rounds + later.rounds, first.broken + later.broken)
