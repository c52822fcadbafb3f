"""The table that ships with the package: Palmer penguins.

344 birds measured by Kristen Gorman and the Palmer Station LTER
(doi:10.1371/journal.pone.0090081), CC0, as in the package palmerpenguins.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from compare.lessons.scaling import standardise
from compare.records.note import note
from compare.records.problem import Table

FILE = Path(__file__).parent / "data" / "penguins.csv"

COLUMNS = (
    "bill_length_mm",
    "bill_depth_mm",
    "flipper_length_mm",
    "body_mass_g",
)
"""The features, then the target."""


def rows_of(columns: Sequence[str]) -> list[list[str]]:
    """Return these columns of the rows in which none of them is missing."""
    with FILE.open(encoding="utf-8") as file:
        rows = [[row[c] for c in columns] for row in csv.DictReader(file)]
    return [row for row in rows if "NA" not in row]


def penguins() -> Table:
    """Return the penguins without missing rows."""
    numbers = np.array(rows_of(COLUMNS), float, order="F")
    table = standardise(
        "Palmer penguins", numbers[:, :-1], numbers[:, -1:], COLUMNS
    )
    rows = len(rows_of(["species"]))
    dropped = note(
        "dropped {dropped} of {rows} rows with missing values",
        dropped=rows - len(numbers),
        rows=rows,
    )
    return replace(table, notes=(dropped, *table.notes))


def penguin_species() -> tuple[np.ndarray, np.ndarray, Table]:
    """Return the penguins as a classification.

    Returns:
        Four standardised measurements, float64 of shape (342, 4); the number
        of the species in alphabetic order, int64 of shape (342,); and the
        table they come from.
    """
    table = penguins()
    species = [row[-1] for row in rows_of([*COLUMNS, "species"])]
    _, numbers = np.unique(species, return_inverse=True)
    return np.hstack([table.x, table.y]), numbers, table
