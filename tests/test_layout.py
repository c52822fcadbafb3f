"""The rules of the house: layers, twins, sizes, what exhibits may import."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from compare.lessons.problems import LESSONS

ROOT = Path(__file__).parent.parent
ROOMS = (
    "records",
    "lessons",
    "judging",
    "running",
    "mistakes",
    "studies",
    "pairs",
    "showing",
    "commands",
)
"""The rooms of compare/: each imports only from those before it."""

LOOSE = {"__init__.py", "__main__.py", "pytest_plugin.py"}
"""All that stands at the root of compare/."""


def lessons(folder):
    return {
        path.stem
        for path in (ROOT / folder).glob("*.py")
        if path.stem != "__init__"
    }


TWINS = sorted(lessons("manual") | lessons("keras_impl"))
ABOUT_TENSORFLOW = {"streaming", "multi_worker", "gan"}
"""Lessons about tf.data, tf.distribute, or a `train_step` of one's own, which
takes a tape: there Keras needs TensorFlow."""

EXHIBITS = [f"{f}/{t}.py" for f in ("manual", "keras_impl") for t in TWINS]


def imported(tree):
    """Return the modules that a syntax tree imports, by dotted name."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names |= {f"{base}.{alias.name}" for alias in node.names} | {base}
    return names


def test_every_file_has_its_room():
    """Three files stand at the root of compare/, docs beside the rooms."""
    root = ROOT / "compare"
    assert {path.name for path in root.glob("*.py")} == LOOSE
    rooms = {
        path.relative_to(root).parts[0] for path in root.glob("*/**/*.py")
    }
    assert rooms == {*ROOMS, "docs"}


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room):
    """A room imports nothing from the rooms behind it, nor from the root."""
    later = (*ROOMS[ROOMS.index(room) + 1 :], "docs")
    for path in sorted((ROOT / "compare" / room).rglob("*.py")):
        names = imported(ast.parse(path.read_text()))
        assert "compare" not in names, path
        found = {
            name.split(".")[1] for name in names if name.startswith("compare.")
        }
        assert not found & set(later), path


@pytest.mark.parametrize("lesson", TWINS)
def test_a_lesson_is_two_files_and_one_function(lesson):
    """Both exhibits and the function of its problem bear the same name."""
    assert lesson in lessons("manual"), f"write manual/{lesson}.py"
    assert lesson in lessons("keras_impl"), f"write keras_impl/{lesson}.py"
    assert lesson in LESSONS, f"write {lesson}() in compare/lessons/"


def test_every_problem_has_its_exhibits():
    """No problem is without its two files."""
    assert set(LESSONS) == set(TWINS)


@pytest.mark.parametrize("lesson", TWINS)
def test_twins_share_train_and_the_order_of_their_sections(lesson):
    """`train(problem)` on both sides; what Keras does has no section there."""
    manual, keras = (
        (ROOT / folder / f"{lesson}.py").read_text()
        for folder in ("manual", "keras_impl")
    )
    for source in (manual, keras):
        functions = {
            node.name: [argument.arg for argument in node.args.args]
            for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef)
        }
        assert functions["train"] == ["problem"]
    by_hand, in_keras = (
        re.findall(r"^ *# --- (.+)$", source, re.M)
        for source in (manual, keras)
    )
    assert len(in_keras) >= 3
    assert [name for name in by_hand if name in in_keras] == in_keras


@pytest.mark.parametrize("path", EXHIBITS)
def test_exhibits_stand_alone(path):
    """An exhibit can be pasted into a notebook: it imports nothing of ours."""
    allowed = set(sys.stdlib_module_names) | {"tensorflow", "numpy"}
    if path.startswith("keras_impl"):
        allowed = set(sys.stdlib_module_names) | {"keras"}
        if Path(path).stem in ABOUT_TENSORFLOW:
            allowed |= {"tensorflow"}
    tree = ast.parse((ROOT / path).read_text())
    for name in imported(tree):
        assert name.split(".")[0] in allowed
    if path.startswith("manual"):
        attributes = {
            n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)
        }
        assert "keras" not in attributes


LONG_BY_HAND = {"manual/gpt.py"}
"""A network of many parts: by hand each takes its lines."""


@pytest.mark.parametrize("path", EXHIBITS)
def test_exhibits_are_short(path):
    """Under 90 lines, so that one fits on a page; a whole network 120."""
    limit = 120 if path in LONG_BY_HAND else 90
    assert len((ROOT / path).read_text().splitlines()) < limit


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("compare/**/*.py")), ids=lambda path: path.name
)
def test_a_file_of_the_harness_fits_in_a_head(path):
    """At most 300 lines a file."""
    assert len(path.read_text().splitlines()) <= 300


def test_the_command_line_loads_nothing_heavy():
    """--help is instant: no TensorFlow, pandas, numpy or rich is imported."""
    code = (
        "import sys\n"
        "from compare.commands.main import main\n"
        "main(['--help'])\n"
        "heavy = {'tensorflow', 'keras', 'pandas', 'numpy', 'rich'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules)"
        " else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "exit codes" in done.stdout


def test_nothing_heavy_is_loaded_where_importing_is_timed():
    """A bare process and what times it import neither numpy nor more."""
    code = (
        "import sys, compare.running.server, compare.running.slope\n"
        "import compare.studies.peers.probe\n"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_making_a_report_never_imports_tensorflow():
    """The process that runs the harness stays free of TensorFlow."""
    code = (
        "import sys, compare.studies.lesson.report\n"
        "import compare.showing.telling\n"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("tests/test_*.py")), ids=lambda path: path.name
)
def test_every_test_says_what_it_asserts(path):
    """One sentence per test, as its docstring."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            text = ast.get_docstring(node) or ""
            assert text.endswith(".") and "\n" not in text, node.name


def test_the_readme_opens_with_the_first_twins_in_full():
    """What is printed there is what the two files hold."""
    opening = (ROOT / "README.md").read_text().partition("\n## ")[0]
    for folder in ("manual", "keras_impl"):
        source = (ROOT / folder / "linear_regression.py").read_text()
        assert f"```python\n{source}```" in opening
