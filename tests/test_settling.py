"""Training that is given time must end at the closed form, or say why not."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from compare.judging.theory import theory_of
from compare.lessons.problems import problem_of
from compare.records.problem import Settings
from compare.running.processes import Broken
from compare.studies.lesson.settling import judge_settling, settling_problem


@pytest.fixture
def problem():
    return problem_of("minibatch", Settings())


def runs_at(theory, off):
    """Return stand-ins for four runs that end this far from the truth."""
    ends = {name: value + off for name, value in theory.closed_form.items()}
    return {
        (side, dtype): SimpleNamespace(results=ends)
        for side in ("manual", "keras")
        for dtype in ("float32", "float64")
    }


@pytest.mark.parametrize(("off", "reached"), [(1e-15, True), (1e-9, False)])
def test_only_rounding_counts_as_settled(problem, off, reached):
    """A float64 distance of more than rounding is not called settled."""
    theory = theory_of(problem)
    found = judge_settling(problem, theory, runs_at(theory, off))
    assert found.reached is reached
    assert ("more than rounding" in str(found.why)) is not reached


def test_a_failed_run_is_no_convergence(problem):
    """When a run fails, its reason is told."""
    theory = theory_of(problem)
    runs = {**runs_at(theory, 0), ("keras", "float64"): Broken("was killed")}
    found = judge_settling(problem, theory, runs)
    assert not found.reached
    assert "keras: was killed" in str(found.why)


def test_dependent_features_are_not_run(problem):
    """Where there are many minima, training to the end says nothing."""
    doubled = problem.replace(
        x=np.hstack([problem.x, problem.x]),
        initial={
            "kernel": np.zeros((6, 1), "float32"),
            "bias": np.zeros(1, "float32"),
        },
    )
    theory = theory_of(doubled)
    assert settling_problem(doubled, theory) is None
    assert "dependent" in str(judge_settling(doubled, theory, {}).why)


def test_full_batch_training_needs_no_second_run():
    """The classic lesson is full-batch already."""
    problem = problem_of("linear_regression", Settings())
    assert settling_problem(problem, theory_of(problem)) is None
    assert judge_settling(problem, theory_of(problem), {}) is None


def test_the_settling_run_has_all_rows_and_a_stable_rate(problem):
    """It is full-batch, and its rate is below the largest that converges."""
    theory = theory_of(problem)
    settling = settling_problem(problem, theory)
    assert settling.steps_per_epoch == 1
    assert settling.learning_rate < theory.largest_learning_rate


def test_a_cluster_is_not_trained_until_it_settles():
    """Its processes wait for each other: the reason is told instead."""
    cluster = problem_of("multi_worker", Settings())
    theory = theory_of(cluster)
    assert settling_problem(cluster, theory) is None
    found = judge_settling(cluster, theory, {})
    assert not found.reached
    assert "2 processes that wait for each other" in str(found.why)
