"""What a number, a scaling or a pair of sides must be wherever it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from compare.records import SIDES, UsageError
from compare.records.json_form import SHORT
from compare.records.problem import Scaling

MAY_BE_INFINITE = {
    "left", "right", "difference", "largest_difference", "float64_difference",
    "float64_bound", "distance", "bound", "gap", "mended_gap", "first_update",
    "losses", "parameters", "results", "ends", "user_parameters", "hyper",
}  # fmt: skip
"""Fields that tell of trainings, which may leave the finite numbers."""

ABOVE_ZERO = {
    "rows", "features", "batch_size", "workers", "cpus", "learning_rate",
    "updates_per_epoch", "epoch_seconds", "trials", "processes",
    "process_seconds", "epochs", "rounds", "budget", "timeout", "steps",
    "rate", "fixed", "limit", "largest_curvature", "largest_learning_rate",
    "feature_scales", "target_scale",
}  # fmt: skip
"""Fields that something is divided by, or that count what is there."""

UNBOUNDED = {
    "learning_rate", "largest_learning_rate", "rate", "feature_means",
    "feature_scales", "target_mean", "target_scale", "timeout", "budget",
}  # fmt: skip
"""Fields that are in the user's hand or in the units of a user's table."""

LARGEST = 1e15
"""Thirty million years of seconds are less, and so is any count or memory."""

Item = TypeVar("Item")


def require(holds: object, path: str, fault: str) -> None:
    """Refuse what was read unless something holds.

    Raises:
        UsageError: it does not; says where, and what is wrong there.
    """
    if not holds:
        raise UsageError(f"{path.removeprefix('.')} {fault}")


def entries(
    holder: Mapping[Any, Item] | Sequence[Item], path: str
) -> Iterator[tuple[str, Item]]:
    """Yield what a dict or a list at `path` holds, each with its path."""
    items: Iterable[tuple[Any, Item]] = enumerate(holder)
    if isinstance(holder, Mapping):
        items = holder.items()
    for key, item in items:
        yield f"{path}[{SHORT.repr(key)}]", item


def check_numbers(value: Any, path: str = "", name: str = "") -> None:
    """Hold every number below a record against what its field's name asks."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            check_numbers(item, f"{path}.{field.name}", field.name)
    elif isinstance(value, tuple | dict):
        for at, item in entries(value, path):
            check_numbers(item, at, name)
    elif isinstance(value, np.ndarray | int | float):
        numbers = np.asarray(value)
        if name not in MAY_BE_INFINITE:
            require(np.isfinite(numbers).all(), path, "is not finite")
        if name not in MAY_BE_INFINITE | UNBOUNDED:
            within = (np.abs(numbers) <= LARGEST).all()
            require(within, path, f"is beyond {LARGEST:g}")
        if name in ABOVE_ZERO:
            require((numbers > 0).all(), path, "is not above 0")


def check_sides(record: Any, path: str, names: Sequence[str]) -> None:
    """Require both sides in these fields."""
    for name in names:
        for side in SIDES:
            holds = side in getattr(record, name)
            require(holds, f"{path}.{name}", f"lacks the side {side!r}")


def check_scaling(scaling: Scaling | None, path: str, features: int) -> None:
    """Require that a scaling, if there is one, is of so many features."""
    if scaling is None:
        return
    named = len(scaling.features) == features
    require(named, f"{path}.features", f"does not name {features} features")
    for name in ("feature_means", "feature_scales"):
        fits = getattr(scaling, name).shape == (features,)
        require(fits, f"{path}.{name}", f"is not a list of {features} numbers")
