"""The stage at which a pair parts, and its causes, for planted faults."""

from __future__ import annotations

from pathlib import Path

import pytest

import compare

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
