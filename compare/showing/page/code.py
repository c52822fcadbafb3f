"""Two sources, side by side by their sections, highlighted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup

from compare.records import SIDES, Side
from compare.records.findings import TensorInfo
from compare.records.report import LessonReport, first_pair
from compare.showing.page.folding import DONE_BY_HAND, Fold, Folding
from compare.showing.page.html import plain, python_lines

SECTION = re.compile(r"^ *# --- (.+)$", re.M)
BREAKS = re.compile(r'<span class="[op]">[^<]*[.(\[,=]</span>')
"""Signs behind which a long line may be broken."""
STEP = "Loss and update"
"""The section in which gradients are taken."""


@dataclass
class Line:
    """One line of code, as HTML, and what is known of it.

    Attributes:
        shapes: of what it makes.
        indent: columns that it is indented by.
        fold: number of the fold that it belongs to by hand, 0 for none.
        begins: whether a statement begins in it.
        stays: "shared" where its statement stands in both sources, "kept"
            where nothing takes it over.
        takes: numbers of the folds that end here, in the Keras code.
    """

    html: Markup
    shapes: list[str] = field(default_factory=list)
    indent: int = 0
    fold: int = 0
    begins: bool = False
    stays: str = ""
    takes: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A section of both sources.

    Attributes:
        name: its name in the comment, "" for what stands before the first.
        lines: side -> its lines; none where a side lacks the section.
        done: what is done there by hand, a sentence each.
        folds: what the Keras code takes over there.
        unseen: name and shape of tensors that the Keras code never names.
    """

    name: str
    lines: dict[str, list[Line]]
    done: list[str]
    folds: list[Fold]
    unseen: list[str]


def rows(
    sources: dict[str, str],
    tensors: dict[str, tuple[TensorInfo, ...]],
    folded: Folding,
) -> list[Row]:
    """Cut both sources into sections and lay the twins side by side."""
    cut = {side: _sections(sources[side]) for side in SIDES}
    lines = {side: _lines(sources[side]) for side in SIDES}
    unseen = {
        side: _attach(sources[side], lines[side], tensors.get(side, ()))
        for side in SIDES
    }["keras"]
    _mark(lines, folded)
    names = dict.fromkeys(name for side in SIDES for name in cut[side])
    return [
        Row(
            name=name,
            lines={
                side: _shown(lines[side][slice(*cut[side].get(name, (0, 0)))])
                for side in SIDES
            },
            done=_done(sources["manual"], cut["manual"].get(name, (0, 0))),
            folds=[
                fold
                for fold in folded.folds
                if fold.targets[0] in range(*cut["keras"].get(name, (0, 0)))
            ],
            unseen=unseen if name == STEP else [],
        )
        for name in names
    ]


def _shown(lines: list[Line]) -> list[Line]:
    """Leave out the blank lines at the end."""
    end = len(lines)
    while end and not lines[end - 1].html.striptags():
        end -= 1
    return lines[:end]


def _sections(source: str) -> dict[str, tuple[int, int]]:
    """Return name -> first line and the line after the last, from 0."""
    lines = source.splitlines()
    starts = {0: ""}
    for number, line in enumerate(lines):
        if found := SECTION.match(line):
            starts[number] = found[1]
    ends = [*list(starts)[1:], len(lines)]
    return {
        name: (start, end)
        for (start, name), end in zip(starts.items(), ends, strict=True)
    }


def _lines(source: str) -> list[Line]:
    return [
        Line(
            Markup(plain(BREAKS.sub(r"\g<0><wbr>", html))),
            indent=len(line) - len(line.lstrip()),
        )
        for html, line in zip(
            python_lines(source), source.splitlines(), strict=False
        )
    ]


def _mark(lines: Mapping[Side, list[Line]], folded: Folding) -> None:
    """Give lines by hand their number, and those that take them over."""
    manual, keras = (lines[side] for side in SIDES)
    for fold in folded.folds:
        for target in fold.targets:
            keras[target].takes.append(fold.number)
        for statement in fold.statements:
            manual[statement.first].begins = True
            for line in statement.lines:
                manual[line].fold = fold.number
    for name in ("shared", "kept"):
        for statement in getattr(folded, name):
            manual[statement.first].begins = True
            for line in statement.lines:
                manual[line].stays = name


