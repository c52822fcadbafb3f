"""Standardised columns, and the way back into a table's own units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compare.records.note import Note
from compare.records.problem import Scaling, Table


def standardise(
    name: str, x: np.ndarray, y: np.ndarray, columns: Sequence[str]
) -> Table:
    """Shift and scale each column to mean 0 and standard deviation 1.

    Args:
        name: where the rows come from, for people.
        x: float64, shape (rows, features).
        y: float64, shape (rows, 1).
        columns: the names of the features, then the target's.
    """
    *features, target = columns
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
