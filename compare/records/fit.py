"""The records of `fit`: where its time goes, and what cures it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from compare.records import Mode, Side
from compare.records.timing import Sample
from compare.records.variants import Variant
from compare.records.verdicts import Verdict

PARTS = {
    "opening": "open data iterators",
    "closing": "close data iterators",
    "program": "compiled update",
    "train_function": "train_function around it",
    "callbacks": "callbacks",
    "metrics": "metrics, logs to Python numbers",
}
"""Name in `EpochSample.parts` -> what it is, for people."""


@dataclass(frozen=True)
class Part:
    """One kind of work in an epoch, the work inside it counted elsewhere.

    Attributes:
        calls: per epoch, in the main thread.
        seconds: per epoch.
    """

    calls: float
    seconds: float


@dataclass(frozen=True)
class EpochSample:
    """One fresh process that watched an epoch.

    Attributes:
        plain_seconds: an epoch of a training without timers.
        seconds: an epoch of another training, with timers.
        parts: by name in `PARTS`; at most `seconds` in all.
    """

    plain_seconds: float
    seconds: float
    parts: dict[str, Part]

    @property
    def rest(self) -> float:
        """Seconds per epoch outside all parts."""
        return self.seconds - sum(p.seconds for p in self.parts.values())


@dataclass(frozen=True)
class Breakdown:
    """An epoch of the textbook `fit`, in several processes.

    Attributes:
        graph_optimiser: whether TensorFlow's graph optimiser was on.
        epochs: how many epochs each sample is the mean of.
    """

    mode: Mode
    graph_optimiser: bool
    epochs: int
    samples: tuple[EpochSample, ...]


@dataclass(frozen=True)
class VariantReport:
    """What was found out about one variant.

    Attributes:
        title: what it does.
        change: the lines of its source that its base does not have.
        verdict: whether it is the training of the variant it is against.
        samples: one per process, an epoch being one update; none where the
            verdict is no agreement.
    """

    variant: Variant
    title: str
    change: tuple[str, ...]
    verdict: Verdict
    samples: tuple[Sample, ...]

    @property
    def name(self) -> str:
        """Return the variant's name."""
        return self.variant.name

    @property
    def per_update(self) -> list[float]:
        """Seconds per update, one value per process."""
        return [sample.per_epoch for sample in self.samples]


@dataclass(frozen=True)
class CallSample:
    """What a call that makes many updates consists of, in one process.

    Attributes:
        call: seconds that the compiled program takes for a single update.
        updates: what it takes longer for all of them.
        around: from one call to the next, in Python.
    """

    call: float
    updates: float
    around: float


@dataclass(frozen=True)
class CallCost:
    """What a call of a variant consists of."""

    variant: str
    updates_per_call: int
    samples: tuple[CallSample, ...]


@dataclass(frozen=True)
class FitReport:
    """Where the time of Keras's `fit` goes, and what cures it.

    Attributes:
        updates: how many updates times are shown for.
        compared_after: after how many updates parameters were compared.
        breakdowns: with the graph optimiser on and off.
        variants: from the textbook to the fastest, the manual ones first.
        calls: of variants that make many updates per call.
        left_out: what is missing in this report, and why.
    """

    updates: int
    compared_after: tuple[int, ...]
    breakdowns: tuple[Breakdown, ...]
    variants: tuple[VariantReport, ...]
    calls: tuple[CallCost, ...]
    left_out: tuple[str, ...]

    @property
    def textbook(self) -> Breakdown | None:
        """Return the breakdown of `fit` as it is, or None."""
        return next((b for b in self.breakdowns if b.graph_optimiser), None)

    def find(self, name: str) -> VariantReport | None:
        """Return a variant by its name, or None."""
        return next((v for v in self.variants if v.name == name), None)

    def fastest(self, side: Side) -> VariantReport | None:
        """Return the variant of a side with the shortest median time."""
        return min(
            (v for v in self.variants if v.variant.side == side and v.samples),
            key=lambda timed: statistics.median(timed.per_update),
            default=None,
        )
