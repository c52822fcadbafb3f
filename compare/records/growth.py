"""The records of `grow`: what an update costs, by rows and features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compare.records.timing import Ratio, Sample
from compare.records.variants import Variant
from compare.records.verdicts import Verdict

Axis = Literal["rows", "features"]


@dataclass(frozen=True)
class Size:
    """The table of one measurement."""

    rows: int
    features: int


@dataclass(frozen=True)
class Cell:
    """One variant at one size.

    Attributes:
        verdict: whether it is the training of the variant it is against.
        samples: one per process, an epoch being one update; none where the
            verdict is no agreement. All variants of a size share their
            processes, in the same order.
    """

    variant: str
    size: Size
    verdict: Verdict
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class Line:
    """Sizes that differ in one number.

    Attributes:
        axis: the number that grows.
        fixed: what the other number is.
        values: the number that grows, ascending.
    """

    axis: Axis
    fixed: int
    values: tuple[int, ...]

    @property
    def sizes(self) -> tuple[Size, ...]:
        """Return the sizes along the line."""
        return tuple(
            Size(value, self.fixed)
            if self.axis == "rows"
            else Size(self.fixed, value)
            for value in self.values
        )


@dataclass(frozen=True)
class Exponent:
    """How a variant's cost grows at the upper end of a line.

    Attributes:
        value: p in cost = c * size ** p; 0 is a cost that does not grow, 1
            one that doubles when the size does.
        first, last: the sizes that it was fitted between.
    """

    variant: str
    line: Line
    value: float
    first: int
    last: int


@dataclass(frozen=True)
class Crossing:
    """Where along a line a variant's cost comes near that of another.

    Attributes:
        ratios: cost of `variant` / cost of `against` at each size of the line
            where both have one, by that size.
        outcome: "reached" where the ratio falls to the threshold and stays
            there up to the largest size; "never above" and "still above"
            where it does so at no size that was measured.
        at: the size where it does, interpolated; None if there is none.
        low, high: the same of the lower and of the upper ends of the
            intervals; None where they do so nowhere, or there are none.
    """

    variant: str
    against: str
    line: Line
    ratios: tuple[tuple[int, Ratio], ...]
    outcome: Literal["reached", "never above", "still above"]
    at: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Growth:
    """What `grow` found out.

    Attributes:
        threshold: the ratio at which a gap counts as vanished.
        left_out: why a process gave no sample, a sentence each.
    """

    variants: tuple[Variant, ...]
    cells: tuple[Cell, ...]
    lines: tuple[Line, ...]
    exponents: tuple[Exponent, ...]
    crossings: tuple[Crossing, ...]
    threshold: float
    left_out: tuple[str, ...]
