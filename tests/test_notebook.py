"""Notebooks: valid, with the real source and data, and they run."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

import jobs
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from compare.commands.main import main
from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.problems import LESSONS, problem_of
from compare.lessons.rows_on_disk import read_csv
from compare.records import SIDES
from compare.records.problem import Settings
from compare.running.processes import Broken, Job, run_jobs
from compare.showing.language import speaker
from compare.showing.notebook.build import notebook_of
from compare.showing.notebook.cells import cells


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def python(cell):
    """Return a cell's Python without IPython's own lines."""
    return re.sub(r"^%.*$", "", cell.source, flags=re.M)


def ran(notebook, start, end, names):
    """Run the code cells between two headings here; return their names."""
    titles = [
        i
        for i, cell in enumerate(notebook.cells)
        if re.match(f"## ({start}|{end})", cell.source)
    ]
    with mock.patch.dict(os.environ):  # what the first cell sets goes again
        for cell in notebook.cells[slice(*titles)]:
            if cell.cell_type == "code":
                exec(python(cell), names)
    return names


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_notebook_is_valid_and_its_code_compiles(lesson):
    """It passes nbformat, Python parses each cell, every id differs."""
    notebook = notebook_of(lesson)
    nbformat.validate(notebook)
    for cell in code_cells(notebook):
        compile(python(cell), cell.id, "exec")
    assert nbformat.writes(notebook) == nbformat.writes(notebook_of(lesson))
    assert "compare" not in {
        name
        for cell in code_cells(notebook)
        for name in re.findall(r"^(?:import|from) (\w+)", cell.source, re.M)
    }


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_notebook_holds_the_real_source(lesson, side):
    """A cell is the exhibit, sign by sign, and then gives it a name."""
    real = source_of(exhibit(side, lesson))
    (found,) = (
        python(cell).strip("\n")
        for cell in code_cells(notebook_of(lesson))
        if real.strip("\n") in cell.source
    )
    named = f"train_{side} = train"
    assert found.removesuffix(named).rstrip("\n") == real.rstrip("\n")
    assert found.endswith(named) is (lesson != "multi_worker")


@pytest.mark.parametrize("lesson", LESSONS)
def test_twins_define_nothing_of_the_same_name_but_train(lesson):
    """In one notebook the second would take the first one's place."""
    manual, keras = (
        {
            node.name
            for node in ast.parse(source_of(exhibit(side, lesson))).body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        for side in SIDES
    )
    assert manual & keras == {"train"}


def read_by(lesson):
    """Return what the two exhibits read from their problem."""
    sources = (source_of(exhibit(side, lesson)) for side in SIDES)
    return set(re.findall(r"\bproblem\.(\w+)", "\n".join(sources)))


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_notebooks_problem_is_the_harnesss(lesson, tmp_path, monkeypatch):
    """What the exhibits read has the same bits as in the harness."""
    monkeypatch.chdir(tmp_path)
    problem = problem_of(lesson, Settings())
    made = vars(ran(notebook_of(lesson), "Set up", "Both", {})["problem"])
    given = {"x", "y", "initial", *problem.initial}
    assert set(made) == read_by(lesson) | given
    for name, value in made.items():
        expected = getattr(problem, name)
        if name == "files":  # the harness writes its own where it trains
            value = np.hstack(read_csv(value, "float32"))
            expected = np.hstack([problem.x, problem.y])
        if name == "initial":
            assert list(value) == list(expected)
            pairs = [(value[key], expected[key]) for key in value]
        else:
            pairs = [(value, expected)]
        for one, other in pairs:
            assert np.asarray(one).dtype == np.asarray(other).dtype
            assert np.asarray(one).shape == np.asarray(other).shape
            assert np.asarray(one).tobytes() == np.asarray(other).tobytes()


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_notebooks_loss_is_the_harnesss(lesson, tmp_path, monkeypatch):
    """The formula that is drawn gives the harness's loss, to rounding."""
    monkeypatch.chdir(tmp_path)
    problem = problem_of(lesson, Settings())
    notebook = notebook_of(lesson)
    names = ran(notebook, "Set up", "Both", {})
    (formula,) = (
        cell for cell in code_cells(notebook) if "def loss(" in cell.source
    )
    exec(formula.source, names)
    generator = np.random.default_rng(0)
    for _ in range(3):
        parameters = {
            name: np.float32(value + generator.normal(size=value.shape))
            for name, value in problem.initial.items()
        }
        expected = problem.loss(parameters, problem.x, problem.y)
        assert names["loss"](parameters) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_has_exercises_with_folded_solutions(lesson):
    """Three to five exercises, each with a solution that can be run."""
    notebook = notebook_of(lesson)
    (exercises,) = (
        cell.source for cell in notebook.cells if "## Exer" in cell.source
    )
    asked = re.findall(r"^(\d)\. ", exercises.split("## Sol")[0], re.M)
    assert 3 <= len(asked) <= 5
    start = next(
        i for i, cell in enumerate(notebook.cells) if "## Sol" in cell.source
    )
    solutions = notebook.cells[start:]
    told = "\n".join(c.source for c in solutions if "<details>" in c.source)
    assert re.findall(r"<summary><b>(\d)\.</b>", told) == asked
    assert told.count("</details>") == len(asked)
    assert "**1.**" not in told
    for cell in code_cells(nbformat.v4.new_notebook(cells=solutions)):
        assert cell.metadata["jupyter"] == {"source_hidden": True}


def test_markdown_becomes_cells():
    """Text, code, a tag, and folded code under Solutions."""
    made = cells(
        "one\n\n```python\nx = 1\n```\n```python parameters\nz\n```\n\n"
        "## Solutions\n\n**1.** two\n\n```\ny\n```\n",
        speaker(),
    )
    kinds = ["markdown", "code", "code", "markdown", "code"]
    assert [cell.cell_type for cell in made] == kinds
    said = (
        "## Solutions\n\n<details><summary><b>1.</b> What comes of it, and why"
        "</summary>\n\ntwo\n\n</details>"
    )
    sources = ["one", "x = 1", "z", said, "y"]
    assert [cell.source for cell in made] == sources
    assert ["jupyter" in cell.metadata for cell in made] == [0, 0, 0, 0, 1]
    assert made[2].metadata["tags"] == ["parameters"]


RUN = {
    "linear_regression": ("graph", 20, ""),
    "minibatch": ("graph", 2, ""),
    "fused_steps": ("graph", 20, "## How much faster?"),
    "early_stopping": ("eager", 2, "## Exercises"),
    "dropout_mlp": ("xla", 2, "## Exercises"),
    "gan": ("graph", 2, "## Exercises"),
    "gpt": ("graph", 2, "## Exercises"),
    "checkpoint_resume": ("graph", 2, "## Exercises"),
    "multi_worker": ("graph", 1, "## Against one process"),
}
"""Lesson -> mode, epochs, and the heading at which the test stops."""


@pytest.mark.parametrize("lesson", RUN)
def test_a_notebook_runs_from_top_to_bottom(lesson, tmp_path):
    """In an empty folder every update is seen, and both are identical."""
    mode, epochs, end = RUN[lesson]
    # Its workers import a module that the notebook writes: a real kernel.
    run = execute if lesson == "multi_worker" else run_here
    printed = run(shortened(notebook_of(lesson), mode, epochs, end), tmp_path)
    updates = epochs * problem_of(lesson, Settings()).steps_per_epoch
    identical = f"identical: the same bits after each of {updates} updates"
    first = next(line for line in printed if re.match("identical|diff", line))
    assert first == identical
    beside = [line for line in printed if line.endswith("equal")]
    compared = problem_of(lesson, Settings()).compared
    assert beside == [f"{name}: equal" for name in compared]


def test_a_notebook_sees_a_mistake(tmp_path):
    """A learning rate that is too small by hand parts at the first update."""
    notebook = shortened(notebook_of("minibatch"), "graph", 1, "## How it")
    right = "assign_sub(problem.learning_rate"
    for cell in code_cells(notebook):
        cell.source = cell.source.replace(right, f"{right} * 0.999")
    assert run_here(notebook, tmp_path)[-1] == "different from update 1 on"


def shortened(notebook, mode, epochs, end):
    """Train for fewer epochs in a mode, and only up to a heading."""
    if end:
        stop = [i for i, c in enumerate(notebook.cells) if end in c.source]
        notebook.cells = notebook.cells[: stop[0]]
    for cell in code_cells(notebook):
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = f'epochs = {epochs}\nmode = "{mode}"'
        if cell.source.startswith("%pip"):
            cell.source = ""  # nothing is installed in tests
    return notebook


def run_here(notebook, folder):
    """Run the cells in a process that is forked, not in a kernel.

    TensorFlow is imported in it already, which takes a kernel long.
    """
    cells = [cell.source for cell in code_cells(notebook)]
    job = Job("notebook", jobs.run_cells, (cells, str(folder)))
    (printed,) = run_jobs([job], 1, 300.0)
    assert not isinstance(printed, Broken), printed.details
    return [line for line in printed.splitlines() if line[0] != "<"]


def execute(notebook, folder):
    """Run a notebook in a fresh kernel; return the lines that it prints."""
    place = {"metadata": {"path": str(folder)}}
    before = set(Path(tempfile.gettempdir()).glob("__autograph*"))
    NotebookClient(notebook, timeout=300, resources=place).execute()
    assert set(Path(tempfile.gettempdir()).glob("__autograph*")) <= before
    streams = [
        output
        for cell in code_cells(notebook)
        for output in cell.outputs
        if output.output_type == "stream"
    ]
    assert not [s.text for s in streams if s.name == "stderr"]
    return [line for s in streams for line in s.text.splitlines()]


def test_the_command_writes_the_notebook(tmp_path, capsys):
    """`notebook LESSON --out FOLDER` writes LESSON.ipynb and says so."""
    assert main(["notebook", "adam", "--out", str(tmp_path / "new")]) == 0
    path = tmp_path / "new" / "adam.ipynb"
    assert nbformat.reads(path.read_text(), 4) == notebook_of("adam")
    assert f"Written: {path}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "no lesson 'nothing'; the lessons are linear_regr"),
        (["adam", "--out", "/dev/null"], "cannot write"),
    ],
    ids=["unknown lesson", "bad folder"],
)
def test_what_cannot_be_written_is_one_sentence(arguments, said, capsys):
    """Exit code 2 and one line on stderr."""
    assert main(["notebook", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_writing_a_notebook_needs_no_tensorflow():
    """Nothing of TensorFlow is imported to write a notebook."""
    code = (
        "import sys, compare.showing.notebook.build as build\n"
        "build.notebook_of('adam')\n"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
