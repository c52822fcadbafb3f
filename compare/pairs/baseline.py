"""A user's own pair in a baseline: kept, run again, timed by its old code."""

from __future__ import annotations

import ast
from pathlib import Path

from compare.judging import codesize
from compare.pairs import api
from compare.pairs.costs import time_both
from compare.pairs.own_problem import problem_of
from compare.records.baseline import Baseline
from compare.records.pairs import OwnPair, name_in
from compare.records.report import Environment, Report
from compare.records.request import PairRequest
from compare.records.timing import Effort, Paired
from compare.running import processes
from compare.running.duos import take_duos
from compare.studies.rewritten import PROCESSES, SECONDS, Timed, file_of


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
        problem_of(request.problem),
        mode=request.mode,
        timeout=request.problem.timeout,
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
        earlier = file_of(before.sources[number], _file(side).stem)
        timed[pair.name, name], failed = take_duos(
            f"{name}, before and now",
            time_both,
            (
                (f"{earlier}:{name_in(side)}", side),
                problem_of(request.problem),
                request.mode,
            ),
            [request.mode],
            Effort(PROCESSES, SECONDS),
            request.problem.timeout,
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
    """Return a side's file, without the other's function if it is there."""
    request = baseline.pair
    assert request is not None
    own, other = request.left, request.right
    if number:
        own, other = other, own
    tree = ast.parse(baseline.sources[number])
    if own != other and _file(own) == _file(other):
        tree.body = [
            node
            for node in tree.body
            if getattr(node, "name", "") != name_in(other)
        ]
    return ast.unparse(tree)


def _file(side: str) -> Path:
    return Path(side.rpartition(":")[0])
