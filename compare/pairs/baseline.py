"""A user's own pair in a baseline: kept, run again, timed by its old code."""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from compare.judging import codesize
from compare.lessons.tables import read_table
from compare.pairs import api, sides
from compare.pairs.costs import time_both
from compare.records import UsageError
from compare.records.baseline import Baseline
from compare.records.pairs import OwnPair, name_in
from compare.records.problem import Problem
from compare.records.report import Environment, Report
from compare.records.request import PairRequest
from compare.records.timing import Effort, Paired
from compare.running import family, processes
from compare.running.duos import take_duos
from compare.studies.rewritten import PROCESSES, SECONDS, Timed


def problem_of(request: PairRequest) -> Problem:
    """Make the problem from a function, a table, or the first lesson's rows.

    Raises:
        UsageError: it cannot be made; says why.
    """
    if request.problem:
        if request.data or request.target or request.features:
            raise UsageError("--problem brings its own data: leave --data out")
        return _users_problem(request.problem, request.timeout)
    if bool(request.data) != bool(request.target):
        raise UsageError("--data and --target need each other")
    given: dict[str, Any] = {
        "learning_rate": request.learning_rate,
        "batch_size": request.batch_size,
        "steps": request.steps,
    }
    if not request.data:
        x = np.arange(1.0, 6.0)
        return api.make_problem(x, x + 1, {"w": 0.7, "b": 0.7}, **given)
    features = list(request.features) or None
    table = read_table(Path(request.data), request.target, features)
    initial = {"w": np.zeros((table.x.shape[1], 1)), "b": np.zeros(1)}
    return api.make_problem(table.x, table.y, initial, **given)


def _users_problem(reference: str, timeout: float) -> Problem:
    """Call the user's function, in a process of its own."""
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


def baseline_of(request: PairRequest, report: Report) -> Baseline:
    """Keep a report on a pair, with the code of both sides."""
    texts = tuple(
        _file(side).read_text(encoding="utf-8")
        for side in (request.left, request.right)
    )
    return Baseline(None, report, request, texts)


def check_again(
    before: Baseline,
    environment: Environment,
    command: str,
    progress: processes.Progress,
) -> Baseline:
    """Run a baseline's pair again, with the code that it has now."""
    request = before.pair
    assert request is not None
    verdict, _ = api.check_pair(
        request.left,
        request.right,
        problem_of(request),
        mode=request.mode,
        timeout=request.timeout,
        progress=progress,
    )
    pair = OwnPair(request.left, request.right, verdict)
    return baseline_of(request, Report(environment, command, pair=pair))


def time_changed(
    before: Baseline, now: Baseline, progress: processes.Progress
) -> tuple[Timed, tuple[str, ...]]:
    """Time what was rewritten since against what it was, by turns.

    Returns:
        See `rewritten.time_changed`.
    """
    request, pair = now.pair, now.report.pair
    assert request is not None and pair is not None
    timed: dict[tuple[str, str], tuple[Paired, ...]] = {}
    broken: list[str] = []
    for number, name in enumerate(pair.names if pair.verdict.agree else ()):
        if own_code(before, number) == own_code(now, number):
            continue
        side = (request.left, request.right)[number]
        with family.keeping_temporary_files():
            folder = Path(tempfile.mkdtemp(prefix="baseline-"))
        earlier = folder / f"{_file(side).stem}_before.py"
        earlier.write_text(before.sources[number], encoding="utf-8")
        timed[pair.name, name], failed = take_duos(
            f"{name}, before and now",
            time_both,
            (
                (f"{earlier}:{name_in(side)}", side),
                problem_of(request),
                request.mode,
            ),
            [request.mode],
            Effort(PROCESSES, SECONDS),
            request.timeout,
            progress,
        )
        broken += failed
    return timed, tuple(broken)


def statements(before: Baseline, now: Baseline) -> dict[str, tuple[int, int]]:
    """Return the statements of each side's code in both, by its name."""
    assert now.report.pair is not None
    return {
        name: (
            codesize.measure(own_code(before, number)).statements,
            codesize.measure(own_code(now, number)).statements,
        )
        for number, name in enumerate(now.report.pair.names)
    }


def own_code(baseline: Baseline, number: int) -> str:
    """Return a side's file, without the other side's function."""
    request = baseline.pair
    assert request is not None
    other = name_in((request.right, request.left)[number])
    tree = ast.parse(baseline.sources[number])
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.FunctionDef) and node.name == other)
    ]
    return ast.unparse(tree)


def _file(side: str) -> Path:
    return Path(side.rpartition(":")[0])
