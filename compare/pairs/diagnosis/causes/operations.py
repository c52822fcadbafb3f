"""Model: the operations of one side, changed until they give the other's.

Whatever a model is written with, its update is a row of TensorFlow's
operations. They are run again with one thing done otherwise; what makes more
of the tensors those of the other side is kept, and the next is looked for. It
is believed only if it ends in the other side's prediction.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compare.pairs.diagnosis.causes.changed import changed_causes
from compare.pairs.diagnosis.causes.hints import hints_of
from compare.pairs.diagnosis.causes.naming import Case
from compare.pairs.diagnosis.causes.operation_changes import changes
from compare.pairs.diagnosis.causes.operation_proof import Chosen, Made, Proof
from compare.pairs.diagnosis.heads import before_activation, head_of
from compare.pairs.diagnosis.replay import Change, Moved, Replay
from compare.records.diagnosis import Cause

MOST = 3
"""Things that are looked for at once."""

FACTORS = ("Mul", "RealDiv", "Mean", "Sum")
"""Kinds that may do no more than multiply by a number."""

SECONDS = 12.0
"""After so long, as this process counts, the search ends without a cause."""


@dataclass(frozen=True)
class Head:
    """What a model gives to its loss.

    Attributes:
        value: the prediction.
        squashed: whether the loss is one that takes logits as well: then
            these may stand for a softmax or sigmoid of them.
        logits: whether the loss takes it for logits, and squashes it itself.
    """

    value: np.ndarray
    squashed: bool
    logits: bool


def operation_causes(
    case: Case, update: int, heads: Sequence[Head]
) -> Iterator[Cause]:
    """Yield the fewest changes of operations after which both sides agree.

    Args:
        case: the sides.
        update: which update, from 0; both took the same batch.
        heads: the predictions of both.
    """
    steps = [side.steps[update].update for side in case.sides]
    found = [head_of(s, h.value) for s, h in zip(steps, heads, strict=True)]
    if found[0] is None or found[1] is None:
        return
    replays = Replay(steps[0], found[0]), Replay(steps[1], found[1])
    ends = [
        [replay.head, *(before_activation(replay) if head.squashed else [])]
        for replay, head in zip(replays, heads, strict=True)
    ]
    search = _Search(replays, ends, [h.logits for h in heads], case)
    if search.apart(((), ())) <= case.bound:
        return
    chosen = search.changes()
    if chosen is None:
        return
    yield from changed_causes(
        case, replays, chosen, search.apart, lambda replay, change: "model"
    )


class _Search:
    """Looks for changes that make two rows of operations agree."""

    def __init__(
        self,
        replays: tuple[Replay, Replay],
        heads: Sequence[Sequence[int]],
        logits: Sequence[bool],
        case: Case,
    ) -> None:
        self.replays = replays
        self._heads = heads
        self._logits = logits
        self._bound = case.bound
        self._until = time.process_time() + SECONDS
        plain = [self._made(number, ()) for number in (0, 1)]
        self._constant = all(m and not np.ptp(m.heads[0]) for m in plain)
        self._proof = Proof(case, self._made)
        self._candidates = [
            (number, change)
            for number, replay in enumerate(replays)
            for change in changes(
                replay, hints_of(replays[1 - number], replay, case.bound)
            )
        ]

    def changes(self) -> Chosen | None:
        """Return the changes; None if none were found."""
        chosen: Chosen = ((), ())
        for _ in range(MOST):
            made = [self._made(n, own) for n, own in enumerate(chosen)]
            best, score = None, self._alike(made)
            for number, change in self._candidates:
                if time.process_time() > self._until:
                    return None
                own = (*chosen[number], change)
                both = list(made)
                both[number] = self._made(number, own)
                tried = (own, chosen[1]) if number == 0 else (chosen[0], own)
                if self._apart(both) <= self._bound:
                    fewest = self._needed(tried)
                    if self._scales(fewest) < 2 and self._proof.holds(fewest):
                        return fewest
                    continue
                if (reached := self._alike(both)) > score:
                    best, score = tried, reached
            if best is None:
                return None
            chosen = best
        return None

    def apart(self, chosen: Chosen) -> float:
        """Return how far the predictions are from each other."""
        return self._apart(
            [self._made(n, own) for n, own in enumerate(chosen)]
        )

    def _scales(self, chosen: Chosen) -> int:
        """Count changes of a factor: two of them may stand for any one."""
        return sum(
            self.replays[number].operations[change.places[0]].kind in FACTORS
            and change.key in ("constant", "operation", "layer-left-out")
            for number, own in enumerate(chosen)
            for change in own
        )

    def _needed(self, chosen: Chosen) -> Chosen:
        """Leave out what is not needed for both sides to agree."""
        for number, own in enumerate(chosen):
            for change in own:
                fewer = tuple(c for c in own if c is not change)
                tried = (
                    (fewer, chosen[1]) if number == 0 else (chosen[0], fewer)
                )
                if self.apart(tried) <= self._bound:
                    return self._needed(tried)
        return chosen

    def _made(
        self, number: int, own: Sequence[Change], moved: Moved | None = None
    ) -> Made | None:
        import tensorflow as tf

        replay = self.replays[number]
        tensors = replay.run(own, moved)
        if tensors is None:
            return None
        heads = [np.asarray(tensors[head]) for head in self._heads[number]]
        if self._logits[number]:
            last = tensors[replay.head]
            heads.append(np.asarray(tf.nn.sigmoid(last)))
            if last.shape[-1] > 1:  # of one number it is always 1
                heads.append(np.asarray(tf.nn.softmax(last)))
        return Made(heads, replay.moments(tensors))

    def _apart(self, made: Sequence[Made | None]) -> float:
        one, other = made
        if one is None or other is None:
            return np.inf
        return one.apart(other, self._constant)

    def _alike(self, made: Sequence[Made | None]) -> int:
        one, other = made
        if one is None or other is None:
            return -1
        return one.alike(other, 10 * self._bound)
