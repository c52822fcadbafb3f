"""Lessons on images: handwritten digits that are to be read."""

from __future__ import annotations

import numpy as np

from compare.lessons import digits
from compare.lessons.linear import glorot, mixed
from compare.lessons.losses import cross_entropy
from compare.lessons.own_data import own_problem
from compare.lessons.pictures import filters_and_digits, frozen_and_thawed
from compare.records.note import note
from compare.records.problem import Problem, Settings

FILTERS = 6
FILTER_SIDE = 3
BLANK = 0.1
"""What filters say of blank paper at first: relu has no slope at 0."""

TEST_ROWS = 100

NEW_DIGIT = 5
"""The base has learnt the digits before, the lesson is on those from here."""

HIDDEN_UNITS = 12
BASE_UPDATES = 200
BASE_RATE = 0.3


def convolution(settings: Settings) -> Problem:
    """Read handwritten digits with a convolution."""
    x, y = mixed(*digits.digits())
    x_test, y_test = x[:TEST_ROWS], y[:TEST_ROWS]
    x, y = x[TEST_ROWS:], y[TEST_ROWS:]
    held = note(
        "held {held} of {rows} rows out for a test",
        held=len(x_test),
        rows=len(x) + len(x_test),
    )
    return own_problem(
        settings,
        "convolution",
        "Filters that slide over images: a convolution",
        digits.NAME,
        x,
        y,
        _first_filters(),
        cross_entropy,
        epochs=6,
        batch_size=32,
        learning_rate=0.3,
        hyper={"x_test": x_test, "y_test": y_test},
        notes=(held,),
        compared=("accuracy", "predictions"),
        picture=filters_and_digits,
    )


def fine_tuning(settings: Settings) -> Problem:
    """Read digits from 5 on with a layer that has learnt those before."""
    images, digit = mixed(*digits.digits())
    x = images.reshape(len(images), -1)
    known = digit < NEW_DIGIT
    base = _trained_base(x[known], digit[known])
    x, y = x[~known], digit[~known] - NEW_DIGIT
    problem = own_problem(
        settings,
        "fine_tuning",
        "A trained layer under a new head: freeze, then fine-tune",
        digits.NAME,
        x,
        y,
        {
            **base,
            "kernel": np.zeros((HIDDEN_UNITS, 10 - NEW_DIGIT)),
            "bias": np.zeros(10 - NEW_DIGIT),
        },
        cross_entropy,
        epochs=8,
        batch_size=32,
        learning_rate=0.3,
        hyper={"fine_rate": 0.1},
        picture=frozen_and_thawed,
    )
    return problem.with_hyper(head_epochs=problem.epochs // 2)


def _trained_base(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Train a hidden layer under a head that is thrown away then.

    By plain gradient descent on all rows at once, with softmax and
    cross-entropy.
    """
    generator = np.random.default_rng(0)
    first = generator.normal(0, np.sqrt(2 / 64), (64, HIDDEN_UNITS))
    bias = np.zeros(HIDDEN_UNITS)
    head = generator.normal(0, np.sqrt(1 / HIDDEN_UNITS), (HIDDEN_UNITS, 5))
    for _ in range(BASE_UPDATES):
        hidden = np.maximum(x @ first + bias, 0)
        logits = hidden @ head
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        error = (shares - np.eye(5)[y]) / len(x)
        back = (error @ head.T) * (hidden > 0)
        head -= BASE_RATE * hidden.T @ error
        first -= BASE_RATE * x.T @ back
        bias -= BASE_RATE * back.sum(axis=0)
    return {"hidden_kernel": first, "hidden_bias": bias}


def _first_filters() -> dict[str, np.ndarray]:
    """Return first parameters: He's for the filters, Glorot's behind them."""
    generator = np.random.default_rng(0)
    pooled = (digits.SIDE - FILTER_SIDE + 1) // 2
    features = FILTERS * pooled**2
    shape = (FILTER_SIDE, FILTER_SIDE, 1, FILTERS)
    return {
        "filters": generator.normal(0, np.sqrt(2 / FILTER_SIDE**2), shape),
        "filter_bias": np.full(FILTERS, BLANK),
        "kernel": glorot(generator, features, 10),
        "bias": np.zeros(10),
    }
