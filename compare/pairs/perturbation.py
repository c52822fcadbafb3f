"""Measure what rounding does to a side: train it from starts a trifle away.

The same side is trained again from data and first parameters that differ in
the last place, at random. By how much its own results then differ is what
rounding can do on this problem; two sides that differ by no more are called
the same mathematics. In float64 this is measured where float32 cannot tell;
where a side cannot train in float64 it is all there is. (Stochastic
arithmetic: J. Vignes, "A stochastic arithmetic for reliable scientific
computation", Mathematics and Computers in Simulation 35, 1993.)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compare.judging.clauses import failed, in_figures
from compare.judging.differences import first_divergence
from compare.judging.proof import Pairs, Run, verdict_on
from compare.judging.rounding import (
    deciding_place,
    own_bounds,
    spread,
    widened,
    wider,
)
from compare.records import Dtype, Outcome
from compare.records.note import note
from compare.records.problem import Problem
from compare.records.runs import Failure, Trajectory
from compare.records.verdicts import Verdict

PERTURBATIONS = (1, 2, 3)
"""Trainings from perturbed starts, for each side."""

PLACES = 8
"""Units in the last place of float32 that are rounding in any case."""

FEW_BITS = 16
"""Bits that whole numbers and plain fractions get by with. Of numbers that
were computed in float32, with 24 bits, one in 2^8 does."""


def perturbed(
    problem: Problem, number: int, dtype: Dtype = "float32"
) -> Problem:
    """Move every number by up to one unit in the last place.

    Args:
        problem: its arrays are float64.
        number: which perturbation; 0 or less for none.
        dtype: whose last place.
    """
    if number <= 0:
        return problem
    generator = np.random.default_rng(number)
    unit = float(np.finfo(dtype).eps)

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
    holds all values of a parameter exactly; of honest ones it holds one in
    2^29. What stands still, or gets by with few bits as a count does, says
    nothing of the rest.
    """
    if isinstance(run, Failure):
        return False
    start = 0 if run.update_of(0) else 1
    found = False
    for values in run.parameters.values():
        seen = values[start:].astype(float)
        rounded = seen.astype(np.float32)
        if (rounded != seen).any():
            found |= bool((values != values[:1]).any()) or len(values) == 1
        elif (values != values[:1]).any() and not _has_few_bits(rounded):
            return False
    return found


def _has_few_bits(values: np.ndarray) -> bool:
    """Whether float32 numbers all end in zeros."""
    rest = np.uint32(2 ** (24 - FEW_BITS) - 1)
    return not (np.ascontiguousarray(values).view(np.uint32) & rest).any()


def judge_by_perturbation(left: Run, right: Run, repeated: Pairs) -> Verdict:
    """Judge two float32 runs by what rounding does to each of them.

    Args:
        left: one run.
        right: the other; at least one bit differs.
        repeated: the same sides from perturbed starts.
    """
    for run in (left, right, *(run for pair in repeated for run in pair)):
        if isinstance(run, Failure):
            return Verdict(run.mode, "could not run", (failed(run),))
    assert isinstance(left, Trajectory)
    assert isinstance(right, Trajectory)
    noise = wider(
        spread(left, [pair[0] for pair in repeated]),
        spread(right, [pair[1] for pair in repeated]),
    )
    own = own_bounds(left, right, 0.0, PLACES * float(np.finfo("f4").eps))
    place = deciding_place(left, right, widened(own, noise))
    found = first_divergence(left, right)
    if place is None:  # zeros of other signs
        difference, bound, real = "0", "0", False
    else:
        difference, bound = in_figures(place)
        found, real = place.divergence, place.real
    assert found is not None
    clauses = [
        note(
            "they differ at update {update} in {name}: {left} {value}, "
            "{right} {other}",
            update=f"{found.step:,}",
            name=found.parameter,
            left=left.side,
            value=f"{found.left:.9g}",
            right=right.side,
            other=f"{found.right:.9g}",
        ),
        note(
            "the sides compute in float32 only, where rounding moves this by "
            "up to {bound} (each trained from starts one unit in the last "
            "place away)",
            bound=bound,
        ),
    ]
    if real:
        clauses.append(
            note(
                "the difference is {difference}, so it is not rounding",
                difference=difference,
            )
        )
    else:
        clauses += [
            note(
                "the difference is {difference}, so it is rounding",
                difference=difference,
            ),
            note(
                "a real one below {bound} could not have been seen",
                bound=bound,
            ),
        ]
    outcome: Outcome = "different" if real else "same mathematics"
    verdict = verdict_on(left, right, outcome, tuple(clauses), found)
    return replace(verdict, float32_bound=place.bound if place else 0.0)
