"""Mistakes that are often made in formulas by hand are named, each alone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import compare
from compare.pairs.diagnosis.causes.operation_proof import Made, Proof

FILE = Path(__file__).with_name("formula_sides.py")


def images():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(12, 6, 6, 2))
    y = x[:, 1:3, 1:3, :1].sum((1, 2))
    return compare.problem(x, y, learning_rate=0.05, steps=6, batch_size=4)


def series():
    generator = np.random.default_rng(1)
    x = generator.normal(size=(12, 4, 2))
    return compare.problem(
        x, x[:, -1, :1], learning_rate=0.1, steps=6, batch_size=4
    )


def words():
    generator = np.random.default_rng(2)
    x = generator.integers(1, 7, size=(12, 5)) * (np.arange(5) < 4)
    x[::2, 2:] = 0
    return compare.problem(
        x, x[:, :1] / 6, learning_rate=0.1, steps=6, batch_size=4
    )


def vectors():
    generator = np.random.default_rng(3)
    x = generator.normal(size=(20, 3))
    return compare.problem(
        x, np.tanh(x[:, :1] * 2), learning_rate=0.02, steps=20, batch_size=4
    )


PROBLEMS = {
    maker.__name__: maker for maker in (images, series, words, vectors)
}

PLANTED = {
    # left side: (problem, right side, key of the cause, words in it)
    "padding": ("images", "convolution_fitted", "padding", "SAME"),
    "strides": ("images", "convolution_fitted", "strides", "2"),
    "approximate": (
        "images",
        "convolution_fitted",
        "activation",
        "approximate=True",
    ),
    "epsilon": ("images", "convolution_fitted", "epsilon", "0.001"),
    "transposed": ("images", "flat_fitted", "axes-transposed", "0, 3, 1, 2"),
    "rectified_between": (
        "images",
        "separable_fitted",
        "layer-left-out",
        "activation relu",
    ),
    "gates": ("series", "lstm_fitted", "gate-order", "i, f, o, c"),
    "reset_before": (
        "series",
        "gru_fitted",
        "gate-before-product",
        "reset_after",
    ),
    "gate_turned": ("series", "gru_fitted", "gate-turned", "1 - g"),
    "unscaled": (
        "series",
        "attention_fitted",
        "layer-left-out",
        "root of their 5 features",
    ),
    "unmasked": ("words", "words_fitted", "mask", "without one"),
    "rms_fitted": ("words", "rms_clipped", "clip-forgotten", "0.01"),
    "first_uncorrected": (
        "vectors",
        "adam_fitted",
        "no-bias-correction",
        "first moment",
    ),
    "second_uncorrected": (
        "vectors",
        "adam_fitted",
        "no-bias-correction",
        "second moment",
    ),
    "decay_in_the_gradient": (
        "vectors",
        "adam_w_fitted",
        "coupled-decay",
        "gradients",
    ),
    "betas_swapped": ("vectors", "lion_fitted", "betas", "0.99"),
    "schedule_ahead": ("vectors", "schedule_fitted", "schedule", "a step"),
    "epoch_ahead": ("vectors", "epochs_fitted", "schedule", "an epoch"),
}


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("left", PLANTED)
def test_a_usual_mistake_is_named_and_nothing_beside_it(left):
    """One kind of cause, in words that say what to look for."""
    problem, right, key, words = PLANTED[left]
    verdict = compare.check(
        f"{FILE}:{left}",
        f"{FILE}:{right}",
        PROBLEMS[problem](),
    )
    assert verdict.outcome == "different"
    causes = verdict.diagnosis.causes
    text = verdict.explain()
    assert {cause.key for cause in causes} == {key}, text
    assert words in " ".join(str(cause.title) for cause in causes), text


def agreed(left, right, changed=True):
    """Return whether two functions of a parameter are proved to be one."""
    plain = np.ones(4)
    step = SimpleNamespace(taken={"w": plain})
    side = SimpleNamespace(steps=[step], numbers={"w": 0})
    case = SimpleNamespace(
        left=side, right=side, sides=(side, side), bound=1e-6
    )

    def compute(number, own, moved):
        w = moved[0](plain) if moved else plain
        function = (left, right)[number] if own else (lambda w: w)
        return Made([function(w)], np.zeros((0, 4)))

    chosen = (("a change",), ("a change",)) if changed else ((), ())
    return Proof(case, compute).holds(chosen)


def test_what_agrees_by_accident_is_no_proof():
    """Only at the recorded parameters, or since none of them counts."""
    assert agreed(lambda w: 2 * w, lambda w: w + w)
    assert not agreed(lambda w: w, lambda w: w**2)
    assert not agreed(lambda w: 0 * w, lambda w: 0 * w)
