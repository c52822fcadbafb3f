"""Rounding told from mistakes where a side knows float32 only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import compare
from compare.pairs.perturbation import (
    is_float64,
    judge_by_perturbation,
    perturbed,
)


def moved(run, by):
    return replace(
        run,
        parameters={
            name: np.concatenate([v[:1], v[1:] * np.float32(1 + by)])
            for name, v in run.parameters.items()
        },
    )


def spread(left, right):
    """Return what sides give from starts one unit in the last place off."""
    return [(moved(left, 1e-7), moved(right, -1e-7))]


def test_a_difference_within_the_spread_is_rounding(make_run):
    """A few units in the last place are the same mathematics."""
    run = make_run()
    other = moved(run, 3e-7)
    verdict = judge_by_perturbation(run, other, spread(run, other))
    assert verdict.outcome == "same mathematics"
    assert "in float32 only" in verdict.reason


def test_a_difference_beyond_the_spread_is_real(make_run):
    """A rate that is off by 0.2 % is different, at the first update."""
    run = make_run()
    other = make_run("keras", learning_rate=0.01002)
    verdict = judge_by_perturbation(run, other, spread(run, other))
    assert verdict.outcome == "different"
    assert verdict.divergence.step == 1


def test_float32_results_in_float64_clothes_are_recognised(make_run):
    """Numbers that float32 holds exactly were computed in float32."""
    assert is_float64(make_run(dtype="float64"))
    run = make_run(dtype="float32")
    widened = replace(
        run,
        dtype="float64",
        parameters={k: v.astype(float) for k, v in run.parameters.items()},
    )
    assert not is_float64(widened)


def test_a_perturbation_is_one_unit_and_can_be_repeated():
    """Each number moves by a relative 1.2e-7, the same way every time."""
    problem = compare.problem([1.0, 2.0], [3.0, 4.0], {"w": 0.7})
    once, again = perturbed(problem, 1), perturbed(problem, 1)
    assert (once.x == again.x).all()
    assert np.allclose(np.abs(once.x / problem.x - 1), 2**-23)
    assert perturbed(problem, 0) is problem
    assert (once.x.astype(int) == problem.x).all()
