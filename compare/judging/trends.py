"""What costs at several sizes say: an exponent, and where a gap vanishes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from compare.records import SIDES
from compare.records.growth import (
    Axis,
    Cell,
    Crossing,
    Exponent,
    Growth,
    Line,
    Size,
)
from compare.records.variants import Variant

UPPER = 3
"""Number of the largest sizes that an exponent is fitted to."""

THRESHOLD = 1.1
"""Keras / manual at which the gap counts as vanished: about the noise between
two processes on a shared machine."""

Costs = Mapping[tuple[str, Size], float]
"""Variant and size -> median seconds per update."""


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Return p of cost = c * size ** p at the largest sizes.

    The slope of the straight line through log(cost) over log(size), by least
    squares.

    Raises:
        ValueError: there are fewer than two sizes, or a cost is not above 0.
    """
    if len(sizes) < 2 or min(costs) <= 0:
        raise ValueError(f"costs {costs} at sizes {sizes} have no exponent")
    x, y = np.log(sizes[-UPPER:]), np.log(costs[-UPPER:])
    return float(np.polyfit(x, y, 1)[0])


def crossing(
    sizes: Sequence[float], ratios: Sequence[float], threshold: float
) -> tuple[Literal["reached", "never above", "still above"], float | None]:
    """Find from which size on a ratio stays at or below a threshold.

    Args:
        sizes: ascending, all above 0.
        ratios: all above 0, one per size.
        threshold: above 0.

    Returns:
        The outcome and, where it is reached, the size: on the straight line
        in log(ratio) over log(size) between the last size above the threshold
        and the next.
    """
    above = [i for i, ratio in enumerate(ratios) if ratio > threshold]
    if not above:
        return "never above", None
    i = above[-1]
    if i == len(ratios) - 1:
        return "still above", None
    share = math.log(ratios[i] / threshold) / math.log(
        ratios[i] / ratios[i + 1]
    )
    return "reached", sizes[i] * (sizes[i + 1] / sizes[i]) ** share


def growth_of(
    variants: Sequence[Variant], cells: Sequence[Cell], left_out: Sequence[str]
) -> Growth:
    """Return the report on what was measured, with its trends."""
    lines = tuple(lines_of({cell.size for cell in cells}))
    costs = costs_of(cells)
    return Growth(
        variants=tuple(variants),
        cells=tuple(cells),
        lines=lines,
        exponents=tuple(_exponents(variants, lines, costs)),
        crossings=tuple(_crossings(variants, lines, costs)),
        threshold=THRESHOLD,
        left_out=tuple(dict.fromkeys(left_out)),
    )


def lines_of(sizes: Collection[Size]) -> Iterator[Line]:
    """Yield the lines on which at least `UPPER` of the sizes lie."""
    axes: tuple[tuple[Axis, Axis], ...] = (
        ("rows", "features"),
        ("features", "rows"),
    )
    for axis, other in axes:
        for fixed in sorted({getattr(size, other) for size in sizes}):
            values = sorted(
                getattr(size, axis)
                for size in sizes
                if getattr(size, other) == fixed
            )
            if len(values) >= UPPER:
                yield Line(axis, fixed, tuple(values))


def costs_of(cells: Sequence[Cell]) -> Costs:
    """Return the costs that could be told from 0."""
    medians = {
        (cell.variant, cell.size): statistics.median(
            sample.per_epoch for sample in cell.samples
        )
        for cell in cells
        if cell.samples
    }
    return {key: cost for key, cost in medians.items() if cost > 0}


def _exponents(
    variants: Sequence[Variant], lines: Sequence[Line], costs: Costs
) -> Iterator[Exponent]:
    """Yield how each variant's cost grows along each line."""
    for line in lines:
        for variant in variants:
            curve = _along(line, variant.name, costs)
            if len(curve) >= UPPER:
                values = list(curve)
                yield Exponent(
                    variant.name,
                    line,
                    exponent(values, list(curve.values())),
                    values[-UPPER],
                    values[-1],
                )


def _crossings(
    variants: Sequence[Variant], lines: Sequence[Line], costs: Costs
) -> Iterator[Crossing]:
    """Yield where along each line Keras comes near the loop by hand.

    Each of its variants against the manual one compiled alike, and the
    fastest against the fastest.
    """
    pairs = [(v.name, v.against) for v in variants if v.side == "keras"]
    pairs.append(("fastest keras", "fastest manual"))
    costs = {**costs, **_fastest(variants, costs)}
    for line in lines:
        for variant, against in pairs:
            right = _along(line, variant, costs)
            left = _along(line, against, costs)
            ratios = {
                value: right[value] / left[value]
                for value in left
                if value in right
            }
            if ratios:
                yield Crossing(
                    variant,
                    against,
                    line,
                    tuple(ratios.items()),
                    *crossing(list(ratios), list(ratios.values()), THRESHOLD),
                )


def _fastest(variants: Sequence[Variant], costs: Costs) -> Costs:
    """Return the smallest cost of each side at each size."""
    smallest: dict[tuple[str, Size], float] = {}
    for side in SIDES:
        names = {variant.name for variant in variants if variant.side == side}
        for (name, size), cost in costs.items():
            if name in names:
                key = f"fastest {side}", size
                smallest[key] = min(cost, smallest.get(key, cost))
    return smallest


def _along(line: Line, variant: str, costs: Costs) -> dict[int, float]:
    """Return size -> cost of a variant, where it has one."""
    return {
        value: costs[variant, size]
        for value, size in zip(line.values, line.sizes, strict=True)
        if (variant, size) in costs
    }
