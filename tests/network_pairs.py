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

import compare
from compare.mistakes.patching import patched
from compare.records.problem import Problem
from compare.records.verdicts import Verdict

FOLDER = Path(__file__).with_name("networks")

STAGES = (
    "start", "data", "model", "loss", "gradient", "update", "state", "count",
)  # fmt: skip

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
        return self.cause.partition(":")[0].split(" or ")

    def is_named(self, cause: Any) -> bool:
        """Whether a cause of a diagnosis is this one: its stage and words."""
        words = f"{cause.key} {cause.title}"
        found = re.search(self.named_by, words, re.IGNORECASE)
        # A diagnosis that knows no stages is judged by its words.
        return (
            bool(found)
            and getattr(cause, "stage", self.stages[0]) in self.stages
        )


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
        settings: see `compare.problem`.
    """
    rng = np.random.default_rng(rows)
    x = rng.normal(size=(rows, *shape))
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
    return compare.problem(x, y, **settings)


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
        planted = tuple(mistakes[key] for key in keys)
        key = f"{clean}/{'+'.join(keys)}"
        yield NetworkPair(key, *common, planted, agree=False)


PAIRS = {
    pair.key: pair
    for path in sorted(FOLDER.glob("*.toml"))
    for pair in _pairs(tomllib.loads(path.read_text()), path.stem)
}


@dataclass(frozen=True)
class Score:
    """What a diagnosis found in one pair.

    Attributes:
        named: cause -> whether it is named.
        wrong: causes that were named and are none.
    """

    named: Mapping[str, bool]
    wrong: tuple[str, ...]


def score(pair: NetworkPair, verdict: Verdict) -> Score:
    """Say which planted causes a verdict's diagnosis names."""
    found = verdict.diagnosis.causes if verdict.diagnosis else ()
    planted = () if pair.agree else pair.planted
    return Score(
        {each.cause: any(map(each.is_named, found)) for each in planted},
        tuple(
            str(cause.title)
            for cause in found
            if not any(each.is_named(cause) for each in planted)
        ),
    )
