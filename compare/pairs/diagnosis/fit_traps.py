"""What Keras's `fit` did that its caller may not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from compare.records import Note, note
from compare.records.pairs import FitFacts
from compare.records.problem import Problem

SAME = 1e-6
"""Relative difference up to which two learning rates are the same: float32
holds one to 6e-8."""

DEFAULT_BATCH_SIZE = 32
"""Rows per update that Keras takes of arrays where it is not told."""

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
        fact: what was seen, in a sentence.
        cure: what to write, in one line.
        instead: the arguments of fit that mend it; none if none does.
    """

    key: str
    fact: Note
    cure: Note
    instead: dict[str, Any] = field(default_factory=dict)


def counts(
    name: str, updates: int, fits: Sequence[FitFacts]
) -> Iterator[Note]:
    """Yield how many updates and calls there were, where that surprises.

    Args:
        name: of the side.
        updates: how many the run should have made.
        fits: its calls of fit, in order.
    """
    made = sum(fit.updates for fit in fits)
    if fits and made != updates:
        yield note(
            "{side}'s fit made {made} updates where {updates} were asked for.",
            side=name,
            made=f"{made:,}",
            updates=f"{updates:,}",
        )
    if len(fits) > 1:
        yield note(
            "{side} called fit {count} times.",
            side=name,
            count=f"{len(fits):,}",
        )


def traps(name: str, fit: FitFacts, problem: Problem) -> Iterator[Trap]:
    """Yield what a call of fit did otherwise than the problem says.

    Args:
        name: of the side.
        fit: the call.
        problem: what the side was given.
    """
    for look in (_batch_size, _shuffle, _held_out, _generator, _rate):
        trap = look(name, fit, problem)
        if trap:
            yield trap
    yield from _settings(name, fit, problem)


def _size(fit: FitFacts) -> int:
    return fit.batch_size or DEFAULT_BATCH_SIZE


def _batch_size(name: str, fit: FitFacts, problem: Problem) -> Trap | None:
    wanted = problem.batch_size
    if fit.source != "arrays" or min(_size(fit), len(problem.x)) == wanted:
        return None
    values = {
        "side": name,
        "size": str(_size(fit)),
        "updates": f"{fit.last_epoch_updates:,}",
        "wanted": str(wanted),
    }
    given = Note(
        "{side}'s fit was given {size} rows per update, which makes {updates} "
        "per epoch; the problem has {wanted} rows per update.",
        values,
    )
    taken = Note(
        "{side}'s fit was given no batch_size, so it took {size} rows per "
        "update, which makes {updates} per epoch; the problem has {wanted} "
        "rows per update.",
        values,
    )
    return Trap(
        "fit-batch-size",
        given if fit.batch_size else taken,
        Note("fit(..., batch_size={wanted}).", values),
        {"batch_size": wanted},
    )


def _shuffle(name: str, fit: FitFacts, problem: Problem) -> Trap | None:
    batched = min(_size(fit), problem.batch_size) < len(problem.x)
    if fit.source != "arrays" or not fit.shuffle or not batched:
        return None
    told = note(
        "{side}'s fit shuffled the rows anew in every epoch, as it was told.",
        side=name,
    )
    untold = note(
        "{side}'s fit shuffled the rows anew in every epoch, which is its "
        "default.",
        side=name,
    )
    return Trap(
        "fit-shuffles",
        told if fit.shuffle_given else untold,
        note("fit(..., shuffle=False), or one order for both sides."),
        {"shuffle": False},
    )


def _held_out(name: str, fit: FitFacts, problem: Problem) -> Trap | None:
    if not fit.validation_split:
        return None
    return Trap(
        "validation-split",
        note(
            "{side}'s fit held out the last {share} of the rows, unshuffled, "
            "and did not train on them.",
            side=name,
            share=f"{fit.validation_split:.0%}",
        ),
        note("hold the same rows out on both sides."),
        {"validation_split": 0.0},
    )


def _generator(name: str, fit: FitFacts, problem: Problem) -> Trap | None:
    if fit.source != "generator" or fit.epochs == 1:
        return None
    return Trap(
        "fit-generator",
        note(
            "{side}'s fit got a Python generator for {epochs} epochs; one "
            "that ends does not start again.",
            side=name,
            epochs=fit.epochs,
        ),
        note("give a tf.data.Dataset, or a generator that never ends."),
    )


def _rate(name: str, fit: FitFacts, problem: Problem) -> Trap | None:
    wanted = float(problem.hyper.get("learning_rate") or 0)
    if (
        not wanted
        or not fit.learning_rate
        or np.isclose(fit.learning_rate, wanted, rtol=SAME)
    ):
        return None
    values = {
        "side": name,
        "optimizer": fit.optimizer,
        "rate": f"{fit.learning_rate:.6g}",
        "wanted": f"{wanted:.6g}",
    }
    return Trap(
        "optimizer-string",
        Note(
            "{side}'s optimizer {optimizer} has the learning rate {rate}; the "
            "problem has {wanted}.",
            values,
        ),
        Note(
            "compile(optimizer=keras.optimizers.{optimizer}({wanted})).",
            values,
        ),
        {"learning_rate": wanted},
    )


def _settings(name: str, fit: FitFacts, problem: Problem) -> Iterator[Trap]:
    for setting, value in fit.settings.items():
        if setting not in problem.hyper:
            yield Trap(
                SETTING_KEYS[setting],
                note(
                    "{side}'s optimizer {optimizer} has {setting}={value}, of "
                    "which the problem says nothing.",
                    side=name,
                    optimizer=fit.optimizer,
                    setting=setting,
                    value=f"{value:g}",
                ),
                note(
                    "leave {setting} out, or have it on both sides.",
                    setting=setting,
                ),
                {setting: 0.0 if setting == "momentum" else None},
            )
