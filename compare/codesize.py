"""Source text -> size, by measures that a formatter cannot change.

The source is measured as it reads without docstrings and without an observer:
as if `on_step`, which the harness needs on both sides, were None. It is then
printed again by `ast.unparse`, so neither layout nor comments count. Imports
are not counted as statements: both sides need them. Only `lines` counts the
file as it stands.
"""

from __future__ import annotations

import ast
import gzip
import io
import tokenize
from typing import Any

import complexipy

from compare.records import CodeSize

BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.While,
    ast.comprehension,
    ast.ExceptHandler,
    ast.BoolOp,
    ast.match_case,
)

LAYOUT_TOKENS = (
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.NEWLINE,
    tokenize.NL,
    tokenize.INDENT,
    tokenize.DEDENT,
)

MEASURES = {
    "statements": "statements",
    "tokens": "words and signs",
    "nodes": "nodes of the syntax tree",
    "gzip_bytes": "bytes after gzip",
    "names": "distinct functions and classes called",
    "branches": "branches, loops and conditions",
    "cognitive_complexity": "cognitive complexity",
    "lines": "lines of code, as formatted",
}
"""Field of `CodeSize` -> what it counts, for people."""


def measure(source: str) -> CodeSize:
    """Measure Python source.

    Raises:
        SyntaxError: it is not Python.
    """
    tree = plain_tree(source)
    plain = ast.unparse(tree)
    nodes = list(ast.walk(tree))
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(plain).readline)
        if token.type not in LAYOUT_TOKENS
    ]
    return CodeSize(
        statements=sum(
            isinstance(node, ast.stmt)
            and not isinstance(node, ast.Import | ast.ImportFrom)
            for node in nodes
        ),
        tokens=len(tokens),
        nodes=len(nodes),
        gzip_bytes=len(gzip.compress(plain.encode(), mtime=0)),
        names=len(_called_names(nodes)),
        branches=sum(isinstance(node, BRANCHES) for node in nodes),
        cognitive_complexity=complexipy.code_complexity(plain).complexity,
        lines=_code_lines(source),
    )


def plain_tree(source: str) -> ast.Module:
    """Parse source and take out docstrings and the observer."""
    tree = ast.parse(source)
    read_before = _read_names(tree)
    _Unobserved().visit(tree)
    while unused := read_before - _read_names(tree):
        _Unassigned(unused).visit(tree)
        read_before -= unused
    for node in ast.walk(tree):
        if getattr(node, "body", None) == []:
            node.body = [ast.Pass()]  # type: ignore[attr-defined]
    return tree


def _read_names(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


class _Unassigned(ast.NodeTransformer):
    """Takes out assignments to names that only the observer has read."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def visit_Assign(self, node: ast.Assign) -> Any:
        targets = [
            target
            for target in node.targets
            if not (isinstance(target, ast.Name) and target.id in self._names)
        ]
        return node if targets else None


class _Unobserved(ast.NodeTransformer):
    """Rewrites code to what it does where `on_step` is None."""

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        return node.orelse if _is_observer(node.test) else node

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        self.generic_visit(node)
        return node.orelse if _is_observer(node.test) else node

    def visit_Call(self, node: ast.Call) -> Any:
        node.args = [a for a in node.args if not _is_observer(a)]
        node.keywords = [
            keyword
            for keyword in node.keywords
            if not _is_observer(keyword.value)
            and not (
                isinstance(keyword.value, ast.IfExp)
                and _is_observer(keyword.value.test)
                and isinstance(keyword.value.orelse, ast.Constant)
            )
        ]
        return self.generic_visit(node)

    def visit_arguments(self, node: ast.arguments) -> Any:
        if node.args and node.args[-1].arg == "on_step":
            node.args.pop()
            del node.defaults[-1:]
        return node

    def visit_Expr(self, node: ast.Expr) -> Any:
        is_text = isinstance(node.value, ast.Constant)
        return None if is_text else self.generic_visit(node)


def _is_observer(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "on_step"


def _called_names(nodes: list[ast.AST]) -> set[str]:
    """Return the names to know: what is called, `tf.Variable` or `.fit`."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                names.add(node.func.attr)
            elif isinstance(node.func, ast.Name):
                names.add(node.func.id)
    return names


def _code_lines(source: str) -> int:
    """Count lines that hold code: not blank, comment or docstring."""
    tree = ast.parse(source)
    text = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    silent = (*LAYOUT_TOKENS, tokenize.COMMENT)
    code = {
        line
        for token in tokens
        if token.type not in silent
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(code - text)
