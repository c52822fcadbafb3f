"""What all charts have in common: for print and for colour-blind readers."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.files import write_atomically
from compare.records import Side

COLOURS: dict[Side, str] = {"manual": "#0072B2", "keras": "#E69F00"}
HATCHES: dict[Side, str] = {"manual": "", "keras": "///"}
"""Blue and orange of Okabe and Ito; hatching tells them apart in grey."""

NAMES: dict[Side, str] = {"manual": "manual TensorFlow", "keras": "Keras"}
FORMATS = ("png", "svg")

mpl.rcParams["svg.hashsalt"] = "compare"  # the same chart, the same file


def write_chart(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a chart as PNG and SVG; return the paths."""
    paths = []
    for kind in FORMATS:
        content = io.BytesIO()
        metadata = {"Date": None} if kind == "svg" else None
        figure.savefig(content, format=kind, dpi=150, metadata=metadata)
        paths.append(folder / f"{name}.{kind}")
        write_atomically(paths[-1], content.getvalue())
    return paths


def tidy(axes: Axes) -> None:
    """Take away what a chart does not need."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
