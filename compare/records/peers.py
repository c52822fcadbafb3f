"""The records of `peers`: one training in several frameworks."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np

from compare.records import Mode
from compare.records.verdicts import Verdict

Backend = Literal["tensorflow", "jax", "torch"]

Kind = Literal["manual", "keras", "other", "limit"]


@dataclass(frozen=True)
class PeerSample:
    """Times of one implementation in one fresh process, in seconds.

    Attributes:
        import_seconds: importing NumPy and the implementation, with all that
            it imports, in a process that has imported neither.
        first_call: the first training, of one epoch or of one call where a
            call makes many updates; with all that is built, traced and
            compiled for it.
        per_update: from the slope over two lengths of later trainings.
        runs: (updates, seconds) of every training that was timed, in order.
    """

    import_seconds: float
    first_call: float
    per_update: float
    runs: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class PeerResult:
    """What was found out about one implementation.

    Attributes:
        name: for people.
        kind: by hand in TensorFlow, in Keras, in another framework, or the
            least that this arithmetic can take.
        reference: the exhibit that was run.
        mode: how one update ran, where the implementation has modes.
        backend: Keras's backend; None where Keras is not used.
        against: name of what it was compared with: a result, or the same
            with a shuffled dataset's second order.
        verdict: on its run against that one; of a result against itself,
            whether it ran.
        note: why it is known to be another training, or "".
        details: the end of what a run that failed printed, or "".
        ends: what the training returned, by name.
        samples: one per timed process; none if it is another training.
    """

    name: str
    kind: Kind
    reference: str
    mode: Mode
    backend: Backend | None
    against: str
    verdict: Verdict
    note: str
    details: str
    ends: dict[str, np.ndarray]
    samples: tuple[PeerSample, ...] = ()

    @property
    def is_reference(self) -> bool:
        """Whether it is what others are compared with, and ran."""
        return self.name == self.against and self.verdict.agree

    @property
    def per_update(self) -> list[float]:
        """Seconds per update, one value per process."""
        return [sample.per_update for sample in self.samples]


@dataclass(frozen=True)
class Peers:
    """One lesson's training in several frameworks, side by side.

    Attributes:
        lesson: which training.
        updates: how many updates were recorded and compared.
        versions: what was used besides TensorFlow and Keras, by name.
        results: in the order of the catalogue.
        left_out: what is missing, and why: one sentence each, no full stop.
        floor: what all are compared with, timed as if it were another.
    """

    lesson: str
    updates: int
    versions: dict[str, str]
    results: tuple[PeerResult, ...]
    left_out: tuple[str, ...]
    floor: tuple[PeerSample, ...] = ()

    @property
    def limit(self) -> PeerResult | None:
        """Return the least that this arithmetic takes, where it was timed."""
        limits = (r for r in self.results if r.kind == "limit" and r.samples)
        return next(limits, None)

    def slowest_first(self) -> list[PeerResult]:
        """Sort by median time per update; what has none comes last."""
        return sorted(
            self.results,
            key=lambda result: -statistics.median(result.per_update or [-inf]),
        )
