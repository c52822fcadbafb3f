"""Runs what was asked and assembles the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from compare.lessons.problems import problem_of
from compare.records import UsageError
from compare.records.problem import Problem
from compare.records.report import LessonReport, Report
from compare.records.request import Request
from compare.running.contest import Contest
from compare.running.environment import read_environment
from compare.running.processes import Progress, run_jobs
from compare.studies.ladder import ladder
from compare.studies.lesson.aspect import Aspect, Lesson
from compare.studies.lesson.describing import describe
from compare.studies.lesson.rates import Rates
from compare.studies.lesson.settling import Settling
from compare.studies.lesson.speed import time_sides
from compare.studies.lesson.tensors import Tensors

ASPECTS: tuple[Callable[[Lesson], Aspect], ...] = (Tensors, Settling, Rates)
"""What is found out about every lesson besides its verdicts."""

QUICK_STEPS = 50


def make_report(request: Request, progress: Progress) -> Report:
    """Run the lessons and report on each.

    Raises:
        UsageError: a lesson is unknown, a setting does not suit it, or
            TensorFlow cannot be imported.
    """
    problems = problems_of(request)
    steps = ladder()  # while TensorFlow is imported
    environment = read_environment(request.timeout, progress)
    lessons = [Lesson(problem, request) for problem in problems]
    reports = _found_out(lessons, environment.cpus, progress)
    reports = [  # last, one process at a time
        time_sides(lesson, report, progress)
        for lesson, report in zip(lessons, reports, strict=True)
    ]
    return Report(
        environment=environment,
        command=request.command,
        ladder=steps,
        lessons=tuple(reports),
    )


def problems_of(request: Request) -> list[Problem]:
    """Make the problems of the lessons that are asked for.

    Raises:
        UsageError: a lesson is unknown, or a setting does not suit it.
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
    return problems


def _found_out(
    lessons: Sequence[Lesson], at_once: int, progress: Progress
) -> list[LessonReport]:
    """Record all sides of all lessons, judge them, and add all aspects.

    All that runs runs in one batch, large networks first and loops by hand,
    which are brief, last: so no processor waits for the last job of a lesson,
    nor at the end for a long one.
    """
    members = [
        member
        for lesson in sorted(lessons, key=lambda lesson: -lesson.size)
        for member in lesson.members
    ]
    aspects = [[aspect(lesson) for aspect in ASPECTS] for lesson in lessons]
    jobs = [member.job("float32") for member in members]
    jobs += [job for own in aspects for aspect in own for job in aspect.jobs]
    timeout = lessons[0].request.timeout
    brief = {n for n, member in enumerate(members) if member.name == "manual"}
    order = sorted(range(len(jobs)), key=lambda number: number in brief)
    ran = run_jobs([jobs[n] for n in order], at_once, timeout, progress)
    by_number = dict(zip(order, ran, strict=True))
    results = (by_number[number] for number in range(len(jobs)))
    contest = Contest(at_once, timeout, progress)
    for member in members:
        contest.keep(member, "float32", next(results))
    verdicts = contest.judge(
        [
            pair
            for lesson in lessons
            for pair in (*lesson.pairs, *lesson.checks.values())
        ]
    )
    reports = []
    for lesson, own in zip(lessons, aspects, strict=True):
        report = describe(lesson, contest, verdicts)
        for aspect in own:
            report = aspect.add(
                report, list(islice(results, len(aspect.jobs)))
            )
        reports.append(report)
    return reports
