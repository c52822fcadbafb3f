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
    """

    lessons: tuple[str, ...]
    settings: Settings
    modes: tuple[Mode, ...]
    effort: Effort | None
    quick: bool
    timeout: float
    command: str
