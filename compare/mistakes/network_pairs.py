"""Pairs of networks with known mistakes: what a diagnosis has to find.

Each file of `networks/` trains the same network twice; the table beside it
says on which problem, and which mistakes are planted, one or two at a time.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compare.lessons.losses import no_loss
from compare.mistakes.patching import patched
from compare.records.diagnosis import Cause
from compare.records.problem import Problem

FOLDER = Path(__file__).with_name("networks")

CLASSES = 3
NOISE = 0.1


@dataclass(frozen=True)
class Planted:
    """A mistake on one side.

    Attributes:
        cause: the stages at which it may be seen, and what it is.
        named_by: pattern of the words that name it; "" for one that changes
            nothing.
        patches: (before, after); each `before` occurs once in the file.
    """

    cause: str
    patches: tuple[tuple[str, str], ...]
    named_by: str = ""

    @property
    def stages(self) -> list[str]:
        """At which it may be seen."""
        return self.cause.partition(":")[0].split(" or ")

    def is_named(self, cause: Cause) -> bool:
        """Whether a cause of a diagnosis is this one: its stage and words."""
        words = f"{cause.key} {cause.title}"
        found = re.search(self.named_by, words, re.IGNORECASE)
        return bool(found) and cause.stage in self.stages


@dataclass(frozen=True)
class NetworkPair:
    """Two functions of one file that train the same, but for what is planted.

    Attributes:
        key: "clean/mistake", "clean/mistake+mistake" or "clean".
        clean: the file without mistakes.
        network: dense, convolution, recurrent or attention.
        functions: left and right.
        problem: what both train.
        planted: none, one or two.
        agree: whether the sides train the same.
    """

    key: str
    clean: str
    network: str
    functions: tuple[str, str]
    problem: Problem
    planted: tuple[Planted, ...] = ()
    agree: bool = True

    @property
    def source(self) -> str:
        """The file with the mistakes in it."""
        patches = [patch for each in self.planted for patch in each.patches]
        text = (FOLDER / f"{self.clean}.py").read_text()
        return patched(text, tuple(patches))

    def write(self, folder: Path) -> tuple[str, str]:
        """Write the file; return left and right as file.py:function."""
        path = folder / f"{self.clean}.py"
        path.write_text(self.source)
        left, right = self.functions
        return f"{path}:{left}", f"{path}:{right}"


def problem_of(
    rows: int,
    shape: list[int],
    target: str,
    words: int = 0,
    **settings: Any,
) -> Problem:
    """Draw data that a network can learn something from.

    Args:
        rows: how many.
        shape: of a row.
        target: "number", (rows, 1); "binary", (rows, 1) of 0 and 1; "class",
            (rows,).
        words: for texts: how many, 0 being the padding at the end.
        settings: steps, batch_size, learning_rate.
    """
    rng = np.random.default_rng(rows)
    x: np.ndarray = rng.normal(size=(rows, *shape))
    if words:
        x = rng.integers(1, words, size=(rows, *shape))
        x[np.arange(shape[0]) >= rng.integers(2, shape[0], (rows, 1))] = 0
    flat = x.reshape(rows, -1)
    score = flat @ rng.normal(size=(flat.shape[1], CLASSES))
    score /= np.abs(score).max()
    score += NOISE * rng.normal(size=score.shape)
    y = {
        "number": score[:, :1],
        "binary": (score[:, :1] > 0).astype(float),
        "class": score.argmax(axis=1),
    }[target]
    steps, size = settings.pop("steps"), settings.pop("batch_size", rows)
    return Problem(
        lesson="your own",
        title="A pair of networks",
        data="drawn",
        x=x,
        y=y,
        initial={},
        epochs=steps // -(-rows // size),
        batch_size=size,
        loss=no_loss,
        hyper=settings,
    )


def _pairs(table: Mapping[str, Any], clean: str) -> Iterator[NetworkPair]:
    sides, problem = tuple(table["sides"]), problem_of(**table["problem"])
    mistakes, harmless = (
        {
            key: Planted(
                **{**row, "patches": tuple(map(tuple, row["patches"]))}
            )
            for key, row in table.get(group, {}).items()
        }
        for group in ("mistakes", "harmless")
    )
    common = (clean, table["network"], sides, problem)
    yield NetworkPair(clean, *common)
    for key, planted in harmless.items():
        yield NetworkPair(f"{clean}/{key}", *common, (planted,))
    for keys in [*([key] for key in mistakes), *table["doubles"]]:
        both = tuple(mistakes[key] for key in keys)
        key = f"{clean}/{'+'.join(keys)}"
        yield NetworkPair(key, *common, both, agree=False)


PAIRS = {
    pair.key: pair
    for path in sorted(FOLDER.glob("*.toml"))
    for pair in _pairs(tomllib.loads(path.read_text()), path.stem)
}
