"""What comes before the exhibits: packages, data and the problem, as code."""

from __future__ import annotations

import csv
import io

from compare.lessons.tables import PENGUIN_FEATURES, PENGUIN_TARGET, PENGUINS
from compare.records.problem import Problem
from compare.showing.notebook.exhibits import attributes

INSTALL = """\
%pip install -q "tensorflow>=2.21,<3" "keras>=3.15,<4" matplotlib
"""

IMPORTS = """\
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # no log lines among the output
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # bits were compared on CPUs

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
"""

LINE = """\
x = np.arange(1, 6, dtype="float32")
y = x + 1
initial = {"kernel": np.float32(0.7), "bias": np.float32(0.7)}
"""

PENGUIN_ROWS = """\
rows = np.array([row.split(",") for row in PENGUINS.split()])
"""

PLANE = """\
measured = rows.astype(float)
# Every column gets mean 0 and standard deviation 1: one learning rate then
# suits all of them.
standard = (measured - measured.mean(axis=0)) / measured.std(axis=0)
x = standard[:, :3].astype("float32")
y = standard[:, 3:].astype("float32")
"""

SPECIES = """\
measured = rows[:, :4].astype(float)
x = (measured - measured.mean(axis=0)) / measured.std(axis=0)
x = x.astype("float32")
species, y = np.unique(rows[:, 4], return_inverse=True)
initial = {
    "kernel": np.random.default_rng(1).normal(0, 0.1, (4, 3)),
    "bias": np.zeros(3),
}
initial = {name: v.astype("float32") for name, v in initial.items()}
"""

HOLD_OUT = """\
order = np.random.default_rng(11).permutation(len(x))
held = round(0.2 * len(x))  # a fifth is for validation, never for training
x_val, y_val = x[order[:held]], y[order[:held]]
x, y = x[order[held:]], y[order[held:]]
"""

MIXED = """\
order = np.random.default_rng(2).permutation(len(x))
x, y = x[order], y[order]  # once: batches are then a random choice of rows
"""

ZEROS = """\
initial = {
    "kernel": np.zeros((3, 1), "float32"),
    "bias": np.zeros(1, "float32"),
}
"""

HIDDEN_LAYER = """\
generator = np.random.default_rng(0)


def glorot(rows, columns):
    limit = np.sqrt(6 / (rows + columns))
    kernel = generator.uniform(-limit, limit, (rows, columns))
    return kernel.astype("float32")


initial = {
    "hidden_kernel": glorot(3, 16),
    "hidden_bias": np.zeros(16, "float32"),
    "output_kernel": glorot(16, 1),
    "output_bias": np.zeros(1, "float32"),
}
"""


NORMALIZED_LAYER = HIDDEN_LAYER.replace(
    '    "hidden_bias": np.zeros(16, "float32"),\n',
    '    "gamma": np.ones(16, "float32"),\n'
    '    "beta": np.zeros(16, "float32"),\n'
    '    "moving_mean": np.zeros(16, "float32"),\n'
    '    "moving_variance": np.ones(16, "float32"),\n',
)

CSV_FILES = """\
files = ["rows-0.csv", "rows-1.csv"]  # as if they were too large for memory
for name, part in zip(files, np.array_split(np.hstack([x, y]), 2)):
    with open(name, "w") as file:
        file.write("x0,x1,x2,y\\n")
        for row in part:
            # Each number with as many digits as tell it apart in float32.
            file.write(",".join(str(number) for number in row) + "\\n")
"""


CHANGED = """\
def changed(**values):
    \"\"\"Return the problem with other values; see the exercises.\"\"\"
    values = {**vars(problem), **values}
    values["initial"] = {name: values[name] for name in problem.initial}
    return SimpleNamespace(**values)
"""


def parameters(problem: Problem) -> str:
    """Return the cell that says how long and in which mode to train."""
    return f"""\
epochs = {problem.epochs}  # passes over the data; fewer are faster
mode = "graph"  # how one update runs: "eager", "graph"{xla(problem)}
"""


def xla(problem: Problem) -> str:
    """Return what a comment adds where a lesson has that mode."""
    return ' or "xla"' if "xla" in problem.modes else ""


def data(problem: Problem) -> list[str]:
    """Return the cells that make x, y and the first parameters."""
    if problem.x.ndim == 1:
        return [LINE]
    classes = problem.y.dtype.kind == "i"
    made = SPECIES if classes else PLANE
    if "x_val" in problem.hyper:
        made += HOLD_OUT
    made += MIXED
    if not classes:
        made += _first_parameters(problem)
    if "files" in problem.hyper:
        made += CSV_FILES
    return [_penguins(classes), PENGUIN_ROWS + made]


def _first_parameters(problem: Problem) -> str:
    if "gamma" in problem.initial:
        return NORMALIZED_LAYER
    return HIDDEN_LAYER if "hidden_kernel" in problem.initial else ZEROS


def namespace(problem: Problem) -> str:
    """Return the cell that makes the problem: what the exhibits read."""
    read = attributes(problem.lesson)
    if problem.batch_size == len(problem.x):
        lines = ["batch_size = len(x)  # all rows: one update per epoch"]
    else:
        lines = [
            f"batch_size = {problem.batch_size}",
            "steps_per_epoch = -(-len(x) // batch_size)  # rounded up",
            "steps = epochs * steps_per_epoch",
        ]
    lines += [
        "problem = SimpleNamespace(",
        "    x=x,",
        "    y=y,",
        "    initial=initial,",
        f"    **initial,  # problem.{next(iter(problem.initial))} and so on",
    ]
    for name in ("epochs", "steps_per_epoch", "batch_size", *problem.hyper):
        if name in read:
            lines.append(f"    {name}={_value(name, problem)},")
    return "\n".join([*lines, ")"]) + "\n"


def _value(name: str, problem: Problem) -> str:
    if name == "decay_steps":
        return "steps"
    if name == "shuffle_buffer":
        return "len(x)"
    if name == "folder":
        return '""'  # every run in the notebook gets one of its own
    if isinstance(problem.hyper.get(name), bool | int | float):
        return repr(problem.hyper[name])
    return name


def _penguins(with_species: bool) -> str:
    """Return the complete rows of the penguins as a string in a cell."""
    names = [*PENGUIN_FEATURES, PENGUIN_TARGET]
    if with_species:
        names.append("species")
    table = csv.DictReader(io.StringIO(PENGUINS.read_text(encoding="utf-8")))
    rows = [
        ",".join(row[name] for name in names)
        for row in table
        if "NA" not in [row[name] for name in names]
    ]
    lines = [""]
    for row in rows:
        if len(lines[-1]) + len(row) > 78:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + row
    body = "\n".join(lines)
    return (
        "# Palmer penguins (Kristen Gorman, Palmer Station LTER; CC0):\n"
        f'# {", ".join(names)}\nPENGUINS = """\n{body}\n"""\n'
    )
