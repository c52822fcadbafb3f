"""Code size by measures that a formatter cannot change.

The whole file is measured, without docstrings and comments: it is printed
again by `ast.unparse`, so that its layout does not count. Lines are not
counted: a formatter decides how many there are.
"""

from __future__ import annotations

import ast
import gzip
import io
import tokenize

import complexipy

from compare.records.findings import CodeSize

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
        statements=sum(isinstance(node, ast.stmt) for node in nodes),
        tokens=len(tokens),
        nodes=len(nodes),
        gzip_bytes=len(gzip.compress(plain.encode(), mtime=0)),
        names=len(_called_names(nodes)),
        branches=sum(isinstance(node, BRANCHES) for node in nodes),
        cognitive_complexity=complexipy.code_complexity(plain).complexity,
    )


def plain_tree(source: str) -> ast.Module:
    """Parse source and take out docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(
            node,
            ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
        ) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


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
