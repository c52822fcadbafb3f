"""The fixture `parity`, as a user's test suite meets it."""

from __future__ import annotations

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


def test_a_suite_gets_what_it_asks_for(pytester):
    """What agrees passes, a failure says why, and sides are given the mode."""
    body = """
def mode_is(problem, mode):
    assert mode == "xla"
    return loop(problem)

def test_mode(parity):
    parity(mode_is, loop, problem)

def test_rounding(parity):
    assert parity(loop, other_formula, problem).agree

@pytest.mark.parity_level("identical")
def test_bits(parity):
    parity(loop, loop, problem)

def test_different(parity):
    parity(halved, loop, problem)

@pytest.mark.parity_level("close enough")
def test_unknown(parity):
    parity(loop, loop, problem)
"""
    result = run(pytester, body, "--compare-mode", "xla")
    result.assert_outcomes(passed=3, failed=1, errors=1)
    text = result.stdout.str()
    assert "identical, same_mathematics" in text
    failure = text.partition("test_different _")[2].partition("= short")[0]
    assert "different: they part at update 1 in w: halved 0.7" in failure
    assert "Cause: " in failure and "halved" in failure.partition("Cause: ")[2]
    assert "Traceback" not in text
    assert "compare/api.py" not in text


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
