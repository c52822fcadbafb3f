"""A lesson -> a notebook that runs from top to bottom on its own."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from compare.lessons.problems import problem_of
from compare.records import SIDES, Side
from compare.records.problem import Problem, Settings
from compare.showing.notebook import recording, running, setup, texts, workers
from compare.showing.notebook.exhibits import renamed, sections, source
from compare.showing.notebook.texts import cells, code, markdown

HEADINGS: dict[Side, str] = {
    "manual": "## By hand\n\nRaw TensorFlow: every line of the update is "
    "here to be read.",
    "keras": "## With Keras\n\nThe same training. What is missing here, "
    "Keras writes for you.",
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
    problem = problem_of(lesson, Settings())
    intro, rest = texts.read(lesson)
    together = problem.workers > 1
    content = [
        markdown(f"# {problem.title}\n\n{texts.read('top')[0]}"),
        markdown(intro),
        markdown("## Set up\n\nOnce, and needed only in Colab:"),
        code(setup.INSTALL),
        code(setup.IMPORTS),
        markdown("How long to train, and how:"),
        code(setup.parameters(problem), tag="parameters"),
        markdown("## The problem\n\nBoth sides get exactly this."),
        *_folded(setup.data(problem)),
        code(setup.namespace(problem)),
        code(setup.CHANGED),
        markdown(_guide(lesson)),
        *(cell for side in SIDES for cell in _side(lesson, side, together)),
        *(_run_together(lesson) if together else _run(problem)),
        markdown("## How it learns"),
        *map(code, running.loss_and_plots(problem)),
        *cells(rest),
    ]
    return _notebook(content)


def _folded(data: list[str]) -> list[NotebookNode]:
    """Fold away the table, where there is one."""
    return [code(text, hidden=text != data[-1]) for text in data]


def _guide(lesson: str) -> str:
    """Say what to look for in each section of the two exhibits."""
    notes = dict(
        line.split(": ", 1)
        for line in texts.read("sections")[0].splitlines()
        if line
    )
    rows = [f"| {name} | {notes[name]} |" for name in sections(lesson)]
    return "\n".join(
        [
            "## Both sides, section by section\n",
            "Sections of the same name do the same on both sides:\n",
            "| section | by hand | with Keras |",
            "|---|---|---|",
            *dict.fromkeys(rows),
        ]
    )


def _side(lesson: str, side: Side, together: bool) -> list[NotebookNode]:
    text = source(lesson, side)
    if together:  # each worker is a process of its own, and needs a file
        text = f"%%writefile {lesson}_{side}.py\n{text}"
    else:
        text = renamed(text, side)
    return [markdown(HEADINGS[side]), code(text)]


def _run(problem: Problem) -> list[NotebookNode]:
    return [
        markdown(texts.read("same")[0]),
        *map(code, recording.recording(problem.lesson)),
        code(recording.run(problem)),
        code(running.compare),
        *map(code, recording.results(problem)),
    ]


def _run_together(lesson: str) -> list[NotebookNode]:
    return [
        markdown(texts.read("together")[0]),
        code(workers.worker(lesson)),
        code(workers.LAUNCH),
        code(workers.RUN),
        code(running.compare),
    ]


def _notebook(content: list[NotebookNode]) -> NotebookNode:
    for number, cell in enumerate(content):
        cell["id"] = f"cell-{number:02}"  # nbformat's own are random
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=content)
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.validate(notebook)
    return notebook
