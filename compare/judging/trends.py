"""What costs at several sizes say: an exponent, and where a gap vanishes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

UPPER = 3
"""Number of the largest sizes that an exponent is fitted to."""


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
