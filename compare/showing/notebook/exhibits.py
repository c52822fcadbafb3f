"""The exhibits' source, made ready to share a notebook."""

from __future__ import annotations

import ast
import io
import re
import tokenize

from compare.lessons.exhibits import exhibit, source_of
from compare.records import SIDES, Side


def source(lesson: str, side: Side) -> str:
    """Return an exhibit's source as it stands in its file."""
    return source_of(exhibit(side, lesson)).rstrip("\n")


def renamed(text: str, side: Side) -> str:
    """Give every function of a module its side's name.

    `train` becomes `train_manual` or `train_keras`, so that both sides can
    live in one notebook. Nothing else changes.
    """
    functions = {
        node.name
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }
    lines = text.splitlines(keepends=True)
    before = ""
    places = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.string in functions and before != ".":
            places.append(token.end)
        before = token.string
    for row, column in reversed(places):
        line = lines[row - 1]
        lines[row - 1] = f"{line[:column]}_{side}{line[column:]}"
    return "".join(lines)


def attributes(lesson: str) -> set[str]:
    """Return what the two exhibits read from their problem."""
    return {
        node.attr
        for side in SIDES
        for node in ast.walk(ast.parse(source(lesson, side)))
        if isinstance(node, ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == "problem"
    }


def sections(lesson: str) -> list[str]:
    """Return the titles of an exhibit's sections, the same on both sides."""
    return re.findall(r"^ *# --- (.+)$", source(lesson, "manual"), re.M)
