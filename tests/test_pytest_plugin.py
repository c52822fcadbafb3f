"""The fixture `parity`, as a user's test suite meets it."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

SUITE = """
import compare, pytest, sys

problem = compare.problem([1, 2, 3], [2, 3, 4], {"w": 0.7, "b": 0.7}, steps=4)

def loop(problem, factor=2.0):
    w, b = problem.initial["w"], problem.initial["b"]
    for _ in range(problem.steps):
        error = w * problem.x + b - problem.y
        rate = problem.learning_rate * factor
        w, b = w - rate * (error * problem.x).mean(), b - rate * error.mean()
    return w, b

def other_formula(problem):
    w, b = problem.initial["w"], problem.initial["b"]
    for _ in range(problem.steps):
        error = problem.x * w - problem.y + b
        rate = problem.learning_rate * 2
        n = len(problem.x)
        w, b = w - rate * (error @ problem.x) / n, b - rate * error.sum() / n
    return w, b

def halved(problem):
    return loop(problem, 1.0)
"""


def run(pytester, body, *options):
    pytester.makepyfile(SUITE + body)
    return pytester.runpytest_subprocess(*options)


def test_sides_that_agree_pass(pytester):
    """Rounding passes, the same bits pass the stricter level."""
    body = """
def test_rounding(parity):
    assert parity(loop, other_formula, problem).agree

@pytest.mark.parity_level("identical")
def test_bits(parity):
    parity(loop, loop, problem)
"""
    run(pytester, body).assert_outcomes(passed=2)


def test_a_failure_prints_only_what_differs(pytester):
    """Step, parameter, both values and the cause; no traceback."""
    body = """
def test_same(parity):
    parity(halved, loop, problem)
"""
    result = run(pytester, body)
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "different: they part at update 1 in w: halved 0.7" in text
    assert "Cause: " in text and "halved" in text.partition("Cause: ")[2]
    assert "Traceback" not in text
    assert "compare/api.py" not in text


def test_a_level_that_does_not_exist_is_refused(pytester):
    """The message lists the levels."""
    body = """
@pytest.mark.parity_level("close enough")
def test_same(parity):
    parity(loop, loop, problem)
"""
    result = run(pytester, body)
    result.assert_outcomes(errors=1)
    assert "identical, same_mathematics" in result.stdout.str()


def test_the_plugin_costs_nothing_unless_it_is_used(pytester):
    """Without the fixture neither TensorFlow nor numpy is imported."""
    pytester.makepyfile(
        """
        import sys

        def test_light():
            assert "compare.pytest_plugin" in sys.modules
            assert not {"tensorflow", "numpy"} & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess("--strict-markers").assert_outcomes(passed=1)


@pytest.mark.parametrize("mode", ["eager", "xla"])
def test_the_mode_reaches_the_sides(pytester, mode):
    """--compare-mode is what a side that takes `mode` is given."""
    body = f"""
def mode_is(problem, mode):
    assert mode == "{mode}"
    return loop(problem)

def test_mode(parity):
    parity(mode_is, loop, problem)
"""
    run(pytester, body, "--compare-mode", mode).assert_outcomes(passed=1)
