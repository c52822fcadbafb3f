"""Size measures: a formatter changes none, a statement changes each."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from compare.judging.codesize import measure, plain_tree
from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.problems import LESSONS
from compare.records import MEASURES
from compare.showing.notebook.build import FOLDER

TEXTS = FOLDER / "texts"

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


@pytest.mark.parametrize("name", MEASURES)
def test_layout_comments_and_docstrings_do_not_count(name):
    """Nothing changes when code is spread out and explained."""
    assert getattr(measure(TIGHT), name) == getattr(measure(LOOSE), name)


def test_hand_counted_example():
    """The measures of a small function are those counted by hand."""
    size = measure(TIGHT)
    assert size.statements == 4  # def, if, assignment, return
    assert size.names == 2  # g, add
    assert size.branches == 1
    assert size.cognitive_complexity == 1


def test_the_whole_file_is_counted():
    """Imports and what follows a docstring count on both sides."""
    source = '"""Text."""\nimport a\nfrom b import c\nx = 1\n'
    assert measure(source).statements == 3


def test_nothing_in_our_exhibits_is_there_for_the_harness():
    """No exhibit knows of modes, observers or of us; each takes a problem."""
    root = Path(__file__).parent.parent
    for folder in ("manual", "keras_impl"):
        for path in (root / folder).glob("*.py"):
            text = ast.unparse(plain_tree(path.read_text()))
            for word in ("on_step", "mode", "jit_compile", "compare"):
                assert not re.search(rf"\b{word}\b", text), path


def test_every_keras_twin_is_shorter_but_two():
    """Many updates per call, and two networks, take more code in Keras."""
    longer = {
        lesson
        for lesson in LESSONS
        for name in ("statements", "tokens")
        if getattr(size_of("keras", lesson), name)
        >= getattr(size_of("manual", lesson), name)
    }
    assert longer == {"fused_steps", "gan"}


def size_of(side, lesson):
    return measure(source_of(exhibit(side, lesson)))


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
    ],
)
def test_what_becomes_empty_is_measured_all_the_same(source):
    """A body of nothing but text is a `pass`."""
    assert "pass" in ast.unparse(plain_tree(source))
    assert measure(source).statements >= 2
