"""Korean notebooks: the English code, in other words, and it runs."""

from __future__ import annotations

import ast
import re

import nbformat
import pytest
from test_glossary import faults
from test_notebook import code_cells, python, run_here, shortened

from compare.commands.main import main
from compare.lessons.problems import LESSONS
from compare.showing.notebook.build import notebook_of, text_of

HANGUL = re.compile("[가-힣]")


def alike(one, other):
    """Whether two pieces of syntax differ only in words said in Korean."""
    if type(one) is not type(other):
        return False
    if isinstance(one, str):
        return one == other or bool(HANGUL.search(other))
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, ast.JoinedStr):  # what it fills in may change places
        return all(
            alike(sorted(left, key=shape), sorted(right, key=shape))
            for left, right in zip(parts(one), parts(other), strict=True)
        )
    if isinstance(one, ast.AST):
        fields = ([getattr(node, f) for f in one._fields]
                  for node in (one, other))  # fmt: skip
        return alike(*fields)
    return one == other


def parts(text):
    """Return what an f-string fills in, and its words in one piece."""
    words = [v.value for v in text.values if isinstance(v, ast.Constant)]
    filled = [v for v in text.values if isinstance(v, ast.FormattedValue)]
    return filled, ["".join(words)]


def shape(node):
    """Return what sorts syntax alike in both languages."""
    if isinstance(node, str):
        return ""
    return re.sub("'[^']*[가-힣 ][^']*'", "", ast.dump(node))


@pytest.mark.parametrize("lesson", LESSONS)
def test_korean_code_is_english_code_in_other_words(lesson):
    """Cell by cell only comments and strings differ, and these are Korean."""
    english, korean = (notebook_of(lesson, x) for x in ("en", "ko"))
    nbformat.validate(korean)
    kinds = [[(c.cell_type, c.metadata) for c in n.cells] for n in
             (english, korean)]  # fmt: skip
    assert kinds[0] == kinds[1]
    for one, other in zip(*map(code_cells, (english, korean)), strict=True):
        assert alike(*(ast.parse(python(c)) for c in (one, other))), other.id


@pytest.mark.parametrize("lesson", LESSONS)
def test_all_prose_is_korean(lesson):
    """Every paragraph, heading and row of a table has Hangul."""
    for cell in notebook_of(lesson, "ko").cells:
        if cell.cell_type == "markdown":
            for part in re.split(r"\n\n+", cell.source):
                # A table's rows begin as the sections of the code are named.
                told = re.sub(r"^\| [A-Z][\w -]+ \(", "", part, flags=re.M)
                told = re.sub("</?details>|[-|:]", "", told).strip()
                code = part.startswith("    ")
                assert HANGUL.search(told) or code or not told, part
                assert not re.search(r"\b[a-z]+ (?:the|of|is|a) ", told), part


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_texts_keep_to_the_glossary(lesson):
    """Nothing is said in words that the catalogue may not use."""
    assert not faults("", text_of(lesson, "ko"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("print('a')", "print('가')", True),
        ("print(f'{a} of {b}')", "print(f'{b} 중 {a}')", True),
        ("x['a']", "x['b']", False),
        ("print(f'{a:.2f}')", "print(f'가 {a}')", False),
        ("f(1)", "f(2)", False),
    ],
)
def test_the_comparison_sees_what_differs(one, other, same):
    """Words may differ, keys, numbers and what is filled in may not."""
    assert alike(ast.parse(one), ast.parse(other)) is same


@pytest.mark.parametrize("lesson", ["linear_regression", "two_heads"])
def test_a_korean_notebook_runs(lesson, tmp_path):
    """It says in Korean that the bits are equal, and ends without errors."""
    notebook = shortened(notebook_of(lesson, "ko"), "graph", 2, "")
    printed = run_here(notebook, tmp_path)
    assert any(re.match(r"동일: \d+회의 갱신마다", line) for line in printed)


def test_the_command_writes_it_in_korean(tmp_path):
    """`notebook LESSON --lang ko` writes the Korean one."""
    asked = ["notebook", "adam", "--lang", "ko", "--out", str(tmp_path)]
    assert main(asked) == 0
    written = (tmp_path / "adam.ipynb").read_text("utf-8")
    assert nbformat.reads(written, 4) == notebook_of("adam", "ko")
