"""CSV and Parquet files -> checked, standardised columns of numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compare.lessons.scaling import standardise
from compare.lessons.table_files import read_frame
from compare.records import UsageError
from compare.records.problem import Table

MOST_FEATURES = 1000
"""The closed form takes the features' number cubed: seconds for 1,000, hours
for 10,000."""

SHOWN_NAMES = 12
"""Most of a table's columns that a message lists."""


def read_table(
    path: Path, target: str, features: Sequence[str] | None = None
) -> Table:
    """Read a user's table and check every number that will be used.

    Args:
        path: a .parquet file, else CSV with a header line.
        target: the column to predict.
        features: the columns to predict it from; all others if None.

    Raises:
        UsageError: the file cannot be used; the message says why, where, and
            what to do.
    """
    frame = read_frame(path)
    chosen = _choose_columns(path, frame, target, features)
    for column in (*chosen, target):
        frame[column] = _checked_numbers(path, frame[column])
    if len(frame) < 2:
        raise UsageError(
            f"{path} has {len(frame)} row{'s' * (len(frame) != 1)} of data; "
            "a line needs at least 2: give a larger table"
        )
    for column in (*chosen, target):
        _check_spread(path, frame[column])
    x, y = (
        frame[columns].to_numpy(dtype=float)
        for columns in (list(chosen), [target])
    )
    return standardise(path.name, x, y, (*chosen, target))


def _choose_columns(
    path: Path,
    frame: pd.DataFrame,
    target: str,
    features: Sequence[str] | None,
) -> tuple[str, ...]:
    present = [str(column) for column in frame.columns]
    frame.columns = pd.Index(present)
    counts = Counter(present)
    wanted = (target, *(features or present))
    for column in dict.fromkeys(wanted):
        if not counts[column]:
            names = ", ".join(map(repr, present[:SHOWN_NAMES]))
            if len(present) > SHOWN_NAMES:
                names += f" and {len(present) - SHOWN_NAMES:,} more"
            raise UsageError(
                f"{path} has no column {column!r}; its columns are {names}"
            )
        if counts[column] > 1:
            raise UsageError(
                f"{path} has {counts[column]} columns named {column!r}: "
                "rename them"
            )
    if features and len(set(wanted)) < len(wanted):
        raise UsageError(
            "a column is named twice among --features and --target: "
            "name each once"
        )
    chosen = tuple(features or (c for c in present if c != target))
    if not chosen:
        raise UsageError(
            f"{path} has no column beside the target {target!r}: "
            "give a table with a feature to predict it from"
        )
    if len(chosen) > MOST_FEATURES:
        raise UsageError(
            f"{path} has {len(chosen):,} features, more than the "
            f"{MOST_FEATURES:,} that are trained on: choose fewer with "
            "--features"
        )
    return chosen


def _checked_numbers(path: Path, values: pd.Series) -> np.ndarray:
    """Return a column in float64; refuse text, dates, NaN and infinity."""
    column = values.name
    hint = "clean it, or choose other columns with --features"
    kinds = pd.api.types
    if kinds.is_numeric_dtype(values) and not kinds.is_bool_dtype(values):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
    else:
        texts = values.astype(object)
        numbers = np.array([_number(text) for text in texts])
        text = np.flatnonzero(np.isnan(numbers) & values.notna().to_numpy())
        if len(text):
            row = int(text[0])
            raise UsageError(
                f"{path}, column {column!r}: {str(texts.iloc[row])!r} in data "
                f"row {row + 1} is not a number; {hint}"
            )
    bad = np.flatnonzero(~np.isfinite(numbers))
    if len(bad):
        row = int(bad[0])
        infinite = "infinite or beyond float64 (1.8e308)"
        fault = infinite if np.isinf(numbers[row]) else "missing (NaN)"
        raise UsageError(
            f"{path}, column {column!r}: the value in data row {row + 1} is "
            f"{fault}, {len(bad)} such in all; {hint}"
        )
    return numbers


def _number(value: Any) -> float:
    """Return a number for what may be text, NaN where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return math.nan
    try:
        return float(value)
    except ValueError:
        return math.nan
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf


def _check_spread(path: Path, values: pd.Series) -> None:
    numbers = values.to_numpy(dtype=float)
    if np.ptp(numbers) <= 1e-12 * np.abs(numbers).max():
        raise UsageError(
            f"{path}, column {values.name!r}: every value is {numbers[0]:g}; "
            "a constant column says nothing: choose other columns"
        )
    with np.errstate(over="ignore"):
        scale = numbers.std()
    if not np.isfinite(scale) or scale == 0:
        size = "small" if scale == 0 else "large"
        raise UsageError(
            f"{path}, column {values.name!r}: the values are too {size} to be "
            "squared in float64; give them in another unit"
        )
