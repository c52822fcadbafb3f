"""Which parameter is which."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from compare.pairs.matching import match, start_of
from compare.pairs.pair import Pair
from compare.pairs.sides import Returned, SideRun
from compare.running.processes import RunError

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


def model(**values):
    """Return what is read of a Keras model: names that are not a dict's."""
    return Returned(False, values)


def test_the_names_of_a_model_count():
    """A dict in another order is matched with a model's kernel and bias."""
    found = match(
        named(bias=SCALAR, kernel=SCALAR),
        model(kernel=np.zeros((1, 1)), bias=np.zeros(1)),
        ("w", "b"),
    )
    assert found == {"bias": ("bias", "bias"), "kernel": ("kernel", "kernel")}


def test_an_order_counts_where_the_names_have_it():
    """A tuple is in the order of `initial`, and so is this dict."""
    found = match(
        ordered(SCALAR, SCALAR), named(w=SCALAR, b=SCALAR), ("w", "b")
    )
    assert found == {"w": ("0", "w"), "b": ("1", "b")}


def test_shapes_that_repeat_are_paired_in_the_order_that_names_have():
    """A dict in an order of its own against a model of two layers alike."""
    square, bias = np.zeros((3, 3)), np.zeros(3)
    found = match(
        named(w1=square, w2=square, b1=bias, b2=bias),
        model(**{"a/w": square, "a/b": bias, "c/w": square, "c/b": bias}),
        ("w1", "b1", "w2", "b2"),
    )
    pairs = {"w1": "a/w", "w2": "c/w", "b1": "a/b", "b2": "c/b"}
    assert found == {name: (name, key) for name, key in pairs.items()}


ADAPTED = Returned(
    False, {"mean": VECTOR, "kernel": MATRIX}, frozenset(["mean"])
)


def test_states_that_only_one_model_keeps_are_left_out():
    """What a layer was adapted to is no parameter of the other side."""
    found = match(named(w=MATRIX), ADAPTED, ())
    assert found == {"w": ("w", "kernel")}


def test_agreement_without_the_states_of_one_side_is_none():
    """Nothing is said of two models that keep other states."""
    runs = [SideRun((), side, ()) for side in (model(w=MATRIX), ADAPTED)]
    pair = SimpleNamespace(
        result=lambda side, at: runs[side],
        sides=SimpleNamespace(names=("plain", "adapted")),
        _lengths=[1],
    )
    said = Pair._left_out(pair, SimpleNamespace(agree=True))
    assert "only adapted keeps mean" in str(said)
    assert Pair._left_out(pair, SimpleNamespace(agree=False)) is None
    runs[1] = runs[0]
    assert Pair._left_out(pair, SimpleNamespace(agree=True)) is None


def test_exact_shapes_tell_a_bias_from_a_column():
    """(32,) and (32, 1) are two shapes where both sides have them."""
    bias, column = np.zeros(32), np.zeros((32, 1))
    found = match(
        named(out=column, b=bias), model(bias=bias, kernel=column), ()
    )
    assert found == {"out": ("out", "kernel"), "b": ("b", "bias")}


@pytest.mark.parametrize(
    "right",
    [
        named(b=SCALAR, w=SCALAR),
        named(slope=SCALAR, intercept=SCALAR),
        named(intercept=SCALAR, slope=SCALAR),
    ],
    ids=lambda side: ", ".join(side.values),
)
def test_an_order_that_the_names_do_not_have_is_no_guess(right):
    """A tuple against a dict in another order, or of other names, is asked."""
    with pytest.raises(RunError, match="cannot be told which"):
        match(ordered(SCALAR, SCALAR), right, ("w", "b"))


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


def test_a_start_of_another_size_is_not_the_sides():
    """A problem's scalar is not where a vector of that name began."""
    line = SimpleNamespace(initial={"w": SCALAR, "b": SCALAR})
    keys = {"w": "w", "b": "b"}
    same = Returned(True, {"w": np.ones((1, 1)), "b": np.ones(1)})
    other = Returned(True, {"w": np.ones(()), "b": np.ones(2)})
    assert start_of(line, keys, "float32", same)
    assert start_of(line, keys, "float32", other) is None
