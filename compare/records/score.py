"""The records of `mistakes --score`: how well a diagnosis does."""

from __future__ import annotations

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class PairScore:
    """What was found in one pair of networks.

    Attributes:
        key: "network/mistake", "network/mistake+mistake" or "network".
        network: dense, convolution, recurrent or attention.
        right: whether the verdict is.
        named: planted cause, as "stage: what it is" -> whether it was named.
        wrong: causes that were named and are none, in English.
        verdict_seconds: that the verdict took.
        diagnosis_seconds: that the diagnosis took besides; 0 without one.
    """

    key: str
    network: str
    right: bool
    named: dict[str, bool]
    wrong: tuple[str, ...]
    verdict_seconds: float
    diagnosis_seconds: float


@dataclass(frozen=True)
class Score:
    """What was found in a set of pairs with known mistakes."""

    pairs: tuple[PairScore, ...]

    def by_stage(self) -> dict[str, tuple[int, int]]:
        """Return how many causes were named, and planted, by their stage."""
        found: dict[str, tuple[int, int]] = {}
        for pair in self.pairs:
            for cause, named in pair.named.items():
                stage = cause.partition(":")[0].partition(" or ")[0]
                good, all_of_them = found.get(stage, (0, 0))
                found[stage] = good + named, all_of_them + 1
        return found

    @property
    def named(self) -> int:
        """How many planted causes were named."""
        return sum(sum(pair.named.values()) for pair in self.pairs)

    @property
    def planted(self) -> int:
        """How many causes were planted."""
        return sum(len(pair.named) for pair in self.pairs)

    @property
    def seconds(self) -> tuple[float, float]:
        """Median time of a verdict, and of a diagnosis where there is one."""
        told = [p.diagnosis_seconds for p in self.pairs if p.diagnosis_seconds]
        return (
            statistics.median(p.verdict_seconds for p in self.pairs),
            statistics.median(told or [0.0]),
        )
