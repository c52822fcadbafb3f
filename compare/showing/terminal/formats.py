"""Numbers, words and tables for the terminal."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from compare.records import TensorInfo
from compare.records.escape import printable
from compare.records.report import Environment
from compare.records.timing import Ratio

WIDTH = 100
SHOWN_VALUES = 4
STYLES = {
    "identical": "bold green",
    "same mathematics": "green",
    "different": "bold red",
    "could not run": "bold magenta",
}
RANKS = ("scalar", "vector", "matrix", "cube")


def terminal() -> Console:
    """Return a console on stdout; plain text where it is not a terminal."""
    plain = Console(highlight=False)
    width = min(plain.width, WIDTH) if plain.is_terminal else WIDTH
    return Console(highlight=False, width=width)


def environment_line(environment: Environment) -> str:
    """Say in one line with what and on what a report was made."""
    return (
        f"TensorFlow {environment.tensorflow}, Keras {environment.keras}, "
        f"NumPy {environment.numpy}, Python {environment.python}, "
        f"{environment.system}, {environment.cpus} CPUs, "
        f"{', '.join(environment.devices)}"
    )


def heading(console: Console, text: str) -> None:
    """Print a heading, an empty line before it."""
    console.print(Text("\n" + printable(text), style="bold"))


def say(console: Console, text: str) -> None:
    """Print a paragraph; nothing in it is markup."""
    console.print(Text(printable(text)))


def table(*columns: str) -> Table:
    """Start a table with these columns."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        grid.add_column(Text(printable(column)))
    return grid


def number(count: int, noun: str) -> str:
    """Count things, in the singular or plural: 1 row, 2 rows."""
    plural = "es" if noun.endswith("s") else "s"
    return f"{count:,} {noun}{'' if count == 1 else plural}"


def values(array: np.ndarray | None, history: bool = False) -> str:
    """Show up to four values, float32 with as many digits as tell them apart.

    Of more values in a history the last is shown.
    """
    if array is None:
        return "-"
    numbers = np.ravel(array)
    if numbers.size > SHOWN_VALUES and not history:
        return f"{numbers.size:,} values"
    if numbers.size > SHOWN_VALUES:
        return f"{value(numbers[-1])} (last of {numbers.size:,})"
    return "\n".join(map(value, numbers)) or "none"


def value(number: np.number[Any]) -> str:
    """Show one number, float32 with as many digits as tell it apart."""
    if number.dtype.kind in "iub" or not np.isfinite(number):
        return str(number)
    if number == 0 or 1e-4 <= abs(number) < 1e7:
        single = np.float32(number)
        return np.format_float_positional(single, unique=True, trim="0")
    return f"{number:.8g}"


def tensor(info: TensorInfo | None) -> str:
    """Show rank, shape and dtype."""
    if info is None:
        return "-"
    rank = len(info.shape)
    kind = RANKS[rank] if rank < len(RANKS) else f"{rank} axes"
    return f"rank {rank}, {kind} {info.shape}, {info.dtype}"


def unit(value: float) -> tuple[float, str]:
    """Return how many seconds the unit has that suits a time, and its name."""
    units = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
    return next((u for u in units if abs(value) >= u[0]), units[-1])


def seconds(value: float) -> str:
    """Show a time in the unit that suits it."""
    size, name = unit(value)
    return f"{digits(value / size)} {name}"


def spread(values: Sequence[float]) -> str:
    """Show median, smallest and largest in one unit."""
    middle, low, high = statistics.median(values), min(values), max(values)
    size, name = unit(middle)
    text = f"{digits(middle / size)} {name}"
    if len(values) == 1:
        return text
    return f"{text} ({digits(low / size)}–{digits(high / size)})"


def digits(value: float) -> str:
    """Show three digits, and never an exponent."""
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"


def mebibytes(count: int) -> str:
    """Show bytes in MiB."""
    return f"{count / 2**20:.0f} MiB"


def times(ratio: Ratio) -> str:
    """Show a ratio, with its interval where it has one."""
    if ratio.low is None or ratio.high is None:
        return digits(ratio.value)
    low, high = digits(ratio.low), digits(ratio.high)
    return f"{digits(ratio.value)} ({low} to {high})"


def speed(ratio: Ratio) -> str:
    """Say how many times as long Keras takes per epoch, and how sure that is.

    Three answers: slower, faster, no clear difference.
    """
    text = f"Keras takes {times(ratio)} times as long per epoch as the manual"
    if ratio.low is None:
        return f"{text} loop"
    return f"{text} loop: {ratio.answer}"
