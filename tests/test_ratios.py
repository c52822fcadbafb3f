"""Ratios: their intervals, the three answers, break-even points."""

from __future__ import annotations

import numpy as np
import pytest

from compare.judging import ratios
from compare.records.timing import Sample, Timing


def timing(side, per_epoch, mode="graph", first_call=0.2, control=False):
    samples = tuple(
        Sample(0.1, first_call, value, ((0, 0.1),)) for value in per_epoch
    )
    return Timing(side, mode, 1, samples, control)


def noisy(seed, mean, count=10, noise=0.03):
    generator = np.random.default_rng(seed)
    return (mean * np.exp(generator.normal(0, noise, count))).tolist()


def test_the_ratio_is_that_of_the_medians():
    """Outliers do not move it."""
    found = ratios.ratio([1.0, 2.0, 90.0], [6.0, 8.0, 7.0])
    assert found.value == pytest.approx(3.5)


def test_few_processes_give_no_interval():
    """Below five processes the answer stays open, whatever the numbers."""
    found = ratios.ratio([1.0] * 4, [9.0] * 4)
    assert found.answer == "too few samples"
    assert found.low is None


@pytest.mark.parametrize(
    ("factor", "answer"), [(1.3, "slower"), (0.7, "faster")]
)
def test_a_planted_difference_is_found(factor, answer):
    """30 % more or less stand out of 3 % noise, with the ratio inside."""
    found = ratios.ratio(noisy(1, 1.0), noisy(2, factor))
    assert found.answer == answer
    assert found.low <= factor <= found.high


def test_equal_code_is_called_different_in_at_most_5_percent():
    """False alarms of A against A, over 400 simulated comparisons."""
    alarms = sum(
        ratios.ratio(noisy(2 * i, 1.0, 8), noisy(2 * i + 1, 1.0, 8)).answer
        != "no clear difference"
        for i in range(400)
    )
    assert alarms / 400 <= 0.06  # 5 %, and one standard error of 400 trials


def sides(seed, keras=2.0, manual=1.0, count=8):
    return [
        timing("manual", noisy(seed, manual, count)),
        timing("keras", noisy(seed + 1, keras, count)),
    ]


def test_growth_against_known_ratios():
    """From 2 to 3 is 1.5 times, however fast either machine was."""
    found = ratios.growth(sides(1), sides(3, 9.0, 3.0), "graph")
    assert found.value == pytest.approx(1.5, rel=0.05)
    assert found.low <= 1.5 <= found.high
    assert found.answer == "slower"
    assert ratios.growth(sides(1), sides(3, count=4), "graph").low is None
    assert ratios.growth(sides(1), sides(3)[:1], "graph") is None
    assert ratios.growth(sides(1), sides(3), "xla") is None


def test_growth_is_found_where_there_is_none_in_at_most_5_percent():
    """False alarms with four groups of processes, simulated."""
    alarms = sum(
        ratios.growth(sides(4 * i), sides(4 * i + 2), "graph").answer
        != "no clear difference"
        for i in range(400)
    )
    assert alarms / 400 <= 0.06  # 5 %, and one standard error of 400 trials


def test_the_same_samples_give_the_same_interval():
    """The bootstrap is seeded: a report can be rebuilt."""
    groups = noisy(1, 1.0), noisy(2, 1.1)
    assert ratios.ratio(*groups) == ratios.ratio(*groups)


def test_medians_that_are_not_above_0_give_no_ratio():
    """A slope lost in noise is not divided by."""
    with pytest.raises(ValueError, match="no ratio"):
        ratios.ratio([-1.0], [1.0])
    pair = [timing("manual", [-1.0]), timing("keras", [1.0])]
    assert ratios.keras_to_manual(pair, "graph") is None


def test_a_slope_lost_in_noise_widens_the_interval():
    """No interval reaches below 0, and nothing is certain."""
    lost = [0.02, 0.03, 0.04, -0.2, -0.1]
    for pair in ([1.0] * 5, lost), (lost, [1.0] * 5):
        found = ratios.ratio(*pair)
        assert 0 < found.low < found.value < found.high
    assert found.high > 1e6


def test_sides_modes_and_control_are_told_apart():
    """Keras over manual; the control against the manual side."""
    entries = [
        timing("manual", [1.0]),
        timing("keras", [3.0]),
        timing("keras", [50.0], mode="xla"),
        timing("manual", [1.1], control=True),
    ]
    assert ratios.keras_to_manual(entries, "graph").value == 3
    assert ratios.keras_to_manual(entries, "xla") is None
    assert ratios.noise_floor(entries, "graph").value == pytest.approx(1.1)
    assert ratios.noise_floor(entries[:3], "graph") is None


def test_break_even_against_arithmetic():
    """0.9 s more at the start, 9 ms less per update: 100 updates."""
    entries = [
        timing("manual", [0.010], mode="eager", first_call=0.1),
        timing("manual", [0.001], mode="xla", first_call=1.0),
        timing("manual", [0.020], mode="graph", first_call=1.0),
    ]
    (found,) = ratios.break_evens(entries)
    assert (found.side, found.mode) == ("manual", "xla")
    assert found.updates == 100
