"""Two sources, side by side by their sections, highlighted."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from compare.records import SIDES
from compare.records.findings import TensorInfo
from compare.records.note import marked

SECTION = re.compile(r"^ *# --- (.+)$", re.M)
STEP = "Loss and update"
"""The section in which gradients are taken."""


@dataclass
class Line:
    """One line of code, as HTML, and the shapes of what it makes."""

    html: Markup
    shapes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A section of both sources.

    Attributes:
        name: its name in the comment, "" for what stands before the first.
        lines: side -> its lines; none where a side lacks the section.
        wrote: what Keras does there unasked, a sentence each.
        unseen: name and shape of tensors that the Keras code never names.
    """

    name: str
    lines: dict[str, list[Line]]
    wrote: list[str]
    unseen: list[str]


WROTE = {
    r"layers\.Dense\(": marked(
        "Dense makes kernel and bias in the shapes that its input asks for, "
        "keeps track of them, and computes x · kernel + bias."
    ),
    r"Sequential\(|keras\.Model\(": marked(
        "The model chains its layers and knows all their variables."
    ),
    r"Dropout\(": marked(
        "Dropout draws a new mask in every update, scales what remains, and "
        "does nothing outside training."
    ),
    r"BatchNormalization\(": marked(
        "BatchNormalization takes mean and variance from each batch, keeps "
        "moving averages of them, and uses those outside training."
    ),
    r"layers\.Embedding\(": marked(
        "Embedding keeps a vector for each number and looks it up; its "
        "gradient holds only the rows that were looked up."
    ),
    r"MultiHeadAttention\(": marked(
        "MultiHeadAttention makes queries, keys and values for every head, "
        "scales, masks, takes the softmax, mixes, and projects back."
    ),
    r"layers\.LSTM\(": marked(
        "LSTM runs through the sequence with four gates, from empty states, "
        "and gives the last output."
    ),
    r"LayerNormalization\(": marked(
        "LayerNormalization takes mean and variance over the features of "
        "each position, in training and outside."
    ),
    r"kernel_regularizer": marked(
        "The penalty is added to the loss by itself."
    ),
    r"\.compile\(": marked(
        "compile chooses the whole step: forward pass, loss, tape, gradients "
        "and updates of every trainable variable, traced into a graph."
    ),
    r"optimizers\.SGD\(": marked(
        "SGD subtracts learning rate times gradient from every variable; "
        "with momentum it keeps a velocity for each."
    ),
    r"optimizers\.Adam\(": marked(
        "Adam keeps two running means for every variable, corrects their "
        "bias, and divides."
    ),
    r"clipnorm": marked("Gradients are clipped before they are used."),
    r"schedules\.": marked(
        "The schedule is asked for its rate before each update."
    ),
    r'"mse"|MeanSquaredError': marked(
        "mse aligns the shapes, squares, and takes the mean over the rows."
    ),
    r"CategoricalCrossentropy": marked(
        "The cross-entropy is taken from logits in a form that cannot "
        "overflow."
    ),
    r"\.fit\(": marked(
        "fit is the loop: epochs and batches, the tail batch, callbacks, "
        "metrics, and the end."
    ),
    r"train_on_batch\(": marked(
        "train_on_batch runs one step, without the loop around it."
    ),
    r"validation_data": marked(
        "After every epoch the held-out rows are evaluated, with dropout "
        "off and the tail batch weighted."
    ),
    r"EarlyStopping\(": marked(
        "EarlyStopping counts patience and puts the best weights back."
    ),
    r"ModelCheckpoint\(|\.save\(|BackupAndRestore\(": marked(
        "The file holds the weights and the optimizer's state."
    ),
}
"""What is in a Keras section -> what Keras does for it."""


def rows(
    sources: dict[str, str], tensors: dict[str, tuple[TensorInfo, ...]]
) -> list[Row]:
    """Cut both sources into sections and lay the twins side by side."""
    cut = {side: _sections(sources[side]) for side in SIDES}
    lines = {}
    unseen: list[str] = []
    for side in SIDES:
        lines[side] = [Line(Markup(h)) for h in _html_lines(sources[side])]
        known = tensors.get(side, ())
        left = _attach(sources[side], lines[side], known)
        if side == "keras":
            unseen = left
    names = dict.fromkeys(name for side in SIDES for name in cut[side])
    return [
        Row(
            name=name,
            lines={
                side: _shown(lines[side][slice(*cut[side].get(name, (0, 0)))])
                for side in SIDES
            },
            wrote=_wrote(sources["keras"], cut["keras"].get(name, (0, 0))),
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


def _html_lines(source: str) -> list[str]:
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    html: str = highlight(source, lexer, HtmlFormatter(nowrap=True))
    return html.split("\n")[: len(source.splitlines())]


def _wrote(source: str, place: tuple[int, int]) -> list[str]:
    text = "\n".join(source.splitlines()[slice(*place)])
    return [said for found, said in WROTE.items() if re.search(found, text)]


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

    The latter is read from lines like `w = tf.Variable(problem.kernel)`.
    """
    assigned: dict[str, int] = {}
    parameters: dict[str, str] = {}
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a report may come from another Python
        return assigned, parameters
    for node in ast.walk(tree):
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
