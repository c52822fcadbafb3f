"""The records of pairs that users bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from compare.records.note import Note, note
from compare.records.timing import Paired
from compare.records.verdicts import Verdict


@dataclass(frozen=True)
class FitFacts:
    """What one call of Keras's `fit` did, read while it ran.

    Attributes:
        source: "arrays", "dataset", "generator" or the type's name.
        rows: rows in x; None where the source does not know.
        batch_size: as given; None where it was left to Keras, which takes 32
            for arrays.
        shuffle: whether the order of rows was drawn anew.
        epochs: passes asked for.
        updates: updates that were made, counted.
        validation_split: share of rows that was held out.
        run_eagerly: whether the model ran without compiling.
        optimizer: its class.
        learning_rate: of the optimizer when fit began; None for a schedule.
        settings: what else is set on the optimizer, such as "momentum" or
            "weight_decay", by name.
    """

    source: str
    rows: int | None
    batch_size: int | None
    shuffle: bool
    epochs: int
    updates: int
    validation_split: float
    run_eagerly: bool
    optimizer: str
    learning_rate: float | None
    settings: dict[str, float] = field(default_factory=dict)


UNROLLED = 2_000
"""Operations in a graph from which a loop was unrolled: an update of a small
model has some hundred."""


@dataclass(frozen=True)
class SideCost:
    """What one side costs, from one fresh process.

    Attributes:
        side: its name.
        start_seconds: build, trace and compile.
        seconds_per_update: from the slope between one epoch and all.
        updates: made in the longer run.
        traces: how often `tf.function` traced in it.
        traces_at_first: in the run of one epoch.
        graph_nodes: operations in the largest graph that was traced.
        fits: calls of Keras's `fit`.
        run_eagerly: whether a model ran without compiling.
    """

    side: str
    start_seconds: float
    seconds_per_update: float
    updates: int
    traces: int
    traces_at_first: int
    graph_nodes: int
    fits: int
    run_eagerly: bool

    def reasons(self) -> Iterator[Note]:
        """Say what makes it slow, if something in the counts does."""
        if self.traces > self.traces_at_first:
            yield note(
                "{side} is traced anew on the way: {traces} traces in "
                "{updates} updates; make the `tf.function` once, outside the "
                "loop, and give it tensors, not Python numbers.",
                side=self.side,
                traces=f"{self.traces:,}",
                updates=f"{self.updates:,}",
            )
        if self.graph_nodes > UNROLLED:
            yield note(
                "{side} has a graph of {nodes} operations, as a Python loop "
                "gives that is unrolled: use `tf.range`.",
                side=self.side,
                nodes=f"{self.graph_nodes:,}",
            )
        if not self.traces:
            yield note(
                "{side} runs eagerly: no `tf.function` was traced; decorate "
                "the whole update.",
                side=self.side,
            )
        if self.run_eagerly:
            yield note(
                "{side}'s model has `run_eagerly` on: leave it out of "
                "`compile`.",
                side=self.side,
            )
        if self.fits > 1:
            yield note(
                "{side} called `fit` {fits} times: call it once with "
                "`epochs=`.",
                side=self.side,
                fits=f"{self.fits:,}",
            )


@dataclass(frozen=True)
class Costs:
    """What both sides cost.

    Attributes:
        sides: each alone.
        paired: both in the same processes; None where that gave nothing.
        left_out: what is missing, and why: one sentence each, no full stop.
    """

    sides: tuple[SideCost, ...]
    paired: Paired | None
    left_out: tuple[str, ...]


def name_in(reference: str) -> str:
    """Return the function of a "file.py:function", or a script's file."""
    return reference.rpartition(":")[2].rpartition("/")[2]


def told_apart(left: str, right: str) -> tuple[str, str]:
    """Return two names that are never equal."""
    if left == right:
        return f"left {left}", f"right {right}"
    return left, right


@dataclass(frozen=True)
class OwnPair:
    """What `pair` found out.

    Attributes:
        left, right: the sides, as "file.py:function" or "file.py".
        costs: of both sides, where asked for and the sides agree.
    """

    left: str
    right: str
    verdict: Verdict
    costs: Costs | None = None

    @property
    def names(self) -> tuple[str, str]:
        """What the sides are called: the function, or the script's file."""
        return told_apart(name_in(self.left), name_in(self.right))

    @property
    def name(self) -> str:
        """What the pair is called."""
        return " / ".join(self.names)
