"""Exponents and crossings against curves whose answer is known."""

from __future__ import annotations

import pytest

from compare.judging.trends import crossing, exponent

SIZES = [10, 100, 1000, 10_000, 100_000]


@pytest.mark.parametrize("power", [0.0, 0.7, 1.0, 2.0])
def test_exponent_against_a_power_law(power):
    """The exponent of c * size ** p is p."""
    costs = [3e-6 * size**power for size in SIZES]
    assert exponent(SIZES, costs) == pytest.approx(power, abs=1e-12)


def test_only_the_largest_sizes_count():
    """Overhead that dominates small sizes does not flatten the exponent."""
    costs = [5e-3, 5e-3, 1e-2, 1e-1, 1.0]
    assert exponent(SIZES, costs) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("sizes", "costs"),
    [([10], [1.0]), ([10, 20], [1.0, 0.0]), ([1, 2], [-1, 1])],
)
def test_what_has_no_exponent_is_refused(sizes, costs):
    """One size, or a cost of nothing or less, is an error."""
    with pytest.raises(ValueError, match="exponent"):
        exponent(sizes, costs)


def test_crossing_against_a_power_law():
    """A ratio of 1000 / size falls to 1.1 at 1000 / 1.1."""
    outcome, at = crossing(SIZES, [1000 / size for size in SIZES], 1.1)
    assert outcome == "reached"
    assert at == pytest.approx(1000 / 1.1)


def test_crossing_against_overhead_and_work():
    """(2 + n/1e3) / (1 + n/1e3) = 1.1 at n = 9,000, near on a fine grid."""
    sizes = [round(1.5**power) for power in range(1, 30)]
    ratios = [(2 + n / 1e3) / (1 + n / 1e3) for n in sizes]
    _, at = crossing(sizes, ratios, 1.1)
    assert at == pytest.approx(9000, rel=0.02)


def test_a_crossing_that_was_not_measured_is_not_invented():
    """Above everywhere and below everywhere have no size."""
    assert crossing(SIZES, [2.0] * 5, 1.1) == ("still above", None)
    assert crossing(SIZES, [1.0] * 5, 1.1) == ("never above", None)
    rising = [1.0, 1.0, 1.0, 1.0, 1.2]
    assert crossing(SIZES, rising, 1.1) == ("still above", None)


def test_the_last_crossing_counts():
    """A dip on the way, be it noise, is not where the gap vanishes."""
    _, at = crossing(SIZES, [5.0, 1.0, 3.0, 1.0, 1.0], 1.1)
    assert 1000 < at < 10_000
