"""Ratios: their intervals, the answers, noise floors, break-even points."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from compare.judging import ratios
from compare.records.timing import Effort, Paired, Ratio, Start, Timing


def timing(side, update, mode="graph", first_call=0.2):
    return Timing(side, mode, 1, (Start(0.1, first_call),), (update,))


def factors(seed, middle, count=8, noise=0.02):
    """Draw ratios of processes, one in twenty of them far off."""
    generator = np.random.default_rng(seed)
    far = generator.random(count) < 0.05
    spread = np.where(far, 0.2, noise)
    return tuple(middle * np.exp(generator.normal(0, spread)))


def chance(logs, centre):
    """Return the two-sided chance of these ranks, all signs tried."""
    apart = np.array(logs) - centre
    ranks = np.argsort(np.argsort(np.abs(apart))) + 1
    seen = ranks[apart > 0].sum()
    sums = [
        ranks[np.array(signs)].sum()
        for signs in product([False, True], repeat=len(logs))
    ]
    below = np.mean([value <= seen for value in sums])
    above = np.mean([value >= seen for value in sums])
    return 2 * min(below, above)


@pytest.mark.parametrize("count", [6, 7, 8, 10])
def test_the_interval_against_all_signs(count):
    """What is just inside is not rejected at 5 %, what is outside is."""
    drawn = factors(count, 1.1, count)
    found = ratios.centre(drawn)
    logs = np.log(drawn)
    for end, inwards in ((found.low, 1e-9), (found.high, -1e-9)):
        assert chance(logs, np.log(end) + inwards) > 0.05
        assert chance(logs, np.log(end) - inwards) <= 0.05


def test_the_centre_is_the_median_of_the_means_of_two():
    """Six by hand: 21 geometric means, the eleventh in order."""
    found = ratios.centre([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
    assert found.value == pytest.approx(2**0.5)


@pytest.mark.parametrize("count", [6, 8, 12])
def test_equal_code_is_called_different_in_at_most_5_percent(count):
    """False alarms of A against A, over 1,000 simulated comparisons."""
    answers = [
        ratios.centre(factors(i, 1.0, count)).answer for i in range(1000)
    ]
    alarms = sum(answer in ("faster", "slower") for answer in answers)
    assert alarms / 1000 <= 0.05 + 0.014  # two standard errors of a count


def test_the_interval_holds_the_truth_and_finds_2_percent():
    """Of 500 draws of twelve processes, one process in twenty far off."""
    found = [ratios.centre(factors(i, 1.02, 12, 0.015)) for i in range(500)]
    assert np.mean([x.low <= 1.02 <= x.high for x in found]) >= 0.93
    assert np.mean([x.answer == "slower" for x in found]) >= 0.8
    assert np.mean([x.answer == "faster" for x in found]) == 0


def test_the_interval_of_very_many_processes_is_that_of_the_normal():
    """Of 1,100 signs there are more than a float64 holds."""
    logs = np.random.default_rng(0).normal(0, 0.01, 1100)
    found = ratios.centre(tuple(np.exp(logs)))
    half = np.log(found.high / found.low) / 2
    # of the Hodges-Lehmann centre: sqrt(pi / 3) times that of the mean
    expected = 1.96 * 0.01 * np.sqrt(np.pi / 3 / len(logs))
    assert half == pytest.approx(expected, rel=0.1)


def test_one_process_that_is_far_off_moves_little():
    """An outlier by a half moves the centre by less than the noise."""
    drawn = factors(3, 1.0, 8, 0.01)
    before = ratios.centre(drawn)
    after = ratios.centre([*drawn[:-1], 1.5])
    assert after.value == pytest.approx(before.value, rel=0.01)


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [
        (1.01, 1.2, "slower"),
        (0.8, 0.99, "faster"),
        (0.99, 1.02, "no clear difference"),
        (0.5, 1.9, "too noisy to tell"),
        (None, None, "too few samples"),
    ],
)
def test_the_answers(low, high, answer):
    """What is clear, what is not, and what is nothing but noise."""
    assert Ratio(1.1, low, high).answer == answer


def test_few_processes_give_no_interval():
    """Below six the answer stays open, whatever the numbers."""
    assert ratios.centre([9.0] * 5).answer == "too few samples"
    assert ratios.centre([]) is None


def test_processes_apart_are_paired_in_their_order():
    """Whatever broke at the end; nothing is divided by a lost slope."""
    found = ratios.ratio([1.0, 2.0, 4.0], [3.0, 6.0])
    assert found.value == pytest.approx(3)
    assert ratios.ratio([-1.0, 1.0], [1.0, 1.0]) is None
    assert ratios.ratio([1.0], [0.0]) is None
    assert ratios.ratio([], [1.0]) is None


def test_modes_and_floor_are_told_apart():
    """Keras over manual in its mode; the floor beside it."""
    pairs = [
        Paired("graph", (3.0,) * 6, (1.01,) * 6),
        Paired("xla", (50.0,) * 6, ()),
    ]
    assert ratios.keras_to_manual(pairs, "graph").value == pytest.approx(3)
    assert ratios.keras_to_manual(pairs, "eager") is None
    assert ratios.noise_floor(pairs, "graph").value == pytest.approx(1.01)
    assert ratios.noise_floor(pairs, "xla") is None


def test_growth_against_known_ratios():
    """From 2 to 3 is 1.5 times; unknown where a run has nothing."""
    before, now = (
        [Paired("graph", factors(i, middle), ())]
        for i, middle in enumerate((2.0, 3.0))
    )
    found = ratios.growth(before, now, "graph")
    assert found.value == pytest.approx(1.5, rel=0.05)
    assert found.answer == "slower"
    assert ratios.growth(before, [], "graph") is None


def test_what_is_narrow_needs_no_more_processes():
    """1 % to either side, or a tenth of the way to 1."""
    assert ratios.narrow(factors(1, 1.0, 8, 0.005))
    assert not ratios.narrow(factors(1, 1.0, 8, 0.05))
    assert ratios.narrow(factors(1, 80.0, 8, 0.1))
    assert not ratios.narrow(factors(1, 80.0, 5, 0.0))


def test_how_many_processes_share_both_sides():
    """Enough for an interval, more with a budget, one in a hurry."""
    assert ratios.paired_effort(ratios.effort(None, True)) == Effort(1)
    assert ratios.paired_effort(ratios.effort(None, False)) == Effort(6)
    assert ratios.paired_effort(ratios.effort(60.0, False)) == Effort(8, 60.0)


def test_break_even_against_arithmetic():
    """0.9 s more at the start, 9 ms less per update: 100 updates."""
    entries = [
        timing("manual", 0.010, mode="eager", first_call=0.11),
        timing("manual", 0.001, mode="xla", first_call=1.001),
        timing("manual", 0.020, mode="graph", first_call=1.02),
    ]
    (found,) = ratios.break_evens(entries)
    assert (found.side, found.mode) == ("manual", "xla")
    assert found.updates == 100


def test_a_difference_within_that_of_processes_is_none():
    """Two processes of one environment may differ as much as two of them."""
    slow, far = ratios.Ratio(1.1, 1.05, 1.2), ratios.Ratio(2.0, 1.6, 2.4)
    quiet, loud = ratios.Ratio(1.0, 0.99, 1.01), ratios.Ratio(1.1, 0.9, 1.3)
    assert ratios.above_noise(slow, quiet) == "slower"
    assert ratios.above_noise(slow, loud) == "no clear difference"
    assert ratios.above_noise(far, loud) == "slower"
    few = ratios.Ratio(2.0, None, None)
    assert ratios.above_noise(few, loud) == "too few samples"
