"""What fit did that its caller may not know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import compare
from compare.pairs.diagnosis.fit_traps import counts, traps
from compare.records.pairs import FitFacts


@pytest.fixture
def problem():
    return compare.problem(
        np.arange(100.0), np.arange(100.0), steps=40, batch_size=30
    )


FIT = FitFacts(
    source="arrays",
    rows=100,
    batch_size=30,
    shuffle=False,
    shuffle_given=True,
    epochs=10,
    updates=40,
    last_epoch_updates=4,
    validation_split=0.0,
    run_eagerly=False,
    optimizer="SGD",
    learning_rate=0.01,
)


def test_a_fit_as_the_problem_wants_it_is_no_fact(problem):
    """Nothing is said of what is right."""
    assert not list(traps("it", FIT, problem))
    assert not list(counts("it", 40, (FIT,)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shuffle": True, "shuffle_given": False}, "which is its default"),
        ({"batch_size": None}, "took 32 rows per update"),
        ({"batch_size": 10}, "was given 10 rows per update"),
        ({"validation_split": 0.2}, "held out the last 20% of the rows"),
        ({"source": "generator", "rows": None}, "a Python generator for 10"),
        ({"learning_rate": 0.001}, "has the learning rate 0.001"),
        ({"settings": {"weight_decay": 0.1}}, "has weight_decay=0.1"),
    ],
)
def test_the_traps_of_fit_are_facts(problem, change, words):
    """Shuffling, batch size, held-out rows, generators, counts, rates."""
    (trap,) = traps("it", replace(FIT, **change), problem)
    assert words in str(trap.fact)
    assert str(trap.fact).startswith("it's ")


def test_updates_and_calls_are_counted():
    """Too few updates, and fit called once per epoch, are told."""
    fits = (replace(FIT, updates=4),) * 2
    text = " ".join(map(str, counts("it", 40, fits)))
    assert "made 8 updates where 40 were asked for" in text
    assert "called fit 2 times" in text
