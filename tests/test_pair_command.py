"""`python -m compare pair`, as a new user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compare.commands.main import main

LOOP = """
def loop(problem, factor=2.0):
    w, b = problem.initial["w"].ravel(), problem.initial["b"].ravel()
    x = problem.x.reshape(len(problem.x), -1)
    for _ in range(problem.steps):
        error = x @ w + b - problem.y.ravel()
        rate = problem.learning_rate * factor
        w, b = w - rate * error @ x / len(x), b - rate * error.mean()
    return w, b

def halved(problem):
    return loop(problem, 1.0)

def raises(problem):
    raise ValueError("no [bold]way[/bold]")

def own_problem():
    import compare
    return compare.problem([1, 2], [3, 4], {"w": 0, "b": 0}, steps=5)

def no_problem():
    return 41
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Run every command in a folder with the user's file."""
    (tmp_path / "mine.py").write_text(LOOP)
    (tmp_path / "homes.csv").write_text(
        "size,price\n" + "".join(f"{i},{2 * i + i % 3}\n" for i in range(9))
    )
    monkeypatch.chdir(tmp_path)


def pair(*arguments):
    return main(["pair", *arguments])


def test_a_pair_that_agrees_ends_with_0(capsys):
    """Identical on the first lesson's data, and written to pair.json."""
    code = pair("mine.py:loop", "mine.py:loop", "--steps", "3", "--time")
    text = capsys.readouterr().out
    assert code == 0
    assert "identical" in text
    assert "per update" in text
    found = json.loads(Path("pair.json").read_text())
    assert found["pair"]["verdict"]["outcome"] == "identical"
    assert len(found["pair"]["costs"]["sides"]) == 2


def test_a_pair_that_differs_ends_with_1_and_says_why(capsys):
    """On the user's own table the cause is named."""
    table = ("--data", "homes.csv", "--target", "price", "--steps", "4")
    assert pair("mine.py:halved", "mine.py:loop", *table) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "they part at update 1 in w" in text
    assert "Cause: halved's updates are 0.5 times as long" in text


def test_a_side_that_raises_ends_with_3(capsys):
    """Its message is told, and nothing in it is markup."""
    assert pair("mine.py:raises", "mine.py:loop") == 3
    assert "ValueError: no [bold]way[/bold]" in capsys.readouterr().out


def test_a_problem_of_the_users_own(capsys):
    """--problem names a function that makes it."""
    given = ("--problem", "mine.py:own_problem")
    assert pair("mine.py:loop", "mine.py:loop", *given) == 0
    assert "5 updates" in capsys.readouterr().out


REFUSED = {
    ("mine", "mine.py:loop"): "write it as file.py:function",
    ("mine.py", "mine.py:loop"): "give two scripts, or two functions",
    ("mine.py", "mine.py", "--time"): "leave --problem, --data, --steps",
    ("none.py:loop", "mine.py:loop"): "there is no file none.py",
    ("mine.py:loop", "mine.py:loop", "--data", "homes.csv"): "--target",
    ("mine.py:loop", "mine.py:loop", "--problem", "mine.py:no_problem"): (
        "returned int: return compare.problem(...)"
    ),
    ("mine.py:loop", "mine.py:loop", "--steps", "0"): "above 0",
    ("mine.py", "mine.py", "--steps", "5"): "leave --problem, --data, --steps",
    (
        "mine.py:loop",
        "mine.py:loop",
        "--problem",
        "mine.py:own_problem",
        "--batch-size",
        "2",
    ): "makes the whole problem: leave --steps",
}


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_bad_requests_are_refused_in_one_sentence(capsys, arguments):
    """Exit code 2, one line on stderr."""
    try:
        code = pair(*arguments)
    except SystemExit as stop:
        code = stop.code
    error = capsys.readouterr().err
    assert code == 2
    assert REFUSED[arguments] in error
    assert error.count("\n") == 1


def test_a_function_that_is_missing_is_told(capsys):
    """A name that the file lacks is `could not run`."""
    assert pair("mine.py:lop", "mine.py:loop") == 3
    assert "has no function 'lop'" in capsys.readouterr().out
