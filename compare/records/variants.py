"""The record of a variant: one of the ways to write the same training."""

from __future__ import annotations

from dataclasses import dataclass

from compare.records import Mode, Side


@dataclass(frozen=True)
class Variant:
    """One way to write the same full-batch training.

    Attributes:
        name: for people, its side first; unique.
        mode: how one update runs.
        function: what is called, as `worker.load_exhibit` takes it.
        base: the variant that it changes, or None.
        against: the variant compiled alike that it has to equal, and that a
            Keras variant's cost is compared with.
        fused: whether a call makes `steps_per_call` updates.
    """

    name: str
    side: Side
    mode: Mode
    function: str
    base: str | None
    against: str
    fused: bool = False
