"""The images that ship with the package: handwritten digits.

The first 500 of the 1,797 images in the test part of "Optical Recognition of
Handwritten Digits" by E. Alpaydin and C. Kaynak (UCI Machine Learning
Repository, doi:10.24432/C50P49), CC BY 4.0, as in scikit-learn's
`load_digits`. Changed: a pixel is one sign of base 17 in the file.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent / "data" / "digits.csv"

NAME = "Handwritten digits"

WHITE = 16
"""The brightest pixel: 4 x 4 points of a scan, all of them inked."""

SIDE = 8
"""Pixels along a side of an image."""


def lines() -> list[list[str]]:
    """Return each image's digit and its 64 pixels, a sign for each."""
    with FILE.open(encoding="utf-8") as file:
        return [[row["digit"], row["pixels"]] for row in csv.DictReader(file)]


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the images and what they show.

    Returns:
        Pixels between 0 and 1, float64 of shape (500, 8, 8, 1), and digits,
        int64 of shape (500,).
    """
    rows = lines()
    pixels = [[int(sign, WHITE + 1) for sign in row[1]] for row in rows]
    images = np.array(pixels, float).reshape(-1, SIDE, SIDE, 1) / WHITE
    return images, np.array([int(row[0]) for row in rows])
