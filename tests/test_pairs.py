"""Pairs of users: no false alarm, no miss, the right step and cause."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import compare

X = np.arange(1.0, 6.0)
FILE = Path(__file__).with_name("thread_pairs.py")


def check(left, right, steps=30):
    """Compare two functions of thread_pairs.py, named: it imports much."""
    problem = compare.problem(
        X, X + 1, {"w": 0.7, "b": 0.4}, learning_rate=0.01, steps=steps
    )
    return compare.check(f"{FILE}:{left}", f"{FILE}:{right}", problem)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("by_hand", "reordered"),
        ("by_hand", "with_fit"),
        ("momentum_by_hand", "with_momentum"),
    ],
)
def test_an_equal_pair_is_called_equal(left, right):
    """Other formulas, other containers, float32 in the code: no alarm."""
    verdict = check(left, right)
    assert verdict.agree, verdict.explain()
    assert verdict.updates == (30, 30)


DIFFERENT = {
    # left: (right, first update that differs, parameter, cause)
    "halved": ("with_fit", 1, "w", "half-error"),
    "broadcast": ("with_fit", 1, "w", "broadcast"),
    "one_after_the_other": ("by_hand", 1, "b", "second-gradient"),
    "scaled": ("reordered", 1, "w", "step-length"),
    "with_momentum": ("by_hand", 2, "w", "momentum"),
    "forgets_b": ("by_hand", 1, "b", "forgotten-variable"),
}


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("left", DIFFERENT)
def test_a_cause_gives_the_very_numbers(left):
    """The right step, parameter and mistake; without it they are apart."""
    right, step, parameter, key = DIFFERENT[left]
    verdict = check(left, right)
    assert verdict.outcome == "different"
    assert verdict.divergence.step == step
    assert verdict.divergence.parameter == parameter
    (cause,) = verdict.diagnosis.causes
    assert cause.key == key
    assert cause.side == left
    assert cause.gap < 1e-12 < cause.plain


def test_a_late_difference_is_found_by_bisection():
    """A rate that is off by 0.2 % from update 23 on is seen at 23."""
    verdict = check("late", "by_hand", steps=60)
    assert verdict.outcome == "different"
    assert verdict.divergence.step == 23
    assert not verdict.diagnosis.causes
    assert "No cause is named" in verdict.explain()


@pytest.mark.usefixtures("once")
def test_swapped_parameters_are_a_fact():
    """Sides that return (w, b) and (b, w) are told so."""
    verdict = check("swapped", "by_hand", steps=5)
    assert verdict.outcome == "different"
    assert any("swapped" in str(fact) for fact in verdict.diagnosis.facts)


def test_other_first_parameters_differ_before_the_first_update():
    """A start elsewhere is update 0."""
    verdict = check("starts_elsewhere", "by_hand", steps=5)
    assert verdict.outcome == "different"
    assert verdict.divergence.step == 0
    assert verdict.divergence.parameter == "w"


def test_an_error_says_how_far_it_came():
    """`w = w - ...` works once and raises at the second update."""
    verdict = check("rebinds", "by_hand", steps=5)
    assert verdict.outcome == "could not run"
    assert "rebinds: raised" in verdict.reason
    assert "it still ran with 1 update" in verdict.reason
    (fact,) = verdict.diagnosis.facts
    assert "comes from: w = w - learning_rate * gradient" in str(fact)


@pytest.mark.parametrize(
    ("left", "outcome"), [("in_batches", "agrees"), ("late_in_batches", 8)]
)
def test_plain_functions_are_watched_to_the_update(left, outcome):
    """Nothing is added to a loop over batches; the update itself is found."""
    problem = compare.problem(
        X,
        X + 1,
        {"w": 0.7, "b": 0.4},
        learning_rate=0.01,
        steps=15,
        batch_size=2,
    )
    names = f"{FILE}:{left}", f"{FILE}:fit_in_batches"
    verdict = compare.check(*names, problem)
    if outcome == "agrees":
        assert verdict.agree, verdict.reason
        assert verdict.updates == (15, 15)
        return
    assert verdict.outcome == "different"
    assert verdict.divergence.step == outcome
    assert f"at update {outcome} " in verdict.reason
