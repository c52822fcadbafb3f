"""Which Keras call takes over which lines written by hand."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from compare.showing.page.html import FOLDER

_TABLES = tomllib.loads((FOLDER / "folds.toml").read_text("utf-8"))

TAKEN_OVER: dict[str, str] = {
    row: why for why, rows in _TABLES["taken_over"].items() for row in rows
}
"""Row of the file -> what is said of what takes a line over in Keras."""

DONE_BY_HAND: dict[str, str] = _TABLES["done_by_hand"]
"""What a section by hand does -> the pattern that is in it."""

STEP = "the step"
"""Keras's own step, wherever the twin runs it."""

ASIDE = re.compile(r" *(#(?! ---)|else:$)")
"""A line that belongs to the statement under it."""
CODE = re.compile(r" *(?!#|@|else:$)\S")


@dataclass(frozen=True)
class Statement:
    """A statement by hand, without what stands indented under it.

    Attributes:
        text: "function: line", the function it stands in.
        lines: of its source, from 0; comments above it belong to it.
        first: the line that it begins in itself.
    """

    text: str
    lines: range
    first: int


@dataclass(frozen=True)
class Fold:
    """Lines by hand, and the part of the Keras code that takes them over.

    Attributes:
        number: from 1, in the order of the code by hand.
        call: the part of the Keras code, as it is written there.
        targets: lines of the Keras code, from 0.
        why: a sentence on it.
    """

    number: int
    statements: tuple[Statement, ...]
    call: str
    targets: tuple[int, ...]
    why: str


@dataclass(frozen=True)
class Folding:
    """What becomes of each statement by hand.

    Attributes:
        shared: those that stand in the Keras code as well.
        kept: those that nothing takes over.
    """

    folds: tuple[Fold, ...] = ()
    shared: tuple[Statement, ...] = ()
    kept: tuple[Statement, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Return how many statements are folded, shared and kept."""
        return {
            "folded": sum(len(fold.statements) for fold in self.folds),
            "shared": len(self.shared),
            "kept": len(self.kept),
        }


def folding(by_hand: str, in_keras: str) -> Folding:
    """Find out what takes over each statement by hand."""
    try:
        twin = ast.parse(in_keras)
        statements = list(_statements(by_hand))
        others = {_bare(other.text) for other in _statements(in_keras)}
    except SyntaxError:  # a report may come from another Python
        return Folding()
    shared, kept = [], []
    groups: dict[tuple[str, tuple[int, ...], str], list[Statement]] = {}
    for statement in statements:
        if _bare(statement.text) in others:
            shared.append(statement)
        elif found := _taken_over(statement.text, twin):
            groups.setdefault(found, []).append(statement)
        else:
            kept.append(statement)
    folds = (
        Fold(number, tuple(several), call, targets, why)
        for number, ((call, targets, why), several) in enumerate(
            groups.items(), 1
        )
    )
    return Folding(tuple(folds), tuple(shared), tuple(kept))


def _bare(text: str) -> str:
    return text.partition(": ")[2]


def _taken_over(
    text: str, twin: ast.Module
) -> tuple[str, tuple[int, ...], str] | None:
    """Return call, lines and sentence of the first row that fits."""
    for row, why in TAKEN_OVER.items():
        pattern, constructs = row.split(" -> ")
        if re.search(pattern, text):
            for construct in constructs.split(" / "):
                if found := places(twin, construct):
                    calls, lines = zip(*found, strict=True)
                    return ", ".join(dict.fromkeys(calls)), lines, why
    return None


def places(tree: ast.Module, construct: str) -> list[tuple[str, int]]:
    """Return how a construct is written in a tree, and in which lines."""
    if construct == STEP:
        return places(tree, ".train_step") or (
            # A tape of its own: the twin writes its step by hand, too.
            [] if places(tree, "GradientTape") else places(tree, "fit")
        )
    name, _, pick = construct.partition("#")
    found = sorted(
        {hit for node in ast.walk(tree) if (hit := _place(node, name))}
    )
    if pick:
        start, one, _ = pick.partition(":")
        found = found[int(start) :] if one else [found[int(start)]]
    return [(call, line) for line, call in found]


def _place(node: ast.AST, name: str) -> tuple[int, str] | None:
    """Return line, from 0, and text of a node if it is what is named."""
    match node:
        case ast.Import() if ast.unparse(node) == name:
            return node.lineno - 1, name
        case ast.Return() if name == "return":
            return node.lineno - 1, name
        case ast.Constant(value=str(text)) if name == f"'{text}'":
            return node.lineno - 1, f'"{text}"'
        case ast.Attribute(attr=attr) if name == f".{attr}":
            return node.lineno - 1, ast.unparse(node)
        case ast.Call(func=func):
            called, _, keyword = name.partition(":")
            text = ast.unparse(func)
            if not re.fullmatch(called, text.rpartition(".")[2]):
                return None
            if not keyword:
                end = func.end_lineno or func.lineno
                return end - 1, text.removeprefix("keras.")
            for each in node.keywords:
                if each.arg == keyword:
                    return each.lineno - 1, f"{keyword}="
    return None


def _statements(source: str) -> Iterator[Statement]:
    """Yield the statements of a source in order; no docstrings."""
    lines = source.splitlines()

    def visit(body: list[ast.stmt], function: str) -> Iterator[Statement]:
        for node in body:
            if isinstance(node, ast.Expr) and isinstance(
                node.value, ast.Constant
            ):
                continue
            for decorator in getattr(node, "decorator_list", ()):
                yield made(decorator, f"@{ast.unparse(decorator)}", function)
            inner = getattr(node, "body", [])
            yield made(node, _head(node), function)
            name = getattr(node, "name", function)
            yield from visit(inner, name)
            yield from visit(getattr(node, "orelse", []), name)

    def made(node: ast.stmt | ast.expr, text: str, function: str) -> Statement:
        first = start = node.lineno - 1
        inner = getattr(node, "body", None)
        end = inner[0].lineno - 1 if inner else node.end_lineno or first + 1
        while end > first + 1 and not CODE.match(lines[end - 1]):
            end -= 1
        while start and ASIDE.match(lines[start - 1]):
            start -= 1
        return Statement(f"{function}: {text}", range(start, end), first)

    return visit(ast.parse(source).body, "")


def _head(node: ast.stmt) -> str:
    """Return a statement as text; of one with a body the first line."""
    lines = ast.unparse(node).split("\n")
    return next(line for line in lines if not line.startswith("@"))
