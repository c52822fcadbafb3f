"""Markdown -> the cells of a notebook."""

from __future__ import annotations

import re

import nbformat
from nbformat import NotebookNode

from compare.records.note import marked
from compare.showing.language import Speaker

BLOCK = re.compile(r"^```(?:python)? ?([\w-]*)\n(.*?)^```$", re.M | re.S)
"""A block of code: its tag, which may be missing, and its lines."""

FOLDED = "hide-input"

KEYS = (marked("Exercises"), marked("Solutions"))
"""Headings that every text has, in every language under these names."""

ANSWER = re.compile(r"^\*\*(\d)\.\*\* (.*?)\s*(?=^\*\*\d|\Z)", re.M | re.S)
"""What is said of a solution: its number, and the text."""


def cells(text: str, speaker: Speaker) -> list[NotebookNode]:
    """Turn Markdown into cells; its blocks of Python become code.

    A word after "python" becomes the cell's tag. A block tagged "hide-input"
    is folded away, and so is all that stands under the heading "Solutions".
    """
    made = []
    solutions = False
    parts = [*BLOCK.split(text), "", ""]
    for prose, tag, code in zip(*(parts[i::3] for i in range(3)), strict=True):
        solutions |= "## Solutions" in prose
        if prose.strip():
            told = re.sub(r"\n{3,}", "\n\n", prose.strip("\n"))
            told = _folded(told, speaker) if solutions else told
            for key in KEYS:
                said = f"## {speaker.gettext(key)}"
                told = re.sub(rf"^## {key}$", said, told, flags=re.M)
            made.append(nbformat.v4.new_markdown_cell(told))
        if code.strip():
            made.append(_code(code, FOLDED if solutions else tag))
    return made


def _folded(prose: str, speaker: Speaker) -> str:
    """Fold what is said of solutions; a click opens it."""
    summary = speaker.say("What comes of it, and why")
    return ANSWER.sub(
        lambda found: (
            f"<details><summary><b>{found[1]}.</b> {summary}</summary>\n\n"
            f"{found[2]}\n\n</details>\n"
        ),
        prose,
    ).strip()


def _code(text: str, tag: str) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_code_cell(text.strip("\n"))
    if tag:
        cell.metadata["tags"] = [tag]
    if tag == FOLDED:
        cell.metadata["jupyter"] = {"source_hidden": True}
        cell.metadata["cellView"] = "form"  # the same in Colab
    return cell
