"""Tell rounding from a mistake where a side cannot train in float64.

The same side is trained again from data and first parameters that differ in
the last place, at random. By how much its own results then differ is what
rounding can do on this problem; two sides that differ by no more are called
the same mathematics. (Stochastic arithmetic: J. Vignes, "A stochastic
arithmetic for reliable scientific computation", Mathematics and Computers in
Simulation 35, 1993.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compare.differences import (
    first_divergence,
    first_where,
    largest_difference,
    largest_ulps,
)
from compare.parity import Run
from compare.records import Failure, Trajectory, Verdict
from compare.records.problem import Problem

PERTURBATIONS = (1, 2, 3)
"""Trainings from perturbed starts, for each side."""

MARGIN = 32
"""A difference is real beyond so many times the spread: three samples show a
spread that is too small by a factor of 4 in 1 of 1,000 cases, and another
formula rounds several times where the perturbation rounds once."""

PLACES = 8
"""Units in the last place of float32 that are rounding in any case."""


def perturbed(problem: Problem, number: int) -> Problem:
    """Move every number by up to one unit in the last place of float32.

    Args:
        problem: its arrays are float64.
        number: which perturbation; 0 for none.
    """
    if number == 0:
        return problem
    generator = np.random.default_rng(number)
    unit = float(np.finfo(np.float32).eps)

    def moved(value: np.ndarray) -> np.ndarray:
        if value.dtype.kind != "f":
            return value
        signs = generator.choice([-1, 1], value.shape)
        # Upwards only where a whole number may be a class or an index: int()
        # would make another one of 2.9999998.
        signs = np.where(value == np.round(value), np.abs(signs), signs)
        return value * (1 + unit * signs)

    return problem.replace(
        x=moved(problem.x),
        y=moved(problem.y),
        initial={name: moved(v) for name, v in problem.initial.items()},
    )


def is_float64(run: Run) -> bool:
    """Whether a run was really made in float64, by its numbers.

    A function may take float64 and still compute in float32. Then float32
    holds all its results exactly; of honest results it holds one in 2^29.
    """
    if isinstance(run, Failure):
        return False
    start = 0 if run.update_of(0) else 1
    return any(
        bool((values[start:].astype(np.float32) != values[start:]).any())
        for values in run.parameters.values()
    )


def judge_by_perturbation(
    left: Run, right: Run, spread: Sequence[tuple[Run, Run]]
) -> Verdict:
    """Judge two float32 runs by what rounding does to each of them.

    Args:
        left: one run.
        right: the other; at least one bit differs.
        spread: the same sides from perturbed starts.
    """
    for run in (left, right, *(run for pair in spread for run in pair)):
        if isinstance(run, Failure):
            return Verdict(
                run.mode, "could not run", f"{run.side}: {run.reason}"
            )
    assert isinstance(left, Trajectory)
    assert isinstance(right, Trajectory)
    found = first_divergence(left, right)
    assert found is not None
    beyond: dict[str, np.ndarray] = {}
    allowed = 0.0
    for name, values in left.parameters.items():
        b = right.parameters[name].reshape(values.shape)
        moves = [
            np.abs(other.parameters[name].reshape(values.shape) - own)
            for pair in spread
            for other, own in zip(pair, (values, b), strict=True)
            if isinstance(other, Trajectory)
        ]
        width = np.max(moves, axis=0).reshape(len(values), -1).max(axis=1)
        size = np.abs(values).reshape(len(values), -1).max(axis=1)
        bound = MARGIN * width + PLACES * np.finfo(np.float32).eps * size
        allowed = max(allowed, float(bound.max()))
        shape = (-1,) + (1,) * (values.ndim - 1)
        beyond[name] = np.abs(values.astype(float) - b) > bound.reshape(shape)
    real = first_where(left, right, beyond)
    place = real or found
    largest = largest_difference(left, right)
    reason = (
        f"they part at update {place.step:,} in {place.parameter}: "
        f"{left.side} {place.left:.9g}, {right.side} {place.right:.9g}; the "
        f"sides compute in float32 only, where rounding moves them by up to "
        f"{allowed:.1e} (each trained from starts one unit in the last place "
        f"away); the difference is {largest:.1e}, so it is "
        f"{'not ' if real else ''}rounding"
    )
    return Verdict(
        mode=left.mode,
        outcome="different" if real else "same mathematics",
        reason=reason,
        updates=(left.updates, right.updates),
        divergence=place,
        largest_difference=largest,
        largest_ulps=largest_ulps(left, right),
    )
