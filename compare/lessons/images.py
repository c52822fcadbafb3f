"""The lesson on images: a convolution that reads digits."""

from __future__ import annotations

import numpy as np

from compare.lessons import digits
from compare.lessons.linear import given, mixed, own_data, whole_epochs
from compare.lessons.losses import cross_entropy
from compare.records.note import note
from compare.records.problem import Problem, Settings

FILTERS = 6
FILTER_SIDE = 3
BLANK = 0.1
"""What filters say of blank paper at first: relu has no slope at 0."""

TEST_ROWS = 100


def convolution(settings: Settings) -> Problem:
    """Read handwritten digits with a convolution."""
    own_data("convolution", settings)
    x, y = mixed(*digits.digits())
    x_test, y_test = x[:TEST_ROWS], y[:TEST_ROWS]
    x, y = x[TEST_ROWS:], y[TEST_ROWS:]
    batch_size = min(given(settings.batch_size, 32), len(x))
    epochs, rounded = whole_epochs(settings.steps, len(x), batch_size, 6)
    held = note(
        "held {held} of {rows} rows out for a test",
        held=len(x_test),
        rows=len(x) + len(x_test),
    )
    return Problem(
        lesson="convolution",
        title="Filters that slide over images: a convolution",
        data=digits.NAME,
        x=x,
        y=y,
        initial=_first_filters(),
        epochs=epochs,
        batch_size=batch_size,
        loss=cross_entropy,
        hyper={
            "learning_rate": given(settings.learning_rate, 0.3),
            "seed": 1,
            "x_test": x_test,
            "y_test": y_test,
        },
        notes=(held, *rounded),
        compared=("accuracy", "predictions"),
    ).astype("float32")


def _first_filters() -> dict[str, np.ndarray]:
    """Return first parameters: He's for the filters, Glorot's behind them."""
    generator = np.random.default_rng(0)
    pooled = (digits.SIDE - FILTER_SIDE + 1) // 2
    features = FILTERS * pooled**2
    limit = np.sqrt(6 / (features + 10))
    shape = (FILTER_SIDE, FILTER_SIDE, 1, FILTERS)
    return {
        "filters": generator.normal(0, np.sqrt(2 / FILTER_SIDE**2), shape),
        "filter_bias": np.full(FILTERS, BLANK),
        "kernel": generator.uniform(-limit, limit, (features, 10)),
        "bias": np.zeros(10),
    }
