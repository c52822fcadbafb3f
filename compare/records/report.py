"""The records that a report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from compare.records import SCHEMA_VERSION, SIDES
from compare.records.across import Across
from compare.records.calibration import Calibration
from compare.records.findings import CodeSize, Convergence, TensorInfo, Theory
from compare.records.fit import FitReport
from compare.records.growth import Growth
from compare.records.ladder import Ladder
from compare.records.mistakes import MistakeReport
from compare.records.note import Note
from compare.records.pairs import OwnPair
from compare.records.peers import Peers
from compare.records.picture import Picture
from compare.records.problem import Scaling
from compare.records.rates import RateRun
from compare.records.runs import Failure, Snapshot, Trajectory
from compare.records.score import Score
from compare.records.streaming import Streaming
from compare.records.timing import Memory, Paired, Timing
from compare.records.verdicts import Check, Verdict


@dataclass(frozen=True)
class Environment:
    """Where and with what the report was made.

    Attributes:
        import_seconds: `import tensorflow` with keras, in the one process
            that the workers are forked from.
        import_bytes: resident memory of that process afterwards.
    """

    python: str
    tensorflow: str
    keras: str
    numpy: str
    system: str
    cpus: int
    devices: tuple[str, ...]
    import_seconds: float
    import_bytes: int


@dataclass(frozen=True)
class Points:
    """Some of a problem's rows, to be drawn.

    Attributes:
        x: shape (shown rows,) or (shown rows, features).
        y: shape (shown rows,) or (shown rows, 1).
        hessian: of the mean squared error in the parameters of a line,
            (kernel, bias), on all rows: shape (2, 2); None where there are
            other parameters.
        least_loss: the loss on all rows at the closed form, or None.
    """

    x: np.ndarray
    y: np.ndarray
    hessian: np.ndarray | None
    least_loss: float | None


@dataclass(frozen=True)
class LessonReport:
    """All that was found out about one lesson.

    Attributes:
        trajectories: thinned to at most 300 rows; `recorded_updates` holds
            the number of the update of each row. Of large models parameters
            are cut, see `compare.judging.thinning`.
        apart: for each of these how far the two runs that are drawn are
            apart, in units in the last place, where parameters were cut.
        user_parameters: side -> parameter -> value in the units of the
            user's table; empty where nothing was standardised.
        left_out: what is missing in this report, and why.
        within_1_percent: side -> the update after which the run was within
            1 % of the closed form, None if it never was.
        points: some of the rows, to be drawn, or None.
        pictures: side -> what it has learnt, where the lesson has a picture
            of its own.
        rates: other learning rates, tried on both sides.
        snapshots: what `check` holds the bits of later runs against; only a
            baseline has them.
        timings: what each side takes once, and for an update.
        paired: both sides in the same processes.
    """

    lesson: str
    title: str
    data: str
    rows: int
    features: int
    batch_size: int
    workers: int
    updates: int
    learning_rate: float
    notes: tuple[Note, ...]
    sources: dict[str, str]
    sizes: dict[str, CodeSize]
    verdicts: tuple[Verdict, ...]
    checks: tuple[Check, ...]
    trajectories: tuple[Trajectory, ...]
    recorded_updates: np.ndarray
    failures: tuple[Failure, ...]
    scaling: Scaling | None
    user_parameters: dict[str, dict[str, np.ndarray]]
    theory: Theory | None
    within_1_percent: dict[str, int | None]
    points: Points | None = None
    pictures: dict[str, Picture] = field(default_factory=dict)
    convergence: Convergence | None = None
    tensors: dict[str, tuple[TensorInfo, ...]] = field(default_factory=dict)
    rates: tuple[RateRun, ...] = ()
    timings: tuple[Timing, ...] = ()
    paired: tuple[Paired, ...] = ()
    memory: tuple[Memory, ...] = ()
    left_out: tuple[str, ...] = ()
    apart: np.ndarray | None = None
    snapshots: tuple[Snapshot, ...] = ()

    @property
    def rate_pairs(self) -> list[tuple[RateRun, RateRun]]:
        """Return the runs by hand and in Keras of each learning rate."""
        manual, keras = (
            [run for run in self.rates if run.side == side] for side in SIDES
        )
        return list(zip(manual, keras, strict=True))

    @property
    def all_verdicts(self) -> tuple[Verdict, ...]:
        """Return the verdicts on the pair and on each check."""
        return (*self.verdicts, *(check.verdict for check in self.checks))


def first_pair(runs: Sequence[Trajectory]) -> tuple[Trajectory, ...]:
    """Return manual and Keras run of the first mode that both ran, or ()."""
    by_key = {(run.mode, run.side): run for run in runs}
    for run in runs:
        if all((run.mode, side) in by_key for side in SIDES):
            return tuple(by_key[run.mode, side] for side in SIDES)
    return ()


@dataclass(frozen=True)
class Report:
    """What one command found out; its JSON form is the source of truth.

    `run` fills `lessons`; a command that measures something else writes a
    report of its own with its own section.
    """

    environment: Environment
    command: str
    lessons: tuple[LessonReport, ...] = ()
    fit: FitReport | None = None
    calibration: Calibration | None = None
    peers: Peers | None = None
    growth: Growth | None = None
    streaming: Streaming | None = None
    ladder: Ladder | None = None
    mistakes: tuple[MistakeReport, ...] = ()
    pair: OwnPair | None = None
    score: Score | None = None
    across: Across | None = None
    schema_version: int = field(default=SCHEMA_VERSION)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Return the verdicts that decide whether all pairs agree.

        A peer that is known to be another training decides nothing.
        """
        given = [v for lesson in self.lessons for v in lesson.all_verdicts]
        if self.pair:
            given.append(self.pair.verdict)
        if self.across:
            given += [meeting.verdict for meeting in self.across.between]
        if self.fit:
            given += [variant.verdict for variant in self.fit.variants]
        if self.growth:
            given += [cell.verdict for cell in self.growth.cells]
        if self.streaming:
            given += [c.verdict for c in self.streaming.cells if c.verdict]
        if self.peers:
            given += [
                result.verdict
                for result in self.peers.results
                if not (result.note and result.verdict.outcome == "different")
            ]
        return tuple(given)
