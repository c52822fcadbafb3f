"""What two trajectories that differ are seen to show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import compare
from compare.pairs.diagnosis.facts import facts, parallel_ratios
from compare.records.verdicts import Divergence, Verdict


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
    return Verdict("graph", "different", (), divergence=found)


def said(problem, left, right, step=1):
    return " ".join(map(str, facts(problem, different(step), left, right)))


def changed(run, name, values):
    return replace(run, parameters={**run.parameters, name: values})


def test_the_first_update_is_measured(problem, make_run):
    """A rate half as large is a ratio of one half for every parameter."""
    left = make_run("mine", dtype="float64", learning_rate=0.005)
    right = make_run("theirs", dtype="float64")
    assert parallel_ratios(left, right) == pytest.approx(
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


@pytest.mark.parametrize("rows", [1, 2])
def test_parameters_of_other_sizes_are_not_compared(problem, make_run, rows):
    """A kernel of three and a bias of two are no swap, and no error."""
    run = make_run("mine", dtype="float64")
    kernel = np.stack([run.parameters["kernel"]] * 3, axis=1)[:rows]
    bias = np.stack([run.parameters["bias"]] * 2, axis=1)[:rows]
    left, right = (
        replace(run, parameters={"kernel": kernel + by, "bias": bias})
        for by in (0, 1)
    )
    assert "swapped" not in said(problem, left, right)


def test_weight_decay_is_an_offset_in_proportion_to_the_value(problem):
    """A gap of 0.01 times each element's own value is said as such."""
    start = np.array([1.0, -2.0, 4.0])
    moved = start - 0.1

    def run(side, end):
        return replace(
            make(side), parameters={"kernel": np.stack([start, end])}
        )

    from compare.records.runs import Trajectory

    def make(side):
        return Trajectory(side, "graph", "float64", {}, {}, np.array([]))

    text = said(
        problem, run("mine", moved - 0.01 * start), run("theirs", moved)
    )
    assert "kernel differs by -0.01 times its own value" in text


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (2, "at the second update"),
        (4, "on the tail batch, of 10 rows instead of 30"),
        (5, "they part in epoch 2"),
        (9, "they part in epoch 3"),
    ],
)
def test_what_the_step_coincides_with(problem, make_run, step, words):
    """Tail batch, a new epoch, the second update."""
    run = make_run("mine", dtype="float64")
    assert words in said(problem, run, run, step)
