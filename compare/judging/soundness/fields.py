"""What a number, a scaling or a pair of sides must be wherever it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from compare.records import SIDES, Scaling

Faults = Iterator[tuple[str, str]]
"""Where, and what is wrong there."""

MAY_BE_INFINITE = {
    "left",
    "right",
    "difference",
    "largest_difference",
    "float64_difference",
    "float64_bound",
    "distance",
    "bound",
    "gap",
    "mended_gap",
    "first_update",
    "losses",
    "parameters",
    "results",
    "ends",
    "user_parameters",
    "hyper",
}
"""Fields that tell of trainings, which may leave the finite numbers."""

ABOVE_ZERO = {
    "rows",
    "features",
    "batch_size",
    "workers",
    "cpus",
    "learning_rate",
    "updates_per_epoch",
    "epoch_seconds",
    "trials",
    "processes",
    "process_seconds",
    "epochs",
    "rounds",
    "budget",
    "timeout",
    "steps",
    "rate",
    "fixed",
    "limit",
    "largest_curvature",
    "largest_learning_rate",
    "feature_scales",
    "target_scale",
}
"""Fields that something is divided by, or that count what is there."""

UNBOUNDED = {
    "learning_rate",
    "largest_learning_rate",
    "rate",
    "feature_means",
    "feature_scales",
    "target_mean",
    "target_scale",
    "timeout",
    "budget",
}
"""Fields that are in the user's hand or in the units of a user's table."""

LARGEST = 1e15
"""Thirty million years of seconds are less, and so is any count or memory."""


def numbers(value: Any, at: str, name: str = "") -> Faults:
    """Check every number below a record for what its field's name asks."""
    if dataclasses.is_dataclass(value):
        for item in dataclasses.fields(value):
            place = f"{at}.{item.name}".removeprefix(".")
            yield from numbers(getattr(value, item.name), place, item.name)
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from numbers(one, f"{at}[{number}]", name)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from numbers(one, f"{at}[{key!r}]", name)
    elif isinstance(value, np.ndarray | int | float):
        yield from _number(np.asarray(value), at, name)


def _number(values: np.ndarray, at: str, name: str) -> Faults:
    if name not in MAY_BE_INFINITE:
        if not np.isfinite(values).all():
            yield at, "is not finite"
        elif name not in UNBOUNDED and (np.abs(values) > LARGEST).any():
            yield at, f"is beyond {LARGEST:g}"
    if name in ABOVE_ZERO and not (values > 0).all():
        yield at, "is not above 0"


def sided(record: Any, at: str, names: Sequence[str]) -> Faults:
    """Check that these fields have both sides."""
    for name in names:
        found: Mapping[str, Any] = getattr(record, name)
        for side in SIDES:
            if side not in found:
                yield f"{at}.{name}", f"lacks the side {side!r}"


def scaling(found: Scaling | None, at: str, features: int) -> Faults:
    """Check that a scaling is one of so many features."""
    if found is None:
        return
    if len(found.features) != features:
        yield f"{at}.features", f"does not name {features} features"
    for name in ("feature_means", "feature_scales"):
        if getattr(found, name).shape != (features,):
            yield f"{at}.{name}", f"is not a list of {features} numbers"
