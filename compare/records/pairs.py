"""The records of pairs that users bring."""

from __future__ import annotations

from dataclasses import dataclass, field

from compare.records import SCHEMA_VERSION, Verdict


@dataclass(frozen=True)
class FitFacts:
    """What one call of Keras's `fit` did, read while it ran.

    Attributes:
        source: "arrays", "dataset", "generator" or the type's name.
        rows: rows in x; None where the source does not know.
        batch_size: as given; None where it was left to Keras, which takes 32
            for arrays.
        shuffle: whether the order of rows was drawn anew.
        shuffle_given: whether the caller said so, or left it to Keras.
        epochs: passes asked for.
        updates: updates that were made, counted.
        last_epoch_updates: of these, in the last epoch.
        validation_split: share of rows that was held out.
        run_eagerly: whether the model ran without compiling.
        optimizer: its class.
        learning_rate: of the optimizer when fit began; None for a schedule.
        loss: as given to compile.
    """

    source: str
    rows: int | None
    batch_size: int | None
    shuffle: bool
    shuffle_given: bool
    epochs: int
    updates: int
    last_epoch_updates: int
    validation_split: float
    run_eagerly: bool
    optimizer: str
    learning_rate: float | None
    loss: str


@dataclass(frozen=True)
class PairReport:
    """What `pair` writes to pair.json.

    Attributes:
        command: how the user asked.
        left, right: the functions, as "file.py:function".
    """

    command: str
    left: str
    right: str
    verdict: Verdict
    schema_version: int = field(default=SCHEMA_VERSION)
