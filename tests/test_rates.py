"""Learning rates: really run, from far too small to overshooting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from compare.judging.theory import theory_of
from compare.lessons.problems import problem_of
from compare.records.problem import Settings
from compare.records.request import Request
from compare.records.timing import Effort
from compare.running.processes import Broken
from compare.studies.lesson.aspect import Lesson
from compare.studies.lesson.rates import (
    UPDATES,
    Rates,
    judge_rates,
    rates_to_try,
)


@pytest.fixture
def lesson(small_report):
    """Return the report on the first lesson."""
    return small_report.lessons[0]


def swept(rates, problem):
    """Return what numpy's gradient descent makes of each rate."""
    x, y = problem.x.astype(float), problem.y.astype(float)
    paths = {"kernel": [], "bias": []}
    for rate in rates:
        w, b = 0.7, 0.7
        rows = [(w, b)]
        for _ in range(UPDATES):
            error = w * x + b - y
            w, b = (
                w - rate * 2 * np.mean(error * x),
                b - rate * 2 * np.mean(error),
            )
            rows.append((w, b))
        for name, values in zip(paths, zip(*rows, strict=True), strict=True):
            paths[name].append(values)
    return {name: np.array(p, np.float32) for name, p in paths.items()}


def test_the_rates_surround_the_one_where_training_tips_over():
    """At least 25 rates, the lesson's own and the limit itself among them."""
    problem = problem_of("linear_regression", Settings())
    rates = rates_to_try(problem, theory_of(problem))
    limit = theory_of(problem).largest_learning_rate
    assert len(rates) >= 25
    assert np.float32(0.01) in rates
    assert np.float32(limit) in rates
    assert sum(rate > limit * 1.0001 for rate in rates) >= 5
    assert rates[0] < 1e-3 * limit < limit < rates[-1]
    for other in ("minibatch", "adam"):
        problem = problem_of(other, Settings())
        assert rates_to_try(problem, theory_of(problem)) == ()


def test_the_lessons_own_rate_gives_the_lessons_own_run(lesson):
    """A rate that is a variable trains to the bits of the plain run."""
    updates = lesson.updates
    assert lesson.recorded_updates.tolist() == list(range(updates + 1))
    for side in ("manual", "keras"):
        (plain,) = (r for r in lesson.trajectories if r.side == side)
        (tried,) = (
            run
            for run in lesson.rates
            if run.side == side and run.rate == np.float32(0.01)
        )
        for name, values in plain.parameters.items():
            begun = tried.parameters[name][: updates + 1]
            assert begun.reshape(values.shape).tobytes() == values.tobytes()


def test_each_rate_is_run_on_both_sides(lesson):
    """A record per rate and side, and each does what theory says."""
    limit = lesson.theory.largest_learning_rate
    sides = {
        side: [run for run in lesson.rates if run.side == side]
        for side in ("manual", "keras")
    }
    assert len(sides["manual"]) == len(sides["keras"]) >= 25
    for runs in sides.values():
        assert runs[0].outcome == "far too small"
        for run in runs:
            assert len(run.losses) == UPDATES + 1
            beyond = run.rate > 1.001 * limit
            assert (run.outcome == "overshoots") == beyond


def test_outcomes_come_from_the_run_itself():
    """Too small, slow, converging, zigzagging, overshooting: in this order."""
    problem = problem_of("linear_regression", Settings())
    limit = theory_of(problem).largest_learning_rate
    rates = tuple(limit * share for share in (1e-4, 5e-3, 0.3, 0.8, 1.1))
    found = {side: swept(rates, problem) for side in ("manual", "keras")}
    runs = judge_rates(problem, theory_of(problem), rates, found)
    assert [run.outcome for run in runs if run.side == "keras"] == [
        "far too small",
        "slow",
        "converges",
        "zigzags",
        "overshoots",
    ]
    assert all(run.same_bits for run in runs)
    found["keras"] = {
        name: values + np.float32(1e-6)
        for name, values in found["keras"].items()
    }
    runs = judge_rates(problem, theory_of(problem), rates, found)
    assert not any(run.same_bits for run in runs if run.side == "keras")


def test_a_sweep_that_broke_is_left_out(lesson):
    """Without both sides there is nothing to compare, and it is told."""
    problem = problem_of("linear_regression", Settings())
    request = Request(
        ("linear_regression",), Settings(), ("graph",), Effort(1), False, 60.0,
        "x",
    )  # fmt: skip
    results = [swept((0.01,), problem), Broken("was killed")]
    blank = replace(lesson, rates=(), left_out=())
    report = Rates(Lesson(problem, request)).add(blank, results)
    assert report.rates == ()
    (why,) = report.left_out
    assert "learning rates: was killed" in why
