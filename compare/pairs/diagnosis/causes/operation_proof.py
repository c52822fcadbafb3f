"""Whether changes of operations explain more than the numbers of one update.

That two predictions agree may be an accident: what is multiplied by 0 agrees
whatever it is. So both sides are computed again from other parameters. They
have to agree there too, and every parameter has to count as it did before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from compare.pairs.diagnosis.causes.naming import Case
from compare.pairs.diagnosis.closeness import gap
from compare.pairs.diagnosis.replay import Change, Moved, shared

Chosen = tuple[tuple[Change, ...], tuple[Change, ...]]
"""Changes of each side."""

LEAST_SHIFT = 0.1
"""By how much parameters are moved that are 0."""


@dataclass(frozen=True)
class Made:
    """What a side's operations made.

    Attributes:
        heads: the prediction, and its logits where it has them.
        moments: of all tensors, see `Replay.moments`.
    """

    heads: list[np.ndarray]
    moments: np.ndarray

    def apart(self, other: Made, constant: bool) -> float:
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

    def alike(self, other: Made, bound: float) -> int:
        """Count the tensors that both make."""
        mine, its = self.moments, other.moments
        return shared(mine, its, bound) + shared(its, mine, bound)


Compute = Callable[[int, Sequence[Change], Moved | None], Made | None]
"""What a side makes with some changes, from other parameters."""


class Proof:
    """Computes both sides again from other parameters.

    Args:
        case: the sides.
        compute: see `Compute`.
    """

    def __init__(self, case: Case, compute: Compute) -> None:
        self._bound = case.bound
        self._compute = compute
        names = set(case.left.steps[0].taken) & set(case.right.steps[0].taken)
        self._pairs = [
            tuple(side.numbers[name] for side in case.sides)
            for name in sorted(names)
        ]
        self._count: list[set[int]] | None = None

    def holds(self, chosen: Chosen) -> bool:
        """Whether both sides agree with these changes, not by accident."""
        made = [self._made(n, chosen[n], _scaled) for n in (0, 1)]
        if made[0] is None or made[1] is None:
            return False
        if made[0].apart(made[1], constant=True) > self._bound:
            return False
        if self._count is None:
            self._count = [self._counting(n, ()) for n in (0, 1)]
        return all(
            self._counting(n, chosen[n]) >= self._count[n] for n in (0, 1)
        )

    def _made(
        self,
        number: int,
        own: Sequence[Change],
        how: Callable[..., np.ndarray],
    ) -> Made | None:
        """Compute a side from parameters that are all moved."""
        moved = {
            pair[number]: _seeded(how, seed)
            for seed, pair in enumerate(self._pairs)
        }
        return self._compute(number, own, moved)

    def _counting(self, number: int, own: Sequence[Change]) -> set[int]:
        """Return which parameters change the prediction."""
        plain = self._compute(number, own, None)
        if plain is None:
            return set()
        found = set()
        for seed, pair in enumerate(self._pairs):
            moved = {pair[number]: _seeded(_shifted, seed)}
            made = self._compute(number, own, moved)
            if made and gap(made.heads[0], plain.heads[0]) > self._bound:
                found.add(seed)
        return found


def _seeded(
    how: Callable[..., np.ndarray], seed: int
) -> Callable[[np.ndarray], np.ndarray]:
    """Return what moves a parameter the same way on both sides."""

    def moved(value: np.ndarray) -> np.ndarray:
        draws = np.random.default_rng(seed).uniform(-1, 1, value.size)
        made = how(value, draws.reshape(value.shape))
        return np.asarray(made, value.dtype)

    return moved


def _scaled(value: np.ndarray, draws: np.ndarray) -> np.ndarray:
    return np.asarray(value * (1 + draws / 2))


def _shifted(value: np.ndarray, draws: np.ndarray) -> np.ndarray:
    size = max(float(np.abs(value).max(initial=0)), LEAST_SHIFT)
    return np.asarray(value + draws * size)
