"""`across`: the same training in several environments."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from compare.commands.options import COMMON, TABLE, add

if TYPE_CHECKING:
    from compare.pairs.across import Site, Trainings, Travel
    from compare.records import Outcome
    from compare.records.across import Bisection
    from compare.records.peers import Backend
    from compare.records.report import Environment
    from compare.running.lineage import Home
    from compare.running.processes import Progress

HELP = "the same training with other releases of TensorFlow and Keras"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Train the same in several environments: with other releases, which "
        "pip installs into a cache folder, or in other interpreters. Say of "
        "each side and mode whether it gives the same bits as in the first "
        "environment, the same mathematics, or something else, and from "
        "which update and stage on. The first is the present one, unless two "
        "others are named. With --backend each is one environment per backend "
        "of Keras. --bisect finds the release that changed it, --time says "
        "how the speed changed."
    )
    parser.add_argument(
        "trainings",
        nargs="*",
        metavar="TRAINING",
        help="lessons, or your own, as file.py:function or, a whole script, "
        "as file.py (linear_regression)",
    )
    job = "--problem", *TABLE, "--steps", "--learning-rate", "--batch-size"
    more = "--modes", "--quick", "--time", *COMMON
    where = "--with", "--python", "--backend", "--bisect"
    add(parser, *where, "--all", *job, *more)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Run what is asked in each environment; print and write it."""
    from compare.commands.delivery import exit_code, report_study
    from compare.pairs.across import Travel, places_of
    from compare.pairs.across_speed import Stopwatch
    from compare.records.across import Across

    trainings = _trainings(options, command)
    sites = _sites(options)

    def study(environment: Environment, watcher: Progress) -> dict[str, Any]:
        timeout = options.timeout
        travel = Travel(trainings, environment.cpus, timeout, watcher)
        found: Bisection | None = None
        chosen = sites
        if options.bisect:
            found, chosen = _bisected(options, travel)
        places = places_of(chosen, timeout, watcher)
        meetings = tuple(travel.meetings(chosen))
        across = Across(
            places, meetings, found, tuple(travel.left_out(chosen))
        )
        if options.time:
            watch = Stopwatch(trainings, options.quick, timeout, watcher)
            speeds = tuple(watch.speeds(across.between, chosen))
            left_out = *across.left_out, *watch.left_out
            across = replace(across, speeds=speeds, left_out=left_out)
        return {"across": across}

    report = report_study("across.json", options, command, study)
    return exit_code(report.verdicts)


def _trainings(options: argparse.Namespace, command: str) -> Trainings:
    """Find out what is to be trained.

    Raises:
        UsageError: there is no such lesson, function or problem.
    """
    from compare.commands.pair import problem_request
    from compare.lessons.problems import LESSONS
    from compare.pairs import api
    from compare.pairs.across import Trainings
    from compare.pairs.own_problem import problem_of as own_problem
    from compare.pairs.own_problem import set_by_options
    from compare.records import MODES, UsageError
    from compare.records.problem import Settings
    from compare.records.request import Request
    from compare.studies.lesson.report import QUICK_STEPS, problems_of

    given = options.trainings or ([] if options.all else ["linear_regression"])
    own = tuple(name for name in given if ".py" in name)
    for reference in own:
        api.check_reference(reference)
    if not own and (options.problem or options.data or options.target):
        raise UsageError(
            "--problem and --data are for functions of your own: name one as "
            "file.py:function"
        )
    rest = LESSONS if options.all else [x for x in given if x not in own]
    steps, rate = options.steps, options.learning_rate
    settings = Settings(None, steps, rate, options.batch_size)
    modes = tuple(mode for mode in MODES if mode in options.modes)
    how = settings, modes, None, options.quick, options.timeout, command
    problems = problems_of(Request(tuple(rest), *how))
    functions = any(not name.endswith(".py") for name in own)
    asked = problem_request(options)
    if not (functions or rest) and (
        options.problem or options.data or set_by_options(asked)
    ):
        raise UsageError(
            "scripts bring their own data and settings: leave --problem, "
            "--data, --steps, --learning-rate and --batch-size out"
        )
    if options.problem and rest:  # then these are for the lessons
        options.steps = options.learning_rate = options.batch_size = None
    elif options.quick and not options.problem:
        options.steps = steps or QUICK_STEPS
    return Trainings(
        {problem.lesson: problem for problem in problems},
        own,
        own_problem(problem_request(options)) if functions else None,
        modes,
    )


def _sites(options: argparse.Namespace) -> list[Site]:
    """Make the environments that are named; put the present one first.

    Raises:
        UsageError: one cannot be made, or there is nothing to compare with.
    """
    from compare.pairs.across import Site
    from compare.pairs.bisecting import between
    from compare.records import UsageError
    from compare.running.homes import home_of, home_with
    from compare.running.lineage import HERE

    asked = getattr(options, "with")
    backends = _backends(options)
    one = len(asked) == 2 and len(backends) == 1 and not options.python
    if options.bisect and not one:
        raise UsageError(
            "--bisect takes two --with, such as --with keras==3.12.0 --with "
            "keras==3.13.2, and at most one --backend"
        )
    if options.bisect:
        between(*asked)
    homes = {name: home_with(name) for name in asked}
    homes |= {name: home_of(name) for name in options.python}
    here = Site("here", HERE)
    sites = [
        _site(name, home, backend)
        for name, home in (homes or {here.name: HERE}).items()
        for backend in backends
    ]
    if sites == [here]:
        raise UsageError(
            "name another environment: --with keras==3.13.2, --python PATH "
            "or --backend jax"
        )
    return sites if len(sites) > 1 else [here, *sites]


def _backends(options: argparse.Namespace) -> list[Backend]:
    """Return what Keras is to compute with.

    Raises:
        UsageError: one has none of the modes that are asked for.
    """
    from compare.records import UsageError
    from compare.records.across import MODES_ON

    found: list[Backend] = list(dict.fromkeys(options.backend or []))
    for backend in found:
        known = MODES_ON[backend]
        if not set(known) & set(options.modes):
            raise UsageError(
                f"Keras on {backend} has no {' and no '.join(options.modes)} "
                f"mode: give --modes {' '.join(known)}"
            )
    return found or ["tensorflow"]


def _site(name: str, home: Home, backend: Backend) -> Site:
    from compare.pairs.across import Site
    from compare.running.homes import on_backend

    if backend == "tensorflow":
        return Site(name, home)
    return Site(f"{name} on {backend}", on_backend(home, backend, name))


def _bisected(
    options: argparse.Namespace, travel: Travel
) -> tuple[Bisection, list[Site]]:
    """Find the release; return the two environments between which it lies."""
    from compare.pairs.bisecting import between, bisect, worst
    from compare.running.homes import home_with

    def site(requirement: str) -> Site:
        return _site(requirement, home_with(requirement), backend)

    def judge(requirement: str) -> Outcome:
        pair = [site(first), site(requirement)]
        return worst(tuple(travel.meetings(pair, explained=False)))

    (backend,) = _backends(options)
    first, last = getattr(options, "with")
    found = bisect(between(first, last), judge)
    return found, [site(found.before), site(found.after)]
