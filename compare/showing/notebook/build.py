"""A lesson -> a notebook that runs from top to bottom on its own.

A notebook is written as Markdown: a template takes in what the lesson has,
and the lesson's own text. Then its blocks of Python become cells of code.
"""

from __future__ import annotations

import ast
import importlib.resources
import re
from collections.abc import Iterable

import nbformat
from nbformat import NotebookNode

from compare.judging.codesize import measure
from compare.lessons import digits, penguins, series, text
from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.problems import problem_of
from compare.records import LANGUAGES, MEASURES, SIDES, Side
from compare.records.problem import Problem, Settings
from compare.showing.language import Speaker, speaker
from compare.showing.notebook.cells import cells

FOLDER = importlib.resources.files("compare.showing.notebook")
KERNEL = {
    "display_name": "Python 3",
    "language": "python",
    "name": "python3",
}


def notebook_of(lesson: str, language: str = LANGUAGES[0]) -> NotebookNode:
    """Write a lesson as a notebook.

    Args:
        lesson: its name.
        language: one of LANGUAGES.

    Returns:
        A notebook of nbformat 4 that needs TensorFlow, Keras and matplotlib,
        but nothing of this project. The same lesson gives the same notebook.

    Raises:
        UsageError: there is no such lesson.
    """
    who = speaker(language)
    content = cells(_markdown(problem_of(lesson, Settings()), who), who)
    for number, cell in enumerate(content):
        cell["id"] = f"cell-{number:02}"  # nbformat's own are random
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=content)
    notebook.metadata["kernelspec"] = KERNEL
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.validate(notebook)
    return notebook


def text_of(lesson: str, language: str) -> str:
    """Return a lesson's own text, in Markdown.

    Its headings "Exercises" and "Solutions" bear these names in every
    language, and its code is the same but for comments and what it prints.
    """
    folder = FOLDER / "texts"
    if language != LANGUAGES[0]:
        folder /= language
    return (folder / f"{lesson}.md").read_text("utf-8")


def _markdown(problem: Problem, who: Speaker) -> str:
    """Fill in the template."""
    intro, heading, rest = text_of(problem.lesson, who.language).partition(
        "\n## "
    )
    sources = {s: source_of(exhibit(s, problem.lesson)) for s in SIDES}
    columns = [*penguins.COLUMNS]
    if classes := problem.y.dtype.kind == "i":
        columns.append("species")
    return (
        who.templates(FOLDER / "templates", escape=False)
        .get_template("notebook.md")
        .render(
            problem=problem,
            title=who.gettext(problem.title),
            language=who.language,
            classes=classes,
            intro=intro.strip(),
            rest=(heading + rest).strip(),
            sources=sources,
            sizes=_sizes(sources),
            sections=_sections(sources["manual"], who),
            settings=_settings(problem, sources.values()),
            columns=columns,
            penguins=map(",".join, penguins.rows_of(columns)),
            digits=map(",".join, digits.lines()),
            page=text.FILE.read_text("utf-8"),
            sunspots=map("{:g}".format, series.sunspots()),
        )
    )


def _sizes(sources: dict[Side, str]) -> dict[str, list[int]]:
    """Return the sizes of both files, by what is counted."""
    sizes = [measure(sources[side]) for side in SIDES]
    return {
        meaning: [getattr(size, name) for size in sizes]
        for name, meaning in MEASURES.items()
    }


def _sections(source: str, who: Speaker) -> dict[str, str]:
    """Return what to look for in each section that an exhibit has."""
    templates = who.templates(FOLDER / "templates", escape=False)
    rendered = templates.get_template("sections.md").render()
    notes = dict(line.split(": ", 1) for line in rendered.splitlines())
    found = re.findall(r"^ *# --- (.+)$", source, re.M)
    return {_named(name, who): notes[name] for name in found}


def _named(section: str, who: Speaker) -> str:
    """Name a section as the code does, and in another language beside."""
    said = who.gettext(section)
    return section if said == section else f"{section} ({said})"


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
