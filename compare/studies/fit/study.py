"""Where the time of Keras's `fit` goes, and what cures it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from compare.judging.parity import judge
from compare.judging.proof import Run
from compare.lessons.problems import problem_of
from compare.records import Dtype, Failure, Mode, Trajectory, Verdict, note
from compare.records.fit import Breakdown, CallCost, FitReport, FormReport
from compare.records.problem import Problem, Settings
from compare.records.report import Environment
from compare.running.processes import (
    Broken,
    Job,
    Progress,
    run_jobs,
    why_broken,
)
from compare.studies.fit import probe
from compare.studies.fit.forms import FORMS, TEXTBOOK, Form, change, title

AFTER = (1, 2, 3, 10, 100, 1_100)
"""After how many updates the forms are compared."""

SHORT = 2
"""Length of the short training, in calls or updates as `Form.timed`."""

EPOCHS = 20
"""Epochs that one sample of the breakdown is the mean of."""

WATCHED = 3
"""Most processes that look inside: what they find hardly varies."""

CALLS = {
    "whole_loop": 1_000,
    "many_steps": 200,
    "train_on_batch": 300,
    "no_metrics": 500,
}
"""Form of which a call is taken apart -> how many calls."""


_Key = tuple[str, Any]
"""What a job measures: "form", "watch" or "call", and of what."""


@dataclass(frozen=True)
class Study:
    """What to find out.

    Attributes:
        mode: how an update of the textbook `fit` that is broken down runs.
        rounds: processes that each form is timed in.
        timeout: seconds after which one process is stopped.
        forms: which forms, bases before those that change them.
        textbook: reference of the exhibit that is broken down, or None.
    """

    mode: Mode
    rounds: int
    timeout: float
    forms: tuple[Form, ...] = FORMS
    textbook: str | None = "keras_impl.linear_regression"


def study_fit(
    study: Study, environment: Environment, progress: Progress
) -> FitReport:
    """Compare all forms, then time those that are the same training."""
    problem = problem_of("fused_steps", Settings())
    verdicts, missing = _verdicts(study, problem, environment.cpus, progress)
    agreeing = [form for form in study.forms if _agrees(form, verdicts)]
    times = {("form", f.name): _time_job(f, problem) for f in agreeing}
    inner = {**_watch_jobs(study), **_call_jobs(agreeing, problem)}
    found, broken = _rounds(study, times, inner, progress)
    return FitReport(
        updates=problem.steps,
        compared_after=AFTER,
        breakdowns=tuple(
            Breakdown(study.mode, optimiser, EPOCHS, samples)
            for optimiser in (True, False)
            if (samples := found.get(("watch", optimiser)))
        ),
        forms=_reports(study, verdicts, found),
        calls=tuple(
            CallCost(name, problem.hyper["steps_per_call"], samples)
            for name in CALLS
            if (samples := found.get(("call", name)))
        ),
        left_out=(*missing, *broken),
    )


def _rounds(
    study: Study,
    times: dict[_Key, Job],
    inner: dict[_Key, Job],
    progress: Progress,
) -> tuple[dict[_Key, tuple[Any, ...]], tuple[str, ...]]:
    """Run every job once per round, in random order, alone.

    Returns:
        Samples by key, and why a process gave none.
    """
    found: dict[_Key, tuple[Any, ...]] = {}
    broken: tuple[str, ...] = ()
    for number in range(study.rounds):
        due = times | (inner if number < WATCHED else {})
        keys = random.sample(list(due), len(due))
        jobs = [due[key] for key in keys]
        results = run_jobs(jobs, 1, study.timeout, progress)
        broken += why_broken(jobs, results)
        for key, result in zip(keys, results, strict=True):
            if not isinstance(result, Broken):
                found[key] = (*found.get(key, ()), result)
    return found, broken


def _reports(
    study: Study,
    verdicts: dict[str, Verdict | None],
    found: dict[_Key, tuple[Any, ...]],
) -> tuple[FormReport, ...]:
    by_name = {form.name: form for form in study.forms}
    return tuple(
        FormReport(
            name=form.name,
            side=form.side,
            title=title(form),
            base=form.base,
            change=change(form, by_name.get(form.base or "")),
            mode=form.mode,
            same_as=form.same_as,
            verdict=verdicts[form.name],
            samples=found.get(("form", form.name), ()),
        )
        for form in study.forms
        if form.name in verdicts
    )


def _agrees(form: Form, verdicts: dict[str, Verdict | None]) -> bool:
    """Say whether a form may be timed: the root, or the same training."""
    if form.name not in verdicts:
        return False
    verdict = verdicts[form.name]
    return verdict is None or verdict.agree


def _verdicts(
    study: Study, problem: Problem, at_once: int, progress: Progress
) -> tuple[dict[str, Verdict | None], tuple[str, ...]]:
    """Judge every form against the one that is compiled alike.

    Returns:
        Form -> verdict, None for the root; and why a root is missing.
    """
    by_name = {form.name: form for form in study.forms}

    def look(forms: Sequence[Form], dtype: Dtype) -> list[Run]:
        jobs = [_look_job(form, problem, dtype) for form in forms]
        results = run_jobs(jobs, at_once, study.timeout, progress)
        pairs = zip(forms, results, strict=True)
        return [_run(form, result, dtype) for form, result in pairs]

    def again(twin: Form, form: Form) -> tuple[Run, Run]:
        left, right = look((twin, form), "float64")
        return left, right

    def judged(form: Form, twin: Form) -> Verdict:
        left, right = runs[twin.name], runs[form.name]
        verdict = judge(left, right, lambda: again(twin, form))
        return _as_looked(verdict, form.mode)

    # The textbook form takes longest: it starts first.
    slowest = sorted(study.forms, key=lambda form: (form.fused, form.timed))
    runs = {run.side: run for run in look(slowest, "float32")}
    verdicts: dict[str, Verdict | None] = {}
    missing: tuple[str, ...] = ()
    for form in study.forms:
        run = runs[form.name]
        if form.same_as is not None:
            verdicts[form.name] = judged(form, by_name[form.same_as])
        elif isinstance(run, Failure):
            missing += (f"{form.name}: {run.reason}",)
        else:
            verdicts[form.name] = None
    return verdicts, missing


def _as_looked(verdict: Verdict, mode: Mode) -> Verdict:
    """Say after which updates bits were compared: not after every one."""
    if verdict.outcome != "identical":
        return replace(verdict, mode=mode)
    looks = f"{', '.join(f'{n:,}' for n in AFTER[:-1])} and {AFTER[-1]:,}"
    why = note(
        "every parameter has the same bits after {updates} updates",
        updates=looks,
    )
    return replace(verdict, mode=mode, why=(why,))


def _run(form: Form, result: Any, dtype: str) -> Run:
    if isinstance(result, Broken):
        return Failure(
            form.name, form.mode, dtype, result.reason, result.details
        )
    assert isinstance(result, Trajectory)
    return result


def _look_job(form: Form, problem: Problem, dtype: Dtype) -> Job:
    return Job(
        f"{form.side} {form.name}: compare"
        + (" in float64" if dtype == "float64" else ""),
        probe.look,
        (form.reference, form.name, problem, form.mode, dtype, AFTER),
    )


def _time_job(form: Form, problem: Problem) -> Job:
    unit = problem.hyper["steps_per_call"] if form.fused else 1
    return Job(
        f"{form.side} {form.name}: time",
        probe.time_form,
        (form.reference, problem, (SHORT * unit, form.timed * unit)),
    )


def _watch_jobs(study: Study) -> dict[_Key, Job]:
    if study.textbook is None:
        return {}
    problem = problem_of("linear_regression", Settings())
    return {
        ("watch", optimiser): Job(
            f"{TEXTBOOK} fit {study.mode}: break down"
            + ("" if optimiser else ", no graph optimiser"),
            probe.watch_epochs,
            (study.textbook, problem, study.mode, optimiser, EPOCHS),
        )
        for optimiser in (True, False)
    }


def _call_jobs(forms: Sequence[Form], problem: Problem) -> dict[_Key, Job]:
    return {
        ("call", form.name): Job(
            f"{form.side} {form.name}: take a call apart",
            probe.cost_of_a_call,
            (form.reference, problem, CALLS[form.name]),
        )
        for form in forms
        if form.name in CALLS
    }
