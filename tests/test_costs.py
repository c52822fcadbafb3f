"""What makes a side slow is seen in counts: traces, graphs, calls of fit."""

from __future__ import annotations

import pytest

import compare
from compare.pairs.costs import side_cost, time_both
from compare.running.processes import Broken, Job, run_jobs

SLOW = """
import keras
import numpy as np
import tensorflow as tf


def start(problem):
    return tf.Variable(1.0), tf.constant(problem.x, tf.float32)


def update(w, x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((w * x - x) ** 2)
    w.assign_sub(0.01 * tape.gradient(loss, w))


def good(problem):
    w, x = start(problem)
    step = tf.function(lambda: update(w, x))
    for _ in range(problem.steps):
        step()
    return w


def retraced(problem):
    w, x = start(problem)
    for _ in range(problem.steps):
        tf.function(lambda: update(w, x))()
    return w


def eager(problem):
    w, x = start(problem)
    for _ in range(problem.steps):
        update(w, x)
    return w


def unrolled(problem):
    w, x = start(problem)

    @tf.function
    def all_steps():
        for _ in range(problem.steps * 20):
            update(w, x)

    all_steps()
    return w


def fit_again(problem):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    for _ in range(problem.epochs):
        model.fit(problem.x, problem.x, verbose=0)
    return model
"""

REASONS = {
    "good": [],
    "retraced": ["is traced anew on the way"],
    "eager": ["runs eagerly"],
    "unrolled": ["a Python loop gives that is unrolled"],
    "fit_again": ["`run_eagerly` on", "called `fit` 10 times"],
}


@pytest.fixture(scope="module")
def costs(tmp_path_factory):
    """Return the cost of each side, from a process of its own."""
    path = tmp_path_factory.mktemp("slow") / "slow.py"
    path.write_text(SLOW)
    problem = compare.problem([1.0, 2.0], [1.0, 2.0], steps=10)
    jobs = [
        Job(name, side_cost, (f"{path}:{name}", name, problem, "graph", 10))
        for name in REASONS
    ]
    found = run_jobs(jobs, 2, 120)
    assert not [cost for cost in found if isinstance(cost, Broken)]
    return dict(zip(REASONS, found, strict=True))


@pytest.mark.parametrize("name", REASONS)
def test_the_reason_is_counted(costs, name):
    """Each way to be slow is named, and a good side is not accused."""
    said = [str(reason) for reason in costs[name].reasons()]
    for words in REASONS[name]:
        assert any(words in text for text in said), said
    if name == "good":
        assert not said
        assert costs[name].traces == 1


def test_a_reason_names_its_side(costs):
    """The sentences begin with the side's name."""
    assert all(
        str(reason).startswith(name)
        for name, cost in costs.items()
        for reason in cost.reasons()
    )


BOTH = """

def leaking(problem):
    tf.config.run_functions_eagerly(True)
    return good(problem)


def in_numpy(problem):
    w, x = 1.0, np.array(problem.x)
    for _ in range(problem.steps):
        w -= 0.01 * (2 * (w * x - x) * x).mean()
    return w


def yielding(problem):
    w, x = start(problem)
    step = tf.function(lambda: update(w, x))
    for _ in range(problem.steps):
        step()
        yield w
"""


@pytest.mark.parametrize(
    ("right", "whole"),
    [("good", False), ("yielding", False), ("in_numpy", True)],
)
def test_sides_take_turns_by_updates_or_by_trainings(tmp_path, right, whole):
    """By updates where both show theirs, else by whole trainings."""
    found = timed_together(tmp_path, right)
    assert found["graph"].whole is whole
    assert found["graph"].factor > 0


def test_a_side_that_sets_something_for_both_is_refused(tmp_path):
    """Eager functions on one side would make the other eager."""
    found = timed_together(tmp_path, "leaking")
    assert "for its whole process" in found.reason


def timed_together(folder, right):
    """Time a good side and another in one process."""
    path = folder / "sides.py"
    path.write_text(SLOW + BOTH)
    problem = compare.problem([1.0, 2.0], [1.0, 2.0], steps=10)
    sides = tuple(f"{path}:{name}" for name in ("good", right))
    job = Job("both", time_both, (sides, problem, "graph", 0.0))
    (found,) = run_jobs([job], 1, 120)
    return found