def _done(source: str, place: tuple[int, int]) -> list[str]:
    text = "\n".join(source.splitlines()[slice(*place)])
    return [
        said for said, found in DONE_BY_HAND.items() if re.search(found, text)
    ]


PLAIN = {"x", "y", "learning_rate", "epochs", "batch_size"}
"""Attributes of every problem that `compare.problem` makes."""


def attributes(lesson: LessonReport) -> list[str]:
    """Return what both sources read of their problem, in order."""
    text = "\n".join(lesson.sources[side] for side in SIDES)
    return list(dict.fromkeys(re.findall(r"\bproblem\.(\w+)", text)))


def calling(lesson: LessonReport) -> str:
    """Return code that trains a copied source, or "" where files are read.

    Its problem is written out where the report holds all of it.
    """
    read = set(attributes(lesson))
    if read & {"files", "folder"}:
        return ""
    points, runs = lesson.points, first_pair(lesson.trajectories)
    first = runs[0].parameters if runs else {}
    whole = points and len(points.x) == lesson.rows < 10
    if points and whole and read <= PLAIN | set(first):
        x, y = map(_written, (points.x, points.y))
        start = {name: _written(path[0]) for name, path in first.items()}
        return (
            f"from compare import problem\n\nx, y = {x}, {y}\n"
            f"trained = train(problem(x, y, {start}, "
            f"{lesson.learning_rate:g}, {lesson.updates}))"
        )
    return (
        "from compare.lessons.problems import problem_of\n"
        "from compare.records.problem import Settings\n\n"
        f"trained = train(problem_of({lesson.lesson!r}, Settings()))"
    )


def _written(values: np.ndarray) -> object:
    """Return numbers as people write them: 0.7, not 0.699999988."""
    short = np.vectorize(lambda v: float(f"{v:.7g}"), otypes=[object])
    return short(values).tolist()


def _attach(
    source: str, lines: list[Line], tensors: Sequence[TensorInfo]
) -> list[str]:
    """Put shapes beside the lines that make them; return the others."""
    assigned, parameters = _names(source)
    gradient = next(
        (n for n, s in enumerate(source.splitlines()) if ".gradient(" in s),
        None,
    )
    left = []
    for info in tensors:
        shape = str(info.shape)
        name = parameters.get(info.role, info.name)
        place = assigned.get(name.partition(".")[0])
        if info.role.startswith("gradient of "):
            of = info.role.removeprefix("gradient of ")
            name, place = f"∂loss/∂{parameters.get(of, of)}", gradient
        if place is None:
            left.append(f"{name} {shape}")
        else:
            lines[place].shapes.append(f"{name} {shape}")
    return left


def _names(source: str) -> tuple[dict[str, int], dict[str, str]]:
    """Return where names are first assigned, and what parameters are called.

    Names count in the function that asks for gradients, whose values were
    read, and around it in `train`; elsewhere the same name is another value.
    Parameters are read from lines like `w = tf.Variable(problem.kernel)`.
    """
    assigned: dict[str, int] = {}
    parameters: dict[str, str] = {}
    for node in _around_the_gradient(source):
        if not isinstance(node, ast.Assign):
            continue
        start = re.search(r"Variable\(problem\.(\w+)\)", ast.unparse(node))
        for target in node.targets:
            for item in ast.walk(target):
                if isinstance(item, ast.Name):
                    assigned.setdefault(item.id, node.lineno - 1)
                    if start:
                        parameters[start[1]] = item.id
    return assigned, parameters


def _around_the_gradient(source: str) -> Iterator[ast.AST]:
    """Yield what stands in the step, and then in `train`, but not deeper."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a report may come from another Python
        return
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    steps = [f for f in functions if ".gradient(" in ast.unparse(f)]
    if steps:
        yield from _own(steps[-1])  # the innermost: it was found last
        for function in functions:
            if function.name == "train":
                yield from _own(function)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef):
            yield child
            yield from _own(child)
