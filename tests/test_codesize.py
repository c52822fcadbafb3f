"""Size measures: a formatter changes none, a statement changes each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from compare.codesize import MEASURES, measure, plain_tree

TIGHT = "def f(a, b):\n    if a: b = g(a)\n    return [b, tf.add(a, b)]\n"
LOOSE = '''
def f(
    a,
    b,
):
    """Explain at length what is done here."""
    # and again

    if a:
        b = g(
            a
        )
    return [
        b,
        tf.add(a, b),
    ]
'''


@pytest.mark.parametrize(
    "name", [name for name in MEASURES if name != "lines"]
)
def test_layout_comments_and_docstrings_do_not_count(name):
    """Only `lines` changes when code is spread out and explained."""
    assert getattr(measure(TIGHT), name) == getattr(measure(LOOSE), name)


def test_hand_counted_example():
    """The measures of a small function are those counted by hand."""
    size = measure(TIGHT)
    assert size.statements == 4  # def, if, assignment, return
    assert size.names == 2  # g, add
    assert size.branches == 1
    assert size.cognitive_complexity == 1
    assert size.lines == 3


def test_lines_skip_blanks_comments_and_docstrings():
    """A docstring of two lines and a comment are no code."""
    source = '"""One.\n\nTwo."""\n\n# comment\nx = (\n    1\n)\n'
    assert measure(source).lines == 3


def test_imports_are_no_statements():
    """Both sides import; it says nothing about the training."""
    assert measure("import a\nfrom b import c\nx = 1\n").statements == 1


OBSERVED = """
def train(problem, mode="graph", on_step=None):
    seen = count(1)
    observer = Callback(lambda batch: on_step(next(seen), problem))
    fit(problem, mode, callbacks=[observer] if on_step else None)
    loop(callbacks=[*([observer] if on_step else [])])
    if on_step:
        on_step(1, problem)
    return problem
"""
UNOBSERVED = """
def train(problem, mode='graph'):
    fit(problem, mode)
    loop(callbacks=[*[]])
    return problem
"""


def test_the_observer_is_not_counted():
    """Code that only serves on_step is taken out, on either side."""
    assert ast.unparse(plain_tree(OBSERVED)) == UNOBSERVED.strip()


def test_no_observer_is_left_in_our_exhibits():
    """What is measured of an exhibit no longer mentions on_step."""
    root = Path(__file__).parent.parent
    for folder in ("manual", "keras_impl"):
        for path in (root / folder).glob("*.py"):
            assert "on_step" not in ast.unparse(plain_tree(path.read_text()))


def test_more_code_measures_more():
    """One more loop makes every measure grow."""
    more = TIGHT + "\n\ndef h(c):\n    for d in c:\n        print(d, k(d))\n"
    for name in MEASURES:
        assert getattr(measure(more), name) > getattr(measure(TIGHT), name)


@pytest.mark.parametrize(
    "source",
    [
        'class A:\n    """Only text."""\n',
        'async def f():\n    """Only text."""\n',
        "def f(on_step):\n    for u in x:\n        if on_step: on_step(u)\n",
    ],
)
def test_what_becomes_empty_is_measured_all_the_same(source):
    """A body of nothing but text or observer is a `pass`."""
    assert "pass" in ast.unparse(plain_tree(source))
    assert measure(source).statements >= 2


def test_only_what_the_observer_read_is_dropped():
    """An assignment that is unused anyway, or has a second target, stays."""
    source = "def f():\n    a = b = g()\n    c = h()\n    return b\n"
    assert ast.unparse(plain_tree(source)) == source.strip()
