"""What a field of a record must be wherever the record stands."""

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
    "float64_bound", "distance", "bound", "gap", "first_update",
    "losses", "parameters", "results", "ends", "user_parameters", "hyper",
}  # fmt: skip
"""Fields that tell of trainings, which may leave the finite numbers."""

ABOVE_ZERO = {
    "rows", "features", "batch_size", "workers", "cpus", "learning_rate",
    "updates_per_epoch", "trials", "processes",
    "process_seconds", "epochs", "rounds", "budget", "timeout", "steps",
    "rate", "fixed", "limit", "largest_curvature", "largest_learning_rate",
    "feature_scales", "target_scale", "EpochSample.seconds", "Line.values",
    "Paired.factors", "Paired.floor", "Paired.seconds", "Pass.seconds",
    "PeerSample.per_update", "Timing.updates",
}  # fmt: skip
"""Fields that something is divided by, or that count what is there: in any
record, or in that one."""

FILLED = {
    "Breakdown.samples", "Calibration.reference", "Growth.lines",
    "Ladder.rungs", "LessonReport.verdicts", "Line.values", "Request.lessons",
    "Request.modes", "Trajectory.parameters",
}  # fmt: skip
"""Fields of which the first item is shown, or all are summed up."""

OF_BOTH_SIDES = {
    "Ladder.first", "Ladder.whole", "LessonReport.sizes",
    "LessonReport.sources", "Rung.added", "Rung.running", "Rung.sizes",
}  # fmt: skip
"""Fields that are shown side by side."""

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


def check_fields(value: Any, path: str = "", field: str = "") -> None:
    """Hold all below a record against what the names of its fields ask.

    Args:
        value: a record, or what is in one.
        path: where that stands.
        field: "Record.name" of the field that it is in.
    """
    if dataclasses.is_dataclass(value):
        for item in dataclasses.fields(value):
            name = f"{type(value).__name__}.{item.name}"
            at = f"{path}.{item.name}"
            check_fields(getattr(value, item.name), at, name)
    elif isinstance(value, np.ndarray | int | float):
        _check_numbers(np.asarray(value), path, field)
    elif isinstance(value, tuple | dict):
        require(value or field not in FILLED, path, "is empty")
        for side in SIDES if field in OF_BOTH_SIDES else ():
            require(side in value, path, f"lacks the side {side!r}")
        for at, inside in entries(value, path):
            check_fields(inside, at, field)


def _check_numbers(numbers: np.ndarray, path: str, field: str) -> None:
    name = field.rpartition(".")[2]
    if name not in MAY_BE_INFINITE:
        require(np.isfinite(numbers).all(), path, "is not finite")
    if name not in MAY_BE_INFINITE | UNBOUNDED:
        within = (np.abs(numbers) <= LARGEST).all()
        require(within, path, f"is beyond {LARGEST:g}")
    if {name, field} & ABOVE_ZERO:
        require((numbers > 0).all(), path, "is not above 0")


def check_scaling(scaling: Scaling | None, path: str, features: int) -> None:
    """Require that a scaling, if there is one, is of so many features."""
    if scaling is None:
        return
    named = len(scaling.features) == features
    require(named, f"{path}.features", f"does not name {features} features")
    for name in ("feature_means", "feature_scales"):
        fits = getattr(scaling, name).shape == (features,)
        require(fits, f"{path}.{name}", f"is not a list of {features} numbers")
