"""What costs at several sizes say: an exponent, and where a gap vanishes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from compare.judging.ratios import ratio
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
from compare.records.timing import Ratio
from compare.records.variants import Variant

UPPER = 3
"""Number of the largest sizes that an exponent is fitted to."""

THRESHOLD = 1.1
"""Keras / manual at which the gap counts as vanished: about the noise between
two processes on a shared machine."""

Costs = Mapping[tuple[str, Size], float]
"""Variant and size -> median seconds per update."""

Outcome = Literal["reached", "never above", "still above"]


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
) -> tuple[Outcome, float | None]:
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
        crossings=tuple(_crossings(variants, lines, cells)),
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
        key: statistics.median(each) for key, each in _each(cells).items()
    }
    return {key: cost for key, cost in medians.items() if cost > 0}


def _each(cells: Sequence[Cell]) -> dict[tuple[str, Size], list[float]]:
    """Return seconds per update, one value per process."""
    return {
        (cell.variant, cell.size): [s.per_epoch for s in cell.samples]
        for cell in cells
        if cell.samples
    }


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
    variants: Sequence[Variant], lines: Sequence[Line], cells: Sequence[Cell]
) -> Iterator[Crossing]:
    """Yield where along each line Keras comes near the loop by hand.

    Each of its variants against the manual one compiled alike, and the
    fastest against the fastest. A ratio is that of the same processes.
    """
    pairs = [(v.name, v.against) for v in variants if v.side == "keras"]
    pairs.append(("fastest keras", "fastest manual"))
    each = _each(cells)
    for side in SIDES:
        for size in {size for line in lines for size in line.sizes}:
            own = [
                each.get((v.name, size)) for v in variants if v.side == side
            ]
            if any(own):
                each[f"fastest {side}", size] = min(
                    filter(None, own), key=statistics.median
                )
    for line in lines:
        for variant, against in pairs:
            found = {
                value: ratio(each[against, size], each[variant, size])
                for value, size in zip(line.values, line.sizes, strict=True)
                if (variant, size) in each and (against, size) in each
            }
            ratios = {value: r for value, r in found.items() if r}
            if ratios:
                yield _crossing(variant, against, line, ratios)


def _crossing(
    variant: str, against: str, line: Line, ratios: Mapping[int, Ratio]
) -> Crossing:
    sizes = list(ratios)

    def falls(ends: Sequence[float | None]) -> float | None:
        known = [end for end in ends if end]
        if len(known) < len(sizes):
            return None
        return crossing(sizes, known, THRESHOLD)[1]

    values = [r.value for r in ratios.values()]
    return Crossing(
        variant,
        against,
        line,
        tuple(ratios.items()),
        *crossing(sizes, values, THRESHOLD),
        low=falls([r.low for r in ratios.values()]),
        high=falls([r.high for r in ratios.values()]),
    )


def _along(line: Line, variant: str, costs: Costs) -> dict[int, float]:
    """Return size -> cost of a variant, where it has one."""
    return {
        value: costs[variant, size]
        for value, size in zip(line.values, line.sizes, strict=True)
        if (variant, size) in costs
    }
