"""`pair`: two functions of the user's own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from compare.commands.options import COMMON, TABLE, add

if TYPE_CHECKING:
    from compare.records.report import Environment
    from compare.records.request import ProblemRequest
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
    how = "--mode", "--time", "--baseline", *COMMON
    add(parser, *job, *how)


def carry_out(options: argparse.Namespace, command: str) -> int:
    """Check the pair; print and write what was found."""
    from compare.commands.delivery import exit_code, report_study, say_written
    from compare.pairs import api
    from compare.pairs.baseline import baseline_of
    from compare.pairs.own_problem import problem_of, set_by_options
    from compare.records import UsageError, files
    from compare.records.pairs import OwnPair
    from compare.records.request import PairRequest
    from compare.studies.baseline import write_baseline

    sides = options.left, options.right
    for side in sides:
        api.check_reference(side)
    scripts = api.are_scripts(*sides)
    asked = problem_request(options)
    own = options.problem or options.data or set_by_options(asked)
    if scripts and (own or options.time or options.baseline):
        raise UsageError(
            "scripts bring their own data and settings, and are not timed: "
            "leave --problem, --data, --steps, --learning-rate, --batch-size, "
            "--time and --baseline out"
        )
    request = PairRequest(*sides, options.mode, asked)
    problem = None if scripts else problem_of(request.problem)
    if options.baseline:
        files.check_replaceable(options.baseline)

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
    if options.baseline:
        write_baseline(options.baseline, baseline_of(request, report))
        say_written([options.baseline])
    return exit_code(report.verdicts)


def problem_request(options: argparse.Namespace) -> ProblemRequest:
    """Return what the options say of the problem."""
    from compare.records.request import ProblemRequest

    return ProblemRequest(
        function=options.problem or "",
        data=str(options.data or ""),
        target=options.target or "",
        features=tuple(options.features or ()),
        steps=options.steps,
        learning_rate=options.learning_rate,
        batch_size=options.batch_size,
        timeout=options.timeout,
    )
