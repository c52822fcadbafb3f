"""How numbers are shown."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

SHOWN_VALUES = 4
"""Most values of an array that are shown."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def values(
    array: np.ndarray | None,
    say: Callable[..., str],
    history: bool = False,
) -> str:
    """Show up to four values, a line each.

    Of more values in a history the last is shown; `say` tells how many.
    """
    if array is None:
        return "-"
    numbers = np.ravel(array)
    if numbers.size > SHOWN_VALUES and not history:
        return say("{size} values", size=f"{numbers.size:,}")
    if numbers.size > SHOWN_VALUES:
        last, size = value(numbers[-1]), f"{numbers.size:,}"
        return say("{last} (last of {size})", last=last, size=size)
    return "\n".join(map(value, numbers)) or say("none")


def value(number: np.number[Any]) -> str:
    """Show one number, float32 with as many digits as tell it apart."""
    if number.dtype.kind in "iub" or not np.isfinite(number):
        return str(number)
    if number == 0 or 1e-4 <= abs(number) < 1e7:
        single = np.float32(number)
        return np.format_float_positional(single, unique=True, trim="0")
    return f"{number:.8g}"


def unit(value: float) -> tuple[float, str]:
    """Return how many seconds the unit has that suits a time, and its name."""
    units = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
    return next((u for u in units if abs(value) >= u[0]), units[-1])


def seconds(value: float) -> str:
    """Show a time in the unit that suits it."""
    size, name = unit(value)
    return f"{digits(value / size)} {name}"


def spread(values: Sequence[float]) -> str:
    """Show median, smallest and largest in one unit.

    A time that was found as a difference can come out below 0: it is lost in
    the noise, and no more is known than how large that is.
    """
    if min(values) < 0:
        return f"< {seconds(max(map(abs, values)))}"
    middle, low, high = statistics.median(values), min(values), max(values)
    size, name = unit(middle)
    text = f"{digits(middle / size)} {name}"
    if len(values) == 1:
        return text
    return f"{text} ({digits(low / size)}–{digits(high / size)})"


def digits(value: float) -> str:
    """Show three digits, and never an exponent."""
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"


def number(value: float) -> str:
    """Show three digits, ten to a power where it is far out."""
    shown, _, exponent = f"{value:.3g}".partition("e")
    raised = str(int(exponent or 0)).translate(RAISED)
    return f"{shown}·10{raised}" if exponent else shown


def mebibytes(count: float) -> str:
    """Show bytes in MiB."""
    return f"{count / 2**20:.0f} MiB"
