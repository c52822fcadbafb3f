"""`pair`: two functions of the user's own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from compare.commands.options import COMMON, TABLE, add

if TYPE_CHECKING:
    from compare.records.problem import Problem
    from compare.records.report import Environment
    from compare.running.processes import Progress

HELP = "compare two functions, or two scripts, of your own"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run two functions of your own, or two whole scripts, each in a fresh "
        "process, say whether they are the same training, and if not, where "
        "they part and why. A function takes a problem (problem.x, .y, "
        ".initial, .steps, .epochs, .batch_size, .learning_rate) and returns "
        "its parameters; a script is run as it is, from the first parameters "
        "of the left one."
    )
    for side in ("left", "right"):
        parser.add_argument(
            side,
            metavar=side.upper(),
            help="as file.py:function, or file.py for a whole script",
        )
    job = "--problem", *TABLE, "--steps", "--learning-rate", "--batch-size"
    how = "--mode", "--time", *COMMON
    add(parser, *job, *how, steps=100, learning_rate=0.01)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Check the pair; print and write what was found."""
    from compare.commands.delivery import exit_code, report_study
    from compare.pairs import api
    from compare.records import UsageError
    from compare.records.pairs import OwnPair

    sides = options.left, options.right
    for side in sides:
        api.check_reference(side)
    scripts = api.are_scripts(*sides)
    if scripts and (options.problem or options.data or options.time):
        raise UsageError(
            "scripts bring their own data, and are not timed: leave "
            "--problem, --data and --time out"
        )
    problem = None if scripts else problem_of(options)

    def study(environment: Environment, watcher: Progress) -> dict[str, Any]:
        verdict, costs = api.check_pair(
            *sides,
            problem,
            mode=options.mode,
            timeout=options.timeout,
            timed=options.time,
            progress=watcher,
        )
        return {"pair": OwnPair(*sides, verdict, costs)}

    report = report_study("pair.json", options, command, study)
    return exit_code(report.verdicts)


def problem_of(options: argparse.Namespace) -> Problem:
    """Make the problem from a file, a table, or the first lesson's data."""
    import numpy as np

    from compare.lessons.tables import read_table
    from compare.pairs import api
    from compare.records import UsageError

    if options.problem:
        if options.data or options.target or options.features:
            raise UsageError("--problem brings its own data: leave --data out")
        return _users_problem(options.problem, options.timeout)
    if bool(options.data) != bool(options.target):
        raise UsageError("--data and --target need each other")
    given: dict[str, Any] = {
        "learning_rate": options.learning_rate,
        "batch_size": options.batch_size,
        "steps": options.steps,
    }
    if not options.data:
        x = np.arange(1.0, 6.0)
        return api.make_problem(x, x + 1, {"w": 0.7, "b": 0.7}, **given)
    table = read_table(options.data, options.target, options.features)
    initial = {"w": np.zeros((table.x.shape[1], 1)), "b": np.zeros(1)}
    return api.make_problem(table.x, table.y, initial, **given)


def _users_problem(reference: str, timeout: float) -> Problem:
    """Call the user's function, in a process of its own."""
    from compare.pairs import api, sides
    from compare.records import UsageError
    from compare.records.problem import Problem
    from compare.running import processes

    api.check_reference(reference)
    job = processes.Job(reference, sides.call_plain, (reference,))
    (found,) = processes.run_jobs([job], 1, timeout)
    if isinstance(found, processes.Broken):
        raise UsageError(f"{reference}: {found.reason}")
    if not isinstance(found, Problem):
        raise UsageError(
            f"{reference} returned {type(found).__name__}: return "
            "compare.problem(...)"
        )
    return found
