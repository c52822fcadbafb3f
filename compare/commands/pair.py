"""`pair`: two functions of the user's own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from compare.commands.options import COMMON, TABLE, add

if TYPE_CHECKING:
    from compare.records.problem import Problem

HELP = "compare two functions of your own: file.py:function"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be set."""
    parser.description = (
        "Run two functions of your own, each in a fresh process, say whether "
        "they are the same training, and if not, where they part and why. A "
        "function takes a problem (problem.x, .y, .initial, .steps, .epochs, "
        ".batch_size, .learning_rate) and returns its parameters."
    )
    for side in ("left", "right"):
        parser.add_argument(
            side, metavar=side.upper(), help="as file.py:function"
        )
    job = "--problem", *TABLE, "--steps", "--learning-rate", "--batch-size"
    how = "--mode", "--time", *COMMON
    add(parser, *job, *how, steps=100, learning_rate=0.01)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Check the pair; print and write what was found."""
    from compare.commands.delivery import deliver, exit_code
    from compare.pairs import api
    from compare.records import files
    from compare.records.pairs import PairReport
    from compare.showing.language import speaker
    from compare.showing.progress import progress
    from compare.showing.telling.pair import pair_sections

    for side in (options.left, options.right):
        api.check_reference(side)
    problem = _problem(options)
    files.check_writable(options.out)
    with progress() as watcher:
        verdict, costs = api.check_pair(
            options.left,
            options.right,
            problem,
            mode=options.mode,
            timeout=options.timeout,
            timed=options.time,
            progress=watcher,
        )
    report = PairReport(command, options.left, options.right, verdict, costs)
    deliver(
        pair_sections(report, speaker(options.lang)),
        lambda: [files.write_json(report, options.out / "pair.json")],
    )
    return exit_code([verdict])


def _problem(options: argparse.Namespace) -> Problem:
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
