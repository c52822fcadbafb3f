"""Which parameter is which."""

from __future__ import annotations

import numpy as np
import pytest

from compare.pairs.matching import match
from compare.pairs.sides import Returned
from compare.processes import RunError

SCALAR, MATRIX, VECTOR = np.zeros(()), np.zeros((3, 1)), np.zeros(3)


def named(**values):
    return Returned(True, values)


def ordered(*values):
    return Returned(False, {str(i): v for i, v in enumerate(values)})


def test_names_come_first():
    """Equal names are pairs, whatever their order."""
    found = match(named(w=MATRIX, b=SCALAR), named(b=SCALAR, w=MATRIX), ())
    assert found == {"w": ("w", "w"), "b": ("b", "b")}


def test_order_comes_next_and_the_problem_names_it():
    """Two tuples are paired in order, under the names of `initial`."""
    found = match(
        ordered(SCALAR, SCALAR),
        ordered(np.zeros((1, 1)), np.zeros(1)),
        ("w", "b"),
    )
    assert found == {"w": ("0", "0"), "b": ("1", "1")}


def test_a_dict_names_a_tuple():
    """One named side is enough."""
    found = match(ordered(MATRIX, SCALAR), named(k=MATRIX, c=SCALAR), ())
    assert found == {"k": ("0", "k"), "c": ("1", "c")}


def test_sizes_tell_other_names_apart():
    """Other names in another order are paired by what they hold."""
    found = match(named(b=SCALAR, w=VECTOR), named(k=MATRIX, c=SCALAR), ())
    assert found == {"b": ("b", "c"), "w": ("w", "k")}


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (named(w=SCALAR, b=SCALAR), named(k=SCALAR, c=SCALAR), "which of"),
        (named(w=SCALAR, b=SCALAR), ordered(SCALAR), "left side gives w, b"),
        (named(w=np.zeros((2, 3))), named(w=np.zeros((3, 2))), "(2, 3)"),
        (named(w=SCALAR, b=MATRIX), named(w=MATRIX, b=SCALAR), "w has shape"),
    ],
)
def test_what_cannot_be_told_is_an_error_that_says_what_to_do(
    left, right, reason
):
    """Ambiguous names, other counts and other shapes are refused."""
    with pytest.raises(RunError, match="return a dict") as error:
        match(left, right, ())
    assert reason in str(error.value)
