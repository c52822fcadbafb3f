"""Numbers and words for people."""

from __future__ import annotations

import numpy as np
import pytest

from compare.records.escape import printable
from compare.showing import formats
from compare.showing.language import speaker


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (30.0, "30 s"),
        (0.0301, "30.1 ms"),
        (0.000205, "205 µs"),
        (1e-9, "0.001 µs"),
        (-0.002, "-2 ms"),
        (5000.0, "5,000 s"),
    ],
)
def test_times_have_the_unit_that_suits(value, expected):
    """Three digits, no exponent."""
    assert formats.seconds(value) == expected


def test_a_spread_keeps_to_the_unit_of_its_median():
    """Median, smallest, largest; a single value alone."""
    assert formats.spread([0.0008, 0.0009, 0.00103]) == "900 µs (800–1,030)"
    assert formats.spread([3.0, 1.0, 2.0]) == "2 s (1–3)"
    assert formats.spread([0.5]) == "500 ms"


def test_no_time_is_below_zero():
    """Of a difference that noise made negative the noise is told."""
    assert formats.spread([-0.001, 0.002, 0.004]) == "< 4 ms"
    assert formats.spread([-0.001]) == "< 1 ms"


def test_values_tell_float32_numbers_apart():
    """As many digits as float32 needs; the last of a long history."""
    english = speaker().say
    two = np.array([1.0013452, 0.99514383], np.float32)
    assert formats.values(two, english) == "1.0013452\n0.99514383"
    assert (
        formats.values(np.arange(9.0), english, history=True)
        == "8.0 (last of 9)"
    )
    assert formats.values(np.arange(9.0), english) == "9 values"
    assert formats.values(np.array(6), english) == "6"
    assert formats.values(np.array([np.nan, 1e-9]), english) == "nan\n1e-09"
    assert formats.values(np.array([]), english) == "none"
    assert formats.values(None, english) == "-"
    korean = speaker("ko").say
    assert (
        formats.values(np.arange(9.0), korean, history=True)
        == "8.0(9개 중 마지막)"
    )
    assert formats.values(np.arange(9.0), korean) == "값 9개"


def test_control_characters_are_shown_not_obeyed():
    """Escape sequences and newlines in users' names stay visible."""
    assert printable("a\x1b[31m\nb") == "a\\x1b[31m\\nb"
    assert printable("größe 크기") == "größe 크기"
