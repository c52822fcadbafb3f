"""What Keras's `fit` did that its caller may not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compare.records.pairs import FitFacts
from compare.records.problem import Problem

SAME = 1e-6
"""Relative difference up to which two learning rates are the same: float32
holds one to 6e-8."""


SETTING_KEYS = {
    "momentum": "momentum",
    "weight_decay": "keras-weight-decay",
    "clipnorm": "clip-forgotten",
    "clipvalue": "clip-forgotten",
    "global_clipnorm": "clip-forgotten",
}
"""Where the catalogue has what one side sets on its optimizer."""


@dataclass(frozen=True)
class Trap:
    """One thing that a call of `fit` did otherwise than the problem says.

    Attributes:
        key: of the mistake in the catalogue.
        fact: what was seen, a sentence that begins with the side's name.
        cure: what to write, in one line.
        instead: the arguments of fit that mend it; none if none does.
    """

    key: str
    fact: str
    cure: str
    instead: dict[str, Any] = field(default_factory=dict)


def counts(name: str, updates: int, fits: Sequence[FitFacts]) -> Iterator[str]:
    """Yield how many updates and calls there were, where that surprises.

    Args:
        name: of the side.
        updates: how many the run should have made.
        fits: its calls of fit, in order.
    """
    made = sum(fit.updates for fit in fits)
    if fits and made != updates:
        yield (
            f"{name}'s fit made {made:,} updates where {updates:,} were "
            "asked for."
        )
    if len(fits) > 1:
        yield f"{name} called fit {len(fits):,} times."


def traps(name: str, fit: FitFacts, problem: Problem) -> Iterator[Trap]:
    """Yield what a call of fit did otherwise than the problem says.

    Args:
        name: of the side.
        fit: the call.
        problem: what the side was given.
    """
    rows = len(problem.x)
    size = min(fit.batch_size or 32, rows)
    wanted = problem.batch_size
    if fit.source == "arrays" and size != wanted:
        how = (
            f"{fit.batch_size} rows per update"
            if fit.batch_size
            else "no batch_size, so it took 32 rows per update"
        )
        yield Trap(
            "fit-batch-size",
            f"{name}'s fit was given {how}, {fit.last_epoch_updates} "
            f"{'updates' if fit.last_epoch_updates > 1 else 'update'} per "
            f"epoch; the problem has {wanted} rows per update.",
            f"fit(..., batch_size={wanted})",
            {"batch_size": wanted},
        )
    if fit.source == "arrays" and fit.shuffle and min(size, wanted) < rows:
        how = "as it was told" if fit.shuffle_given else "which is its default"
        yield Trap(
            "fit-shuffles",
            f"{name}'s fit shuffled the rows anew in every epoch, {how}.",
            "fit(..., shuffle=False), or one order for both sides",
            {"shuffle": False},
        )
    if fit.validation_split:
        yield Trap(
            "validation-split",
            f"{name}'s fit held out the last {fit.validation_split:.0%} of "
            "the rows, unshuffled, and did not train on them.",
            "hold the same rows out on both sides",
            {"validation_split": 0.0},
        )
    if fit.source == "generator" and fit.epochs > 1:
        yield Trap(
            "fit-generator",
            f"{name}'s fit got a Python generator for {fit.epochs} epochs; "
            "one that ends does not start again.",
            "give a tf.data.Dataset, or a generator that never ends",
        )
    rate = problem.hyper.get("learning_rate")
    if (
        rate
        and fit.learning_rate
        and not np.isclose(fit.learning_rate, float(rate), rtol=SAME)
    ):
        yield Trap(
            "optimizer-string",
            f"{name}'s optimizer {fit.optimizer} has the learning rate "
            f"{fit.learning_rate:.6g}; the problem has {float(rate):.6g}.",
            f"compile(optimizer=keras.optimizers.{fit.optimizer}"
            f"({float(rate):.6g}))",
            {"learning_rate": float(rate)},
        )
    for setting, value in fit.settings.items():
        if setting not in problem.hyper:
            yield Trap(
                SETTING_KEYS[setting],
                f"{name}'s optimizer {fit.optimizer} has {setting}={value:g}, "
                "of which the problem says nothing.",
                f"leave {setting} out, or have it on both sides",
                {setting: 0.0 if setting == "momentum" else None},
            )
