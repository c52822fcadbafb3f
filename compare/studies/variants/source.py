"""What the source of a variant says: what it does, which lines it changes."""

from __future__ import annotations

import ast
import difflib

from compare.lessons.exhibits import source_of
from compare.records.variants import Variant


def title(variant: Variant) -> str:
    """Return the first line of the docstring, without the full stop."""
    text = ast.get_docstring(_function(_tree(variant), variant)) or ""
    return text.partition("\n")[0].rstrip(".")


def change(variant: Variant, base: Variant | None) -> tuple[str, ...]:
    """Return the lines that a variant has and its base has not.

    The classes that it names belong to it. Without a base these are all its
    lines.
    """
    before = _lines(base) if base else []
    return tuple(
        line.removeprefix("+ ")
        for line in difflib.ndiff(before, _lines(variant))
        if line.startswith("+ ") and line != "+ "
    )


def _lines(variant: Variant) -> list[str]:
    """Return the source of a variant and its classes, in one layout."""
    tree = _tree(variant)
    function = _function(tree, variant)
    names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    classes = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name in names
    ]
    for node in (n for top in (*classes, function) for n in ast.walk(top)):
        if isinstance(
            node, ast.ClassDef | ast.FunctionDef
        ) and ast.get_docstring(node):
            del node.body[0]
    kept = [*classes, *function.body]
    return "\n".join(map(ast.unparse, kept)).splitlines()


def _function(tree: ast.Module, variant: Variant) -> ast.FunctionDef:
    name = variant.function.rpartition(":")[2]
    return next(
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == name
    )


def _tree(variant: Variant) -> ast.Module:
    return ast.parse(source_of(variant.function))
