"""What a report shall be about."""

from __future__ import annotations

from dataclasses import dataclass

from compare.records import Mode
from compare.records.problem import Settings
from compare.records.timing import Effort


@dataclass(frozen=True)
class Request:
    """What to run.

    Attributes:
        lessons: names of lessons.
        settings: what the user changed.
        modes: in which modes, where a lesson can.
        effort: how long to time the pairs that agree; None for not at all.
        quick: fewer updates.
        timeout: seconds after which one process is stopped.
        command: how the user asked, for the report.
        digests: whether to keep the bits of every update, for `check`.
    """

    lessons: tuple[str, ...]
    settings: Settings
    modes: tuple[Mode, ...]
    effort: Effort | None
    quick: bool
    timeout: float
    command: str
    digests: bool = False


@dataclass(frozen=True)
class ProblemRequest:
    """What functions of a user's own shall train.

    Attributes:
        function: makes the problem, as "file.py:function"; "" for none.
        data: a table's file; "" for the first lesson's five rows.
        target, features: columns of the table; no features: all others.
        steps, learning_rate: None for 100 and 0.01; a function has its own.
        timeout: seconds after which one process is stopped.
    """

    function: str
    data: str
    target: str
    features: tuple[str, ...]
    steps: int | None
    learning_rate: float | None
    batch_size: int | None
    timeout: float


@dataclass(frozen=True)
class PairRequest:
    """Two functions of a user's own, as "file.py:function".

    Attributes:
        mode: in which mode, where the sides do not say that themselves.
        problem: what both train.
    """

    left: str
    right: str
    mode: Mode
    problem: ProblemRequest
