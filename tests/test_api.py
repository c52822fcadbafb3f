"""What `import compare` offers: problems, and one sentence for bad input."""

from __future__ import annotations

import numpy as np
import pytest

import compare
from compare.records import UsageError


def test_a_problem_reads_as_a_side_needs_it():
    """Arrays, first parameters, rates and other hyper-parameters by name."""
    problem = compare.problem(
        [[1, 2], [3, 4], [5, 6]],
        [1, 2, 3],
        {"w": np.zeros((2, 1)), "b": 0},
        learning_rate=0.1,
        steps=6,
        batch_size=2,
        momentum=0.9,
    )
    assert problem.x.shape == (3, 2)
    assert (problem.steps, problem.epochs, problem.batch_size) == (6, 3, 2)
    assert (problem.learning_rate, problem.momentum) == (0.1, 0.9)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"x": []}, "x has no rows"),
        ({"x": 3.0}, "x has no rows"),
        ({"x": ["one", "two"]}, "x is not an array of numbers"),
        ({"y": [1.0]}, "x has 2 rows and y has 1"),
        ({"y": [1.0, np.nan]}, "y has a value at [1] that is not finite"),
        ({"initial": {"w": np.inf}}, "initial['w'] has a value"),
        ({"learning_rate": 0}, "learning_rate is 0: give a number above 0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"steps": 0}, "steps is 0: give a whole number above 0"),
        ({"steps": 1.5}, "steps is 1.5"),
        ({"batch_size": 1, "steps": 3}, "give 2 or 4"),
    ],
)
def test_bad_problems_are_refused_in_one_sentence(change, sentence):
    """What is wrong, and what to do."""
    given = {"x": [1.0, 2.0], "y": [2.0, 3.0], "initial": {"w": 0.7}}
    with pytest.raises(UsageError) as error:
        compare.problem(**{**given, **change})
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        (3, "a side is a function of the problem"),
        (lambda p: object(), "which is not numbers"),
    ],
)
def test_bad_sides(left, sentence):
    """No function is refused; nonsense that one returns is a verdict."""
    problem = compare.problem([1.0, 2.0], [2.0, 3.0], steps=1)
    try:
        text = compare.check(left, lambda p: 1.0, problem).explain()
    except UsageError as error:
        text = str(error)
    assert sentence in text


def test_a_side_may_kill_its_process_hang_or_return_nothing():
    """Each is `could not run` with its reason; the test goes on."""

    def dies(problem):
        import os

        os._exit(9)

    def hangs(problem):
        import threading

        threading.Event().wait()

    problem = compare.problem([1.0, 2.0], [2.0, 3.0], steps=1)
    for side, reason in ((dies, "exit code 9"), (hangs, "no end after 3 s")):
        verdict = compare.check(side, side, problem, timeout=3)
        assert verdict.outcome == "could not run"
        assert reason in verdict.reason
    verdict = compare.check(lambda p: None, lambda p: 1.0, problem)
    assert "returned None" in verdict.reason


def test_a_generator_shows_every_update():
    """A side that yields is run once, and the step is exact."""

    def steady(problem):
        w = 0.5
        for _ in range(problem.steps):
            w *= 0.9
            yield w

    def breaks(problem):
        w = 0.5
        for step in range(problem.steps):
            w *= 0.9 if step != 16 else 0.8
            yield w

    problem = compare.problem([1.0], [2.0], {"w": 0.5}, steps=30)
    verdict = compare.check(steady, breaks, problem)
    assert verdict.outcome == "different"
    assert verdict.divergence.step == 17
