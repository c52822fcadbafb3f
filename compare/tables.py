"""CSV and Parquet files -> checked, standardised columns of numbers."""

from __future__ import annotations

import importlib.resources
import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compare.records import Note, Scaling, UsageError
from compare.records.problem import Table

PENGUINS = importlib.resources.files("compare") / "data" / "penguins.csv"
"""Palmer penguins: 344 birds measured by Kristen Gorman and the Palmer Station
LTER (doi:10.1371/journal.pone.0090081), CC0, as in the package palmerpenguins.
"""

PENGUIN_FEATURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")
PENGUIN_TARGET = "body_mass_g"


def penguins() -> Table:
    """Read the penguins that ship with the package, without missing rows."""
    return _penguins()[0]


def penguin_species() -> tuple[np.ndarray, np.ndarray, Table]:
    """Read the penguins as a classification.

    Returns:
        Four standardised measurements, float64 of shape (342, 4); the number
        of the species in alphabetic order, int64 of shape (342,); and the
        table they come from.
    """
    table, species = _penguins()
    numbers = pd.Categorical(species).codes.astype(np.int64)
    return np.hstack([table.x, table.y]), numbers, table


def _penguins() -> tuple[Table, pd.Series]:
    with importlib.resources.as_file(PENGUINS) as path:
        frame = pd.read_csv(path)
    complete = frame.dropna(subset=[*PENGUIN_FEATURES, PENGUIN_TARGET])
    dropped = len(frame) - len(complete)
    table = standardise(
        "Palmer penguins", complete, PENGUIN_FEATURES, PENGUIN_TARGET
    )
    note = Note(
        "dropped {dropped} of {rows} rows with missing values",
        {"dropped": str(dropped), "rows": str(len(frame))},
    )
    table = replace(table, notes=(note, *table.notes))
    return table, complete["species"]


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
    frame = _read_frame(path)
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
    return standardise(path.name, frame, chosen, target)


def standardise(
    name: str, frame: pd.DataFrame, features: Sequence[str], target: str
) -> Table:
    """Shift and scale each column to mean 0 and standard deviation 1."""
    x = frame[list(features)].to_numpy(dtype=float)
    y = frame[[target]].to_numpy(dtype=float)
    scaling = Scaling(
        features=tuple(features),
        target=target,
        feature_means=x.mean(axis=0),
        feature_scales=x.std(axis=0),
        target_mean=float(y.mean()),
        target_scale=float(y.std()),
    )
    return Table(
        name=name,
        x=(x - scaling.feature_means) / scaling.feature_scales,
        y=(y - scaling.target_mean) / scaling.target_scale,
        scaling=scaling,
        notes=(
            Note("standardised every column to mean 0, standard deviation 1"),
        ),
    )


def in_user_units(
    parameters: dict[str, np.ndarray], scaling: Scaling
) -> dict[str, np.ndarray]:
    """Turn kernel and bias for standardised columns into the table's units.

    From (y - m_y) / s_y = sum_j k_j (x_j - m_j) / s_j + b follows
    y = sum_j (k_j s_y / s_j) x_j + (m_y + s_y b - sum_j k_j s_y m_j / s_j).
    """
    slopes = (
        np.ravel(parameters["kernel"]).astype(float)
        * scaling.target_scale
        / scaling.feature_scales
    )
    bias = float(np.ravel(parameters["bias"])[0])
    intercept = (
        scaling.target_mean
        + scaling.target_scale * bias
        - slopes @ scaling.feature_means
    )
    return {"kernel": slopes, "bias": np.array(intercept)}


def _read_frame(path: Path) -> pd.DataFrame:
    if not path.exists():
        raise UsageError(f"there is no file {path}: check the path of --data")
    if path.is_dir():
        raise UsageError(f"{path} is a folder: give a CSV or Parquet file")
    kind = "Parquet" if path.suffix.lower() in (".parquet", ".pq") else "CSV"
    try:
        return pd.read_parquet(path) if kind == "Parquet" else _read_csv(path)
    except pd.errors.EmptyDataError as error:
        raise UsageError(
            f"{path} is empty: give a CSV file with a header line and numbers"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is not text in UTF-8: save it as UTF-8"
        ) from error
    except (
        OSError,
        ValueError,
        pd.errors.ParserWarning,
    ) as error:  # pandas's and Arrow's parse errors
        reason = str(error).strip().splitlines()[0]
        reason = reason.removeprefix("Error tokenizing data. C error: ")
        if isinstance(error, pd.errors.ParserWarning):
            reason = "rows have more fields than the header"
        raise UsageError(
            f"{path} cannot be read as {kind} ({reason}): give every row as "
            "many fields as the header"
            if kind == "CSV"
            else f"{path} cannot be read as {kind}: {reason}"
        ) from error


def _read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV file under the names of its header as they stand there."""
    with warnings.catch_warnings():
        # Rows with one field more would otherwise shift under the header.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(path, index_col=False, skipinitialspace=True)
    header = pd.read_csv(
        path, header=None, nrows=1, dtype=str, skipinitialspace=True
    )
    names = [str(name) for name in header.iloc[0]]
    if len(names) == 1 and ";" in names[0]:
        raise UsageError(
            f"{path} seems to be separated by semicolons: save it with commas"
        )
    if len(names) == len(frame.columns):
        frame.columns = pd.Index(names)
    return frame


def _choose_columns(
    path: Path,
    frame: pd.DataFrame,
    target: str,
    features: Sequence[str] | None,
) -> tuple[str, ...]:
    present = [str(column) for column in frame.columns]
    frame.columns = pd.Index(present)
    wanted = (target, *(features or present))
    for column in dict.fromkeys(wanted):
        if column not in present:
            raise UsageError(
                f"{path} has no column {column!r}; its columns are "
                f"{', '.join(map(repr, present))}"
            )
        if present.count(column) > 1:
            raise UsageError(
                f"{path} has {present.count(column)} columns named "
                f"{column!r}: rename them"
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
            "a feature is needed to predict it from"
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
        kind = "infinite" if np.isinf(numbers[row]) else "missing (NaN)"
        raise UsageError(
            f"{path}, column {column!r}: the value in data row {row + 1} is "
            f"{kind}, {len(bad)} such in all; {hint}"
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
