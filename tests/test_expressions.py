"""Two programs that part in one expression: which, and at which line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import compare

FILE = Path(__file__).with_name("expression_sides.py")


def vectors(batch_size=8):
    draw = np.random.default_rng(0).normal
    x = draw(size=(24, 3))
    initial = {
        "w1": draw(size=(3, 5)) / 2,
        "b1": draw(size=5) / 5,
        "w2": draw(size=(5, 1)) / 2,
        "b2": np.array([0.1]),
    }
    y = np.tanh(x[:, :1] * 2) + x[:, 1:2]
    return compare.problem(
        x, y, initial, learning_rate=0.05, steps=12, batch_size=batch_size
    )


def series():
    draw = np.random.default_rng(0).normal
    x = draw(size=(8, 5, 2))
    initial = {
        "kernel": draw(size=(2, 12)) / 2,
        "recurrent": draw(size=(4, 12)) / 2,
        "bias": draw(size=(2, 12)) / 5,
        "w": draw(size=(4, 1)),
        "b": np.zeros(1),
    }
    return compare.problem(
        x,
        x[:, :, 0].sum(1, keepdims=True),
        initial,
        learning_rate=0.1,
        steps=4,
    )


PLANTED = {
    # right: (left, stage, key of the causes, words in them, line that is told)
    "leaks_more": ("plain", "model", "constant", ("0.2", "0.1"), "# leaky"),
    "higher": ("lower", "loss", "constant", ("0.4", "0.3"), "# share"),
    "scaled_otherwise": (
        "twice_scaled",
        "model",
        "constant",
        ("2", "0.5"),
        "# otherwise",
    ),
    "scheduled_ahead": (
        "scheduled",
        "update",
        "schedule",
        ("a step ahead",),
        "# moves",
    ),
    "rate_beside": (
        "scheduled",
        "update",
        "rate-beside-velocity",
        ("the whole velocity",),
        "# beside",
    ),
    "penalises_biases": (
        "penalised",
        "loss",
        "penalty",
        ("b1, b2 too", "w1, w2 alone"),
        "# biases too",
    ),
    "whole_huber": (
        "huber",
        "loss",
        "loss-scaled",
        ("is 2 times",),
        "# whole",
    ),
    "normalised": (
        "unnormalised",
        "model",
        "layer-left-out",
        ("Normalization",),
        "# adapted",
    ),
    "stopped": (
        "gated_fitted",
        "gradient",
        "stopped-gradient",
        ("5 times",),
        "# stops",
    ),
}


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("right", PLANTED)
def test_what_differs_is_told_with_its_line(right):
    """One kind of cause, in the right stage, at the line to change."""
    left, stage, key, words, line = PLANTED[right]
    problem = series() if right == "stopped" else vectors()
    verdict = compare.check(f"{FILE}:{left}", f"{FILE}:{right}", problem)
    assert verdict.outcome == "different", verdict.explain()
    causes, text = verdict.diagnosis.causes, verdict.explain()
    assert {(c.stage, c.key) for c in causes} == {(stage, key)}, text
    said = " ".join(str(cause.title) for cause in causes)
    assert all(word in said for word in words), text
    lines = FILE.read_text().splitlines()
    for cause in causes:
        file, _, number = cause.place.partition(":")
        assert file == FILE.name
        assert line in lines[int(number) - 1], text
    assert "resource" not in text


@pytest.mark.usefixtures("once")
def test_a_module_with_variables_of_its_own_agrees_or_is_seen():
    """A GRU written as a tf.Module is the training of Keras's layer."""
    names = f"{FILE}:gated_fitted", f"{FILE}:gated"
    verdict = compare.check(*names, series())
    assert verdict.agree, verdict.explain()


@pytest.mark.usefixtures("once")
def test_a_network_in_numpy_says_which_parameters_part():
    """No stage is seen and no cause named, but what the numbers show."""
    names = f"{FILE}:in_numpy", f"{FILE}:in_numpy_forgetful"
    verdict = compare.check(*names, vectors(batch_size=24))
    text = " ".join(verdict.explain().split())
    assert verdict.outcome == "different"
    assert not verdict.diagnosis.causes
    assert not verdict.diagnosis.stages
    assert "the stages of in_numpy cannot be seen" in text
    assert "the first update is the same in w2, b2, and in nothing" in text
