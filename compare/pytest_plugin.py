"""The pytest fixture `parity`; TensorFlow is imported only when it is used.

    def test_same(parity):
        parity(by_hand, with_keras, problem)

A test may ask for the very same bits with
`@pytest.mark.parity_level("identical")`; the default is "same_mathematics".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from compare.records import MODES

if TYPE_CHECKING:
    from compare.records.problem import Problem
    from compare.records.verdicts import Verdict

LEVELS = ("identical", "same_mathematics")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --compare-mode."""
    parser.getgroup("compare").addoption(
        "--compare-mode",
        choices=MODES,
        default="graph",
        help="how an update runs, for functions that take `mode` (graph)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        "parity_level(level): what the fixture parity asks for: "
        "'identical' or 'same_mathematics' (the default)",
    )


@pytest.fixture
def parity(request: pytest.FixtureRequest) -> Callable[..., Verdict]:
    """Return a function that fails the test unless two sides agree."""
    marker = request.node.get_closest_marker("parity_level")
    level = marker.args[0] if marker and marker.args else "same_mathematics"
    if level not in LEVELS:
        raise pytest.UsageError(
            f"parity_level is {level!r}: give one of {', '.join(LEVELS)}"
        )
    mode = request.config.getoption("--compare-mode")

    def check(
        left: str | Callable[..., Any],
        right: str | Callable[..., Any],
        problem: Problem,
        **options: Any,
    ) -> Verdict:
        """Compare two sides; see `compare.check`."""
        import compare

        options.setdefault("mode", mode)
        verdict = compare.check(left, right, problem, **options)
        agrees = (
            verdict.outcome == "identical"
            if level == "identical"
            else verdict.agree
        )
        if not agrees:
            pytest.fail(verdict.explain(), pytrace=False)
        return verdict

    return check
