"""Closed form and predictions, against independent computations."""

from __future__ import annotations

import numpy as np
import pytest

from compare.judging.theory import (
    distance,
    first_within_1_percent,
    pack,
    theory,
    updates_to_settle,
)

CLASSIC = np.arange(1.0, 6.0)
START = {"kernel": np.array(0.7), "bias": np.array(0.7)}


def random_problem(seed, features=3):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(40, features))
    y = x @ generator.normal(size=features) + generator.normal(size=40)
    start = {"kernel": np.zeros((features, 1)), "bias": np.zeros(1)}
    return x, y, start


def descend(x, y, start, rate, updates):
    """Return the packed parameters after each update of plain descent."""
    design = np.column_stack([x.reshape(len(x), -1), np.ones(len(x))])
    p = pack(start)
    path = [p]
    for _ in range(updates):
        p = p - rate * 2 / len(x) * design.T @ (design @ p - y)
        path.append(p)
    return np.array(path)


@pytest.mark.parametrize("seed", range(5))
def test_closed_form_against_normal_equations(seed):
    """The minimiser solves X'X p = X'y."""
    x, y, start = random_problem(seed)
    design = np.column_stack([x, np.ones(len(x))])
    solved = np.linalg.solve(design.T @ design, design.T @ y)
    found = theory(x, y, start, 0.1).closed_form
    np.testing.assert_allclose(pack(found), solved, rtol=1e-12)
    assert found["kernel"].shape == (3, 1)


def test_dependent_features_lead_to_where_descent_ends():
    """With a doubled feature the closed form is the one that is reached."""
    x, y, start = random_problem(1, features=1)
    x = np.hstack([x, x])
    start = {"kernel": np.array([[0.9], [-0.3]]), "bias": np.zeros(1)}
    end = descend(x, y, start, 0.1, 2000)[-1]
    found = theory(x, y, start, 0.1)
    np.testing.assert_allclose(pack(found.closed_form), end, atol=1e-10)
    assert updates_to_settle(found, 0.1, 1e-13) is None


@pytest.mark.parametrize("seed", range(5))
def test_largest_learning_rate_against_descent(seed):
    """Just below the limit descent converges, just above it does not."""
    x, y, start = random_problem(seed)
    limit = theory(x, y, start, 0.1).largest_learning_rate
    below = descend(x, y, start, limit * 0.98, 2000)
    above = descend(x, y, start, limit * 1.02, 2000)
    truth = pack(theory(x, y, start, 0.1).closed_form)
    assert np.abs(below[-1] - truth).max() < 1e-6
    assert np.abs(above[-1] - truth).max() > 1e6


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.084])
def test_updates_within_1_percent_against_descent(rate):
    """The predicted number of updates is the one that descent takes."""
    predicted = theory(CLASSIC, CLASSIC + 1, START, rate)
    path = descend(CLASSIC, CLASSIC + 1, START, rate, 3000)
    distances = np.linalg.norm(path - 1, axis=1)
    inside = distances <= 0.01 * np.sqrt(2)
    assert predicted.updates_within_1_percent == int(np.argmax(inside))


def test_too_large_a_learning_rate_never_arrives():
    """Beyond the limit no number of updates is predicted."""
    found = theory(CLASSIC, CLASSIC + 1, START, 0.09)
    assert found.updates_within_1_percent is None
    assert updates_to_settle(found, 0.09, 1e-13) is None


def test_first_within_1_percent_waits_for_the_last_excursion(make_run):
    """A run that leaves the 1 % again counts from its final return."""
    run = make_run(updates=1100)
    truth = theory(CLASSIC, CLASSIC + 1, START, 0.01)
    assert first_within_1_percent(run, truth) == 796
    run.parameters["kernel"][1000] = 5.0
    assert first_within_1_percent(run, truth) == 1001
    run.parameters["kernel"][1100] = np.nan
    assert first_within_1_percent(run, truth) is None


def test_distance_is_the_largest_parameter_difference():
    """The distance to the closed form is in the parameters' own unit."""
    truth = theory(CLASSIC, CLASSIC + 1, START, 0.01)
    off = {"kernel": np.array([[1.25]]), "bias": np.array([0.9])}
    assert distance(off, truth) == pytest.approx(0.25)
