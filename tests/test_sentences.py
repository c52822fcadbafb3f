"""Every verdict's sentence agrees with its own numbers."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from compare.judging.parity import judge
from compare.pairs.perturbation import judge_by_perturbation
from compare.records.runs import Trajectory

NUMBER = r"(\d\.\d+e[+-]\d+)"
EXACT = re.compile(
    rf"in float64 the difference (?:shrinks to|is still) {NUMBER}, where "
    rf"rounding makes up to {NUMBER}, so it is (not )?rounding"
)
SINGLE = re.compile(
    rf"rounding moves this by up to {NUMBER} .*; the difference is {NUMBER}, "
    r"so it is (not )?rounding"
)


def path(draw, rows, size, scale):
    """Draw a walk of some numbers over some updates."""
    seed = draw(st.integers(0, 2**32 - 1))
    steps = np.random.default_rng(seed).normal(size=(rows, size))
    return scale * np.cumsum(steps, axis=0)


def run(side, dtype, values):
    names = {name: v.astype(dtype) for name, v in values.items()}
    losses = np.zeros(len(values["w"]))
    return Trajectory(side, "graph", dtype, names, {}, losses)


@st.composite
def pairs(draw):
    """Draw four runs whose differences are of any size, real or rounding."""
    rows, size = draw(st.integers(2, 6)), draw(st.integers(1, 3))
    power = st.integers(-30, 30).map(lambda e: 10.0**e)
    values = {n: path(draw, rows, size, draw(power)) for n in ("w", "b")}
    other, single = {}, {}
    for name, own in values.items():
        real = draw(st.sampled_from([0, 1e-16, 1e-14, 1e-13, 1e-12, 1e-6, 1]))
        other[name] = own + real * path(draw, rows, size, np.abs(own).max())
        noise = draw(st.sampled_from([0, 1e-8, 1e-6, 1e-2]))
        off = path(draw, rows, size, np.abs(own).max())
        single[name] = other[name] + noise * off
    return (
        run("left", "float32", values),
        run("right", "float32", single),
        run("left", "float64", values),
        run("right", "float64", other),
    )


def assert_agrees(said, first, second, outcome):
    """Hold the words and the outcome against the two numbers printed."""
    assert said is not None
    difference, bound = float(said[first]), float(said[second])
    assert (difference > bound) == bool(said[3])
    assert outcome == ("different" if said[3] else "same mathematics")


@settings(max_examples=300, derandomize=True, deadline=None)
@given(pairs())
def test_a_proof_says_what_its_numbers_say(runs):
    """Beyond the bound that is printed is different, within it is not."""
    left, right, *exact = runs
    verdict = judge(left, right, lambda: tuple(exact))
    if verdict.float64_difference is None:
        assert verdict.outcome in ("identical", "could not run")
        return
    real = verdict.float64_difference > verdict.float64_bound
    assert verdict.outcome == ("different" if real else "same mathematics")
    if "nothing differs" in verdict.reason:
        assert verdict.float64_difference == 0
        return
    assert_agrees(EXACT.search(verdict.reason), 1, 2, verdict.outcome)
    if real:
        gap = abs(verdict.divergence.difference)
        assert gap == verdict.float64_difference


@settings(max_examples=300, derandomize=True, deadline=None)
@given(pairs(), st.integers(-30, 30))
def test_a_number_beside_changes_no_sentence(runs, power):
    """Not the outcome, not the numbers and not the place."""
    left, right, *exact = runs
    alone = judge(left, right, lambda: tuple(exact))

    def beside(one):
        number = np.full((one.rows, 1), 10.0**power, one.dtype)
        names = {**one.parameters, "rows_seen": number}
        return Trajectory(one.side, "graph", one.dtype, names, {}, one.losses)

    verdict = judge(
        beside(left), beside(right), lambda: tuple(map(beside, exact))
    )
    assert verdict == alone


@settings(max_examples=300, derandomize=True, deadline=None)
@given(pairs())
def test_a_comparison_in_float32_says_what_its_numbers_say(runs):
    """Where the spread of perturbed runs decides, the same holds."""
    left, right, left64, right64 = runs
    if all(
        (left.parameters[n] == right.parameters[n]).all() for n in ("w", "b")
    ):
        return
    verdict = judge_by_perturbation(left, right, [(left64, right64)])
    said = SINGLE.search(verdict.reason)
    assert_agrees(said, 2, 1, verdict.outcome)
    # The sentence gives two figures or more: off by 5 % at the most.
    assert abs(verdict.float32_bound - float(said[1])) <= (
        0.06 * verdict.float32_bound
    )
