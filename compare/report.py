"""Runs what was asked and assembles the report."""

from __future__ import annotations

from dataclasses import replace

from compare import worker
from compare.imports import import_costs
from compare.ladder import ladder
from compare.plan import Plan
from compare.problems import problem_of
from compare.processes import Broken, Job, Progress, run_jobs
from compare.records import UsageError
from compare.records.report import Environment, Report
from compare.request import Request

QUICK_STEPS = 50


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
    for problem in problems:
        if not set(request.modes) & set(problem.modes):
            raise UsageError(
                f"{problem.lesson} runs in {' and '.join(problem.modes)} mode "
                "only: name one of these with --modes"
            )
    environment = read_environment(request.timeout, progress)
    plans = [Plan(problem, request, environment) for problem in problems]
    jobs = [job for plan in plans for job in plan.jobs.values()]
    results = iter(run_jobs(jobs, plans[0].at_once, request.timeout, progress))
    reports = []
    for plan in plans:
        found = {key: next(results) for key in plan.jobs}
        reports.append(plan.judge(found, progress))
    effort = request.effort
    budgeted = effort is not None and effort.budget is not None
    return Report(
        environment=environment,
        command=request.command,
        ladder=ladder(),
        lessons=tuple(
            plan.time(report, progress)
            for plan, report in zip(plans, reports, strict=True)
        ),
        imports=import_costs(request.timeout, progress) if budgeted else None,
    )


def read_environment(timeout: float, progress: Progress) -> Environment:
    """Start TensorFlow and say where this runs.

    Raises:
        UsageError: TensorFlow cannot be imported.
    """
    job = Job("TensorFlow: import", worker.environment, ())
    (environment,) = run_jobs([job], 1, timeout, progress)
    if isinstance(environment, Broken):
        raise UsageError(
            f"TensorFlow does not start: {environment.reason}; install this "
            "project again, see the README"
        )
    assert isinstance(environment, Environment)
    return environment
