"""Markdown -> the cells of a notebook."""

from __future__ import annotations

import re

import nbformat
from nbformat import NotebookNode

BLOCK = re.compile(r"^```(?:python)? ?([\w-]*)\n(.*?)^```$", re.M | re.S)
"""A block of code: its tag, which may be missing, and its lines."""

FOLDED = "hide-input"


def cells(text: str) -> list[NotebookNode]:
    """Turn Markdown into cells; its blocks of Python become code.

    A word after "python" becomes the cell's tag. A block tagged "hide-input"
    is folded away, and so is every one under the heading "Solutions".
    """
    made = []
    solutions = False
    parts = [*BLOCK.split(text), "", ""]
    for prose, tag, code in zip(*(parts[i::3] for i in range(3)), strict=True):
        if prose.strip():
            made.append(nbformat.v4.new_markdown_cell(prose.strip("\n")))
        solutions |= "## Solutions" in prose
        if code.strip():
            made.append(_code(code, FOLDED if solutions else tag))
    return made


def _code(text: str, tag: str) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_code_cell(text.strip("\n"))
    if tag:
        cell.metadata["tags"] = [tag]
    if tag == FOLDED:
        cell.metadata["jupyter"] = {"source_hidden": True}
    return cell
