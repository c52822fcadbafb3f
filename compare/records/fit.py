"""The records of `fit`: where its time goes, and what cures it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from compare.records import Mode, Side, Verdict


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
        parts: name -> what the timers found; at most `seconds` in all.
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
class FormSample:
    """One fresh process that timed a form.

    Attributes:
        start: seconds before the slope begins: model, tracing, compiling.
        per_update: seconds, from the slope over two lengths of training.
        runs: (updates, seconds) of every training, the first a warm-up.
    """

    start: float
    per_update: float
    runs: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class FormReport:
    """One form of the training.

    Attributes:
        name: the function in `compare.studies.fit`.
        title: what it does.
        base: the form that it changes, or None.
        change: the lines of its source that the base does not have.
        mode: how one update runs.
        same_as: the manual form that it must train alike, or None for the
            loop that all others go back to.
        verdict: whether it does; None where there is nothing to compare.
        samples: empty where it does not.
    """

    name: str
    side: Side
    title: str
    base: str | None
    change: tuple[str, ...]
    mode: Mode
    same_as: str | None
    verdict: Verdict | None
    samples: tuple[FormSample, ...]

    @property
    def per_update(self) -> list[float]:
        """Seconds per update, one value per process."""
        return [sample.per_update for sample in self.samples]


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
    """What a call consists of; `form` makes `updates_per_call` updates."""

    form: str
    updates_per_call: int
    samples: tuple[CallSample, ...]


@dataclass(frozen=True)
class FitReport:
    """Where the time of Keras's `fit` goes, and what cures it.

    Attributes:
        updates: how many updates the times of forms are shown for.
        compared_after: after how many updates parameters were compared.
        breakdowns: with the graph optimiser on and off.
        forms: from the textbook forms to the fastest, the manual ones first.
        calls: of the forms that make many updates per call.
        left_out: what is missing in this report, and why.
    """

    updates: int
    compared_after: tuple[int, ...]
    breakdowns: tuple[Breakdown, ...]
    forms: tuple[FormReport, ...]
    calls: tuple[CallCost, ...]
    left_out: tuple[str, ...]

    @property
    def textbook(self) -> Breakdown | None:
        """Return the breakdown of `fit` as it is, or None."""
        return next((b for b in self.breakdowns if b.graph_optimiser), None)

    def find(self, name: str) -> FormReport | None:
        """Return a form by its name, or None."""
        return next((f for f in self.forms if f.name == name), None)

    def fastest(self, side: Side) -> FormReport | None:
        """Return the form of a side with the shortest median time."""
        return min(
            (f for f in self.forms if f.side == side and f.samples),
            key=lambda form: statistics.median(form.per_update),
            default=None,
        )
