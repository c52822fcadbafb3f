"""A side that shows no tape: recompute its line from the data alone.

A loop in numpy lets nothing be seen but the parameters it returns. Where they
are a kernel and a bias, gradient descent on a line is run again in numpy, in
ways that differ in what people get wrong; a way is named only if it gives all
parameters that were recorded. Pure numpy.
"""

from __future__ import annotations

from compare.pairs.diagnosis.line import Line
from compare.pairs.diagnosis.line_causes import named_causes
from compare.pairs.diagnosis.line_ways import reproduced, ways
from compare.records.diagnosis import Cause
from compare.records.note import Note, note
from compare.records.problem import Problem
from compare.records.runs import Trajectory


def linear_causes(
    problem: Problem, left: Trajectory, right: Trajectory
) -> tuple[list[Cause], list[Note]]:
    """Return what two sides do otherwise on a line, and facts.

    Args:
        problem: with the first parameters of both sides.
        left: in float64.
        right: likewise.
    """
    if len(left.parameters) != 2:
        return [], []
    one, other = left.parameters
    for names in ((one, other), (other, one)):
        if not _is_linear(problem, left, names):
            continue
        lines = [Line(problem, run, names) for run in (left, right)]
        found = [reproduced(line) for line in lines]
        if found[0] and found[1]:
            return list(named_causes(lines, (left, right), found)), []
        for run, way in zip((left, right), found, strict=True):
            if way and way[0] == next(ways(lines[0])):
                return [], [
                    note(
                        "{side} is plain gradient descent on the mean squared "
                        "error (recomputed), so the other side is the one "
                        "that deviates.",
                        side=run.side,
                    )
                ]
    return [], []


def _is_linear(
    problem: Problem, run: Trajectory, names: tuple[str, ...]
) -> bool:
    if run.update_of(0) != 0 or problem.y.size != len(problem.x):
        return False
    width = problem.x.size // len(problem.x)
    sizes = [run.parameters[name][0].size for name in names]
    return sizes == [width, 1]
