"""The stage at which a pair parts, and its causes, for planted faults."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import compare
from compare.pairs.diagnosis.closeness import FLOAT64
from compare.pairs.diagnosis.comparison import Comparison

FILE = Path(__file__).with_name("stage_sides.py")

PLANTED = {
    # right side: (left side, first stage that differs, causes)
    "shuffled": ("looped", "data", {"fit-shuffles"}),
    "default_batch": ("looped", "data", {"fit-batch-size"}),
    "scaled": ("looped", "data", {"data-scaled"}),
    "rectified": ("fitted", "model", {"activation"}),
    "dropping_in_inference": ("dropping", "model", {"no-training-flag"}),
    "normalised_in_inference": (
        "normalised",
        "model",
        {"no-training-flag-norm"},
    ),
    "by_hand_rectified": ("fitted", "model", {"activation"}),
    "by_hand_scaled": ("by_hand", "model", {"layer-left-out"}),
    "by_hand_rectified_and_scaled": (
        "fitted",
        "model",
        {"activation", "layer-left-out"},
    ),
    "absolute": ("fitted", "loss", {"loss-function"}),
    "summed": ("fitted", "loss", {"sum-for-mean"}),
    "bent_sooner": ("fitted_huber", "loss", {"huber-delta"}),
    "bent_without_half": ("fitted_huber", "loss", {"loss-scaled"}),
    "two_unweighted": ("two_fitted", "loss", {"loss-weight-kind"}),
    "without_penalty": ("with_penalty", "loss", {"penalty-forgotten"}),
    "forgets_a_bias": ("fitted", "gradient", {"forgotten-variable"}),
    "accumulated_sum": ("accumulated", "gradient", {"accumulated-sum"}),
    "faster": ("by_hand", "update", {"learning-rate"}),
    "built_late_and_faster": ("fitted", "update", {"learning-rate"}),
    "in_adam": ("by_hand", "update", {"optimizer"}),
    "adam_made_anew": ("in_adam", "state", {"state-lost"}),
    "twice_as_long": ("fitted", "count", {"epochs"}),
    "starts_elsewhere_and_faster": (
        "fitted",
        "start",
        {"other-start", "learning-rate"},
    ),
    "shuffled_and_absolute": (
        "looped",
        "data",
        {"fit-shuffles", "loss-function"},
    ),
}


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("right", PLANTED)
def test_each_planted_fault_is_named_and_no_other(regression, right):
    """The first stage that parts, and every cause, proved by its numbers."""
    left, stage, keys = PLANTED[right]
    verdict = compare.check(f"{FILE}:{left}", f"{FILE}:{right}", regression)
    assert verdict.outcome == "different", verdict.explain()
    diagnosis = verdict.diagnosis
    text = verdict.explain()
    assert {cause.key for cause in diagnosis.causes} == keys, text
    parts_at = {s.name: s.status for s in diagnosis.stages}
    assert parts_at[stage] == "different", text
    if stage != "state":  # lost state shows in the next update
        assert diagnosis.parts_at.name == stage, text
    for cause in diagnosis.causes:
        if cause.gap is not None:  # else it was seen
            assert cause.gap < 3e-5 < cause.plain, text


@pytest.mark.parametrize("right", ["looped", "by_hand"])
def test_equal_pairs_have_no_diagnosis(regression, right):
    """The same network in a loop, or by hand, is the same training."""
    verdict = compare.check(f"{FILE}:fitted", f"{FILE}:{right}", regression)
    assert verdict.agree, verdict.explain()
    assert verdict.diagnosis is None


def test_rounding_alone_parts_no_stage():
    """A gradient that is nothing beside the others is none."""
    one = {"w": np.array([1.0, 2.0]), "b": np.array([1e-17])}
    other = {"w": np.array([1.0, 2.0]), "b": np.array([-3e-17])}
    assert lengths(one, other)[0] == "equal"
    assert lengths(one, {**other, "b": np.array([1e-3])})[0] == "different"


def test_numbers_of_one_length_are_shown_where_they_part():
    """Nobody reads a difference from two equal lengths."""
    one, other = {"w": np.array([3.0, 4.0])}, {"w": np.array([3.0, -4.0])}
    assert lengths(one, other) == ("different", "w[1] 4", "w[1] -4")


def lengths(one, other):
    side = SimpleNamespace(unit=2e-16)
    case = SimpleNamespace(bound=FLOAT64, sides=(side, side))
    seen = SimpleNamespace(case=case)
    seen._judged = lambda *given: Comparison._judged(seen, *given)
    return Comparison._lengths(seen, one, other)


def test_an_error_is_its_own_reason(regression):
    """No search for causes is told where a side raises an error."""
    verdict = compare.check(f"{FILE}:raises", f"{FILE}:in_numpy", regression)
    assert verdict.outcome == "could not run"
    assert verdict.diagnosis is None
    assert "stage_sides.py" in verdict.reason
    assert "autograph" not in verdict.reason


@pytest.mark.usefixtures("once")
def test_what_shows_no_gradient_is_said(regression):
    """Of a loop in NumPy only its parameters are seen."""
    left, right = f"{FILE}:in_numpy", f"{FILE}:in_numpy_faster"
    verdict = compare.check(left, right, regression)
    assert "the stages of in_numpy cannot be seen" in verdict.explain()
