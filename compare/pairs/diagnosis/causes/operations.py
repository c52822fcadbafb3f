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

from compare.pairs.diagnosis.causes.naming import Case, cause
from compare.pairs.diagnosis.causes.operation_changes import changes
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.replay import (
    Change,
    Replay,
    before_activation,
    head_of,
    shared,
)
from compare.records.diagnosis import Cause
from compare.records.note import Note

MOST = 3
"""Things that are looked for at once."""

SECONDS = 6.0
"""After so long the search ends without a cause."""


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


Chosen = tuple[tuple[Change, ...], tuple[Change, ...]]
"""Changes of each side."""


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
    search = _Search(replays, ends, [h.logits for h in heads], case.bound)
    if search.apart(((), ())) <= case.bound:
        return
    chosen = search.changes()
    if chosen is None:
        return
    left = search.apart(chosen)
    for number, side in enumerate(case.sides):
        for change in chosen[number]:
            others = tuple(c for c in chosen[number] if c is not change)
            without = (
                (others, chosen[1]) if number == 0 else (chosen[0], others)
            )
            operation = search.replays[number].operations[change.places[0]]
            yield cause(
                "model",
                side,
                change.key,
                change.title.given(
                    side=side.name, other=case.other(side).name
                ),
                Note("compute the same on both sides."),
                left,
                search.apart(without),
                place=operation.place,
            )


@dataclass(frozen=True)
class _Made:
    """What a side's operations made.

    Attributes:
        heads: the prediction, and its logits where it has them.
        moments: of all tensors, see `Replay.moments`.
    """

    heads: list[np.ndarray]
    moments: np.ndarray

    def apart(self, other: _Made, constant: bool) -> float:
        """Return how far the predictions are from each other.

        Args:
            other: what the other side made.
            constant: whether predictions may be the same for all rows.
        """
        pairs = [(a, b) for a in self.heads for b in other.heads]
        shown = [
            gap(a, b) for a, b in pairs if constant or np.ptp(a) or np.ptp(b)
        ]
        return min(shown, default=np.inf)

    def alike(self, other: _Made, bound: float) -> int:
        """Count the tensors that both make."""
        mine, its = self.moments, other.moments
        return shared(mine, its, bound) + shared(its, mine, bound)


class _Search:
    """Looks for changes that make two rows of operations agree."""

    def __init__(
        self,
        replays: tuple[Replay, Replay],
        heads: Sequence[Sequence[int]],
        logits: Sequence[bool],
        bound: float,
    ) -> None:
        self.replays = replays
        self._heads = heads
        self._logits = logits
        self._bound = bound
        self._until = time.monotonic() + SECONDS
        plain = [self._made(number, ()) for number in (0, 1)]
        self._constant = all(m and not np.ptp(m.heads[0]) for m in plain)
        own = [_constants(replay) for replay in replays]
        self._candidates = [
            (number, change)
            for number, replay in enumerate(replays)
            for change in changes(replay, own[1 - number] - own[number])
        ]

    def changes(self) -> Chosen | None:
        """Return the changes; None if none were found."""
        chosen: Chosen = ((), ())
        for _ in range(MOST):
            made = [self._made(n, own) for n, own in enumerate(chosen)]
            best, score = None, self._alike(made)
            for number, change in self._candidates:
                if time.monotonic() > self._until:
                    return None
                own = (*chosen[number], change)
                both = list(made)
                both[number] = self._made(number, own)
                tried = (own, chosen[1]) if number == 0 else (chosen[0], own)
                if self._apart(both) <= self._bound:
                    return tried
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

    def _made(self, number: int, own: Sequence[Change]) -> _Made | None:
        import tensorflow as tf

        replay = self.replays[number]
        tensors = replay.run(own)
        if tensors is None:
            return None
        heads = [np.asarray(tensors[head]) for head in self._heads[number]]
        if self._logits[number]:
            last = tensors[replay.head]
            heads.append(np.asarray(tf.nn.sigmoid(last)))
            if last.shape[-1] > 1:  # else it is 1, whatever it is of
                heads.append(np.asarray(tf.nn.softmax(last)))
        return _Made(heads, replay.moments(tensors))

    def _apart(self, made: Sequence[_Made | None]) -> float:
        one, other = made
        if one is None or other is None:
            return np.inf
        return one.apart(other, self._constant)

    def _alike(self, made: Sequence[_Made | None]) -> int:
        one, other = made
        if one is None or other is None:
            return -1
        return one.alike(other, 10 * self._bound)


def _constants(replay: Replay) -> set[float]:
    """Return the single numbers that operations take."""
    tensors = replay.update.tensors
    return {
        float(tensors[number].ravel()[0])
        for operation in replay.operations.values()
        for number in operation.inputs
        if tensors[number].size == 1 and tensors[number].dtype.kind == "f"
    }
