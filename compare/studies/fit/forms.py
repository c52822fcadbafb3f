"""The forms: which there are, what each changes, what it must equal."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from pathlib import Path

from compare.records import Mode, Side

FILES: dict[Side, Path] = {
    "manual": Path(__file__).with_name("manual_forms.py"),
    "keras": Path(__file__).with_name("keras_forms.py"),
}

ROOT, TEXTBOOK = "eager", "textbook"


@dataclass(frozen=True)
class Form:
    """One way to write the training.

    Attributes:
        name: the function in the file of its side.
        base: the form that it changes, of the same side, or None.
        mode: how one update runs.
        same_as: the manual form that is compiled alike, so that both can be
            identical; None for `ROOT`.
        fused: whether a call makes many updates.
        timed: length of the long training: calls if `fused`, else updates;
            some 0.3 s.
    """

    side: Side
    name: str
    base: str | None
    mode: Mode
    same_as: str | None
    fused: bool
    timed: int
    file: Path | None = None

    @property
    def reference(self) -> str:
        """How a worker loads it."""
        return f"{self.file or FILES[self.side]}:{self.name}"


FORMS = (
    Form("manual", "eager", None, "eager", None, False, 250),
    Form("manual", "graph", "eager", "graph", "eager", False, 1_500),
    Form("manual", "xla", "graph", "xla", "eager", False, 2_500),
    Form("manual", "whole_loop", "xla", "xla", "eager", True, 2_000),
    Form("keras", "textbook", None, "graph", "graph", False, 14),
    Form(
        "keras", "no_graph_optimiser", "textbook", "graph", "graph", False, 30
    ),
    Form("keras", "dataset", "textbook", "graph", "graph", False, 80),
    Form("keras", "repeat", "dataset", "graph", "graph", False, 500),
    Form("keras", "steps_per_execution", "repeat", "graph", "graph", True, 6),
    Form(
        "keras", "plain_pipeline", "steps_per_execution", "graph", "graph",
        True, 8,
    ),
    Form("keras", "jit_compile", "plain_pipeline", "xla", "xla", True, 6),
    Form("keras", "many_steps", "jit_compile", "xla", "whole_loop", True, 600),
    Form(
        "keras", "train_on_batch", "many_steps", "xla", "whole_loop", True, 800
    ),
    Form(
        "keras", "no_metrics", "train_on_batch", "xla", "whole_loop", True,
        1_500,
    ),
)  # fmt: skip
"""From the textbook forms to the fastest, each side by itself."""


def title(form: Form) -> str:
    """Return the first line of the form's docstring, without the full stop."""
    text = ast.get_docstring(_function(form)) or ""
    return text.partition("\n")[0].rstrip(".")


def change(form: Form, base: Form | None) -> tuple[str, ...]:
    """Return the lines that a form has and its base has not.

    The classes that it names belong to it. Of a form without a base these are
    all its lines.
    """
    new, old = _lines(form), _lines(base) if base else []
    return tuple(
        line.removeprefix("+ ")
        for line in difflib.ndiff(old, new)
        if line.startswith("+ ") and line != "+ "
    )


def _lines(form: Form) -> list[str]:
    """Return the source of the form and its classes, in one layout."""
    tree = _tree(form)
    function = _function(form)
    named = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    classes = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name in named
    ]
    bodies = [*classes, *function.body]
    for node in (n for tree in bodies for n in ast.walk(tree)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            node.body = _without_docstring(node.body)
    kept = [*classes, *_without_docstring(function.body)]
    return "\n".join(map(ast.unparse, kept)).splitlines()


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(
        first.value, ast.Constant
    )
    return body[is_text:]


def _function(form: Form) -> ast.FunctionDef:
    return next(
        node
        for node in _tree(form).body
        if isinstance(node, ast.FunctionDef) and node.name == form.name
    )


def _tree(form: Form) -> ast.Module:
    return ast.parse((form.file or FILES[form.side]).read_text())
