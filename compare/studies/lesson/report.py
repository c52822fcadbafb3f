"""Runs what was asked and assembles the report."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

from compare.lessons.problems import problem_of
from compare.records import UsageError
from compare.records.report import Environment, Report
from compare.records.request import Request
from compare.running import worker
from compare.running.imports import import_costs
from compare.running.processes import Broken, Job, Progress, run_jobs
from compare.studies.ladder import ladder
from compare.studies.lesson.plan import Plan

QUICK_STEPS = 50

FLOATS = ("float16", "float32", "float64")
FORMATS = ("channels_last", "channels_first")
"""What Keras takes as floatx and as image_data_format."""


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
        cure = "install this project again, see the README"
        if keras_json := _unusable_settings():
            cure = f"mend or delete {keras_json}, which Keras reads first"
        raise UsageError(
            f"TensorFlow does not start: {environment.reason}; {cure}"
        )
    assert isinstance(environment, Environment)
    return environment


def _unusable_settings() -> Path | None:
    """Return Keras's settings file if Keras would not start with it.

    These are the checks of `keras/src/backend/config.py`, which takes what is
    no JSON for empty.
    """
    home = Path.home() if os.access(Path.home(), os.W_OK) else Path("/tmp")
    folder = Path(os.environ.get("KERAS_HOME", home / ".keras")).expanduser()
    path = folder / "keras.json"
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_bytes()) if path.is_file() else None
    except ValueError:
        return None
    except (OSError, RecursionError):
        return path
    usable = (
        isinstance(found, dict)
        and found.get("floatx", "float32") in FLOATS
        and isinstance(found.get("epsilon", 1e-7), float)
        and found.get("image_data_format", "channels_last") in FORMATS
    )
    return None if usable else path
