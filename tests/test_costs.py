"""What makes a side slow is seen in counts: traces, graphs, calls of fit."""

from __future__ import annotations

import pytest

import compare
from compare.pairs.costs import side_cost
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
