"""A lesson -> a notebook that runs from top to bottom on its own.

A notebook is written as Markdown: a template takes in what the lesson has,
and the lesson's own text. Then its blocks of Python become cells of code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbformat import NotebookNode

from compare.lessons import digits, penguins, series, text
from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.problems import problem_of
from compare.records import SIDES
from compare.records.problem import Problem, Settings
from compare.showing.notebook.cells import cells

FOLDER = Path(__file__).parent
KERNEL = {
    "display_name": "Python 3",
    "language": "python",
    "name": "python3",
}


def notebook_of(lesson: str) -> NotebookNode:
    """Write a lesson as a notebook.

    Args:
        lesson: its name.

    Returns:
        A notebook of nbformat 4 that needs TensorFlow, Keras and matplotlib,
        but nothing of this project. The same lesson gives the same notebook.

    Raises:
        UsageError: there is no such lesson.
    """
    content = cells(_markdown(problem_of(lesson, Settings())))
    for number, cell in enumerate(content):
        cell["id"] = f"cell-{number:02}"  # nbformat's own are random
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=content)
    notebook.metadata["kernelspec"] = KERNEL
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.validate(notebook)
    return notebook


def _markdown(problem: Problem) -> str:
    """Fill in the template."""
    templates = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    told = (FOLDER / "texts" / f"{problem.lesson}.md").read_text("utf-8")
    intro, heading, rest = told.partition("\n## ")
    sources = {s: source_of(exhibit(s, problem.lesson)) for s in SIDES}
    columns = [*penguins.COLUMNS]
    if classes := problem.y.dtype.kind == "i":
        columns.append("species")
    return templates.get_template("notebook.md").render(
        problem=problem,
        classes=classes,
        intro=intro.strip(),
        rest=(heading + rest).strip(),
        sources=sources,
        sections=_sections(sources["manual"]),
        settings=_settings(problem, sources.values()),
        columns=columns,
        penguins=map(",".join, penguins.rows_of(columns)),
        digits=map(",".join, digits.lines()),
        page=text.FILE.read_text("utf-8"),
        sunspots=map("{:g}".format, series.sunspots()),
    )


def _sections(source: str) -> dict[str, str]:
    """Return what to look for in each section that an exhibit has."""
    lines = (FOLDER / "templates" / "sections.md").read_text("utf-8")
    notes = dict(line.split(": ", 1) for line in lines.splitlines())
    found = re.findall(r"^ *# --- (.+)$", source, re.M)
    return {name: notes[name] for name in found}


def _settings(problem: Problem, sources: Iterable[str]) -> dict[str, str]:
    """Return what exhibits read of a problem besides its data, as code."""
    read = {
        node.attr
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == "problem"
    }
    code = {
        name: repr(value)
        for name, value in problem.hyper.items()
        if isinstance(value, bool | int | float)
    } | {
        "decay_steps": "steps",
        "shuffle_buffer": "len(x)",
        "folder": '""',  # every run in the notebook gets one of its own
    }
    names = ("epochs", "steps_per_epoch", "batch_size", *problem.hyper)
    return {name: code.get(name, name) for name in names if name in read}
