"""What two trajectories that differ are seen to show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import compare
from compare.facts import facts, first_ratios, fit_facts
from compare.records import Divergence, Verdict
from compare.records.pairs import FitFacts


@pytest.fixture
def problem():
    return compare.problem(
        np.arange(100.0),
        np.arange(100.0),
        {"kernel": 0.7, "bias": 0.7},
        steps=40,
        batch_size=30,
    )


def different(step):
    found = Divergence(step, "kernel", (), 0.0, 1.0, 1.0)
    return Verdict("graph", "different", "", divergence=found)


def said(problem, left, right, step=1):
    return " ".join(facts(problem, different(step), left, right))


def changed(run, name, values):
    return replace(run, parameters={**run.parameters, name: values})


def test_the_first_update_is_measured(problem, make_run):
    """A rate half as large is a ratio of one half for every parameter."""
    left = make_run("mine", dtype="float64", learning_rate=0.005)
    right = make_run("theirs", dtype="float64")
    assert first_ratios(left, right) == pytest.approx(
        {"kernel": 0.5, "bias": 0.5}
    )
    assert "mine in units of theirs's: kernel 0.5, bias 0.5" in said(
        problem, left, right
    )


def test_a_parameter_that_stands_still_is_named(problem, make_run):
    """Frozen from the start, and frozen from an update on."""
    run = make_run("mine", dtype="float64")
    still = np.full_like(run.parameters["bias"], 0.7)
    assert "bias never moves in mine" in said(
        problem, changed(run, "bias", still), make_run("theirs")
    )
    stopped = run.parameters["bias"].copy()
    stopped[6:] = stopped[5]
    assert "bias stands still in mine after update 5" in said(
        problem, changed(run, "bias", stopped), make_run("theirs")
    )


def test_swapped_parameters_are_seen(problem, make_run):
    """Each side's first is the other's second."""
    run = make_run("mine", dtype="float64")
    kernel, bias = run.parameters["kernel"], run.parameters["bias"]
    other = replace(run, parameters={"kernel": bias, "bias": kernel})
    assert "swapped" in said(problem, run, other)
    assert "swapped" not in said(problem, run, run)


def test_weight_decay_is_an_offset_in_proportion_to_the_value(problem):
    """A gap of 0.01 times each element's own value is said as such."""
    start = np.array([1.0, -2.0, 4.0])
    moved = start - 0.1

    def run(side, end):
        return replace(
            make(side), parameters={"kernel": np.stack([start, end])}
        )

    from compare.records import Trajectory

    def make(side):
        return Trajectory(side, "graph", "float64", {}, {}, np.array([]), 0.0)

    text = said(
        problem, run("mine", moved - 0.01 * start), run("theirs", moved)
    )
    assert "kernel differs by -0.01 times its own value" in text


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (2, "at the second update"),
        (4, "on the tail batch, of 10 rows instead of 30"),
        (5, "the first of epoch 2"),
        (9, "the first of epoch 3"),
    ],
)
def test_what_the_step_coincides_with(problem, make_run, step, words):
    """Tail batch, a new epoch, the second update."""
    run = make_run("mine", dtype="float64")
    assert words in said(problem, run, run, step)


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
    loss="mse",
)


def test_a_fit_as_the_problem_wants_it_is_no_fact(problem):
    """Nothing is said of what is right."""
    assert not list(fit_facts("it", 40, (FIT,), problem))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shuffle": True, "shuffle_given": False}, "which is its default"),
        ({"batch_size": None}, "took 32 rows per update"),
        ({"batch_size": 10}, "took 10 rows per update; the problem has 30"),
        ({"validation_split": 0.2}, "held out the last 20% of the rows"),
        ({"source": "generator", "rows": None}, "a Python generator for 10"),
        ({"updates": 4}, "made 4 updates where 40 were asked for"),
        ({"learning_rate": 0.001}, "has the learning rate 0.001"),
    ],
)
def test_the_traps_of_fit_are_facts(problem, change, words):
    """Shuffling, batch size, held-out rows, generators, counts, rates."""
    text = " ".join(fit_facts("it", 40, (replace(FIT, **change),), problem))
    assert words in text
