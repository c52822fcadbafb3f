"""The lessons' texts, one Markdown file each -> cells."""

from __future__ import annotations

import importlib.resources
import re

import nbformat
from nbformat import NotebookNode

TEXTS = importlib.resources.files("compare.showing.notebook") / "texts"
FENCE = re.compile(r"^```(?:python)?(?:\n|\Z)", re.M)
HIDDEN = {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}


def read(name: str) -> tuple[str, str]:
    """Return a text up to its first second-level heading, and the rest."""
    text = (TEXTS / f"{name}.md").read_text(encoding="utf-8")
    first, heading, rest = text.partition("\n## ")
    return first.strip(), (heading + rest).strip()


def markdown(text: str) -> NotebookNode:
    """Make a cell of text."""
    cell: NotebookNode = nbformat.v4.new_markdown_cell(text.strip("\n"))
    return cell


def code(text: str, hidden: bool = False, tag: str = "") -> NotebookNode:
    """Make a cell of code, folded away where it would be in the way."""
    cell: NotebookNode = nbformat.v4.new_code_cell(text.strip("\n"))
    if hidden:
        cell.metadata.update(HIDDEN)
    if tag:
        cell.metadata["tags"] = [tag]
    return cell


def cells(text: str) -> list[NotebookNode]:
    """Turn Markdown into cells; its Python blocks become code.

    Blocks under the heading "Solutions" are folded away.
    """
    made = []
    solutions = False
    for i, part in enumerate(re.split(FENCE, text)):
        if i % 2:
            made.append(code(part, hidden=solutions))
        elif part.strip():
            solutions |= "## Solutions" in part
            made.append(markdown(part))
    return made
