"""How fast the same training is in two environments, by turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from compare.judging.ratios import FEWEST
from compare.lessons.exhibits import exhibit
from compare.pairs.across import Site, Trainings
from compare.pairs.costs import MOST_SECONDS, one_side, sides_by_turns
from compare.pairs.sides import is_script
from compare.records import Mode
from compare.records.across import Meeting, Speed
from compare.records.pairs import name_in
from compare.records.timing import Effort, Paired
from compare.running.apart import in_each_mode, take_duos_apart, take_part
from compare.running.duos import endless, one_exhibit
from compare.running.processes import Job, Progress

Found = tuple[tuple[Paired, ...], tuple[str, ...]]


class Stopwatch:
    """Times what agrees.

    Args:
        trainings: what ran.
        quick: whether the fewest processes suffice.
        timeout: seconds that one of them may take.
        progress: told of every process.

    Attributes:
        left_out: why something was not timed, one sentence each.
    """

    def __init__(
        self,
        trainings: Trainings,
        quick: bool,
        timeout: float,
        progress: Progress,
    ) -> None:
        self.left_out: list[str] = []
        self._trainings = trainings
        self._effort = Effort(FEWEST, None if quick else MOST_SECONDS)
        self._timeout = timeout
        self._progress = progress

    def speeds(
        self, meetings: Sequence[Meeting], sites: Sequence[Site]
    ) -> Iterator[Speed]:
        """Time each training where it agrees with the first environment.

        Args:
            meetings: of the first environment with others.
            sites: the environments.
        """
        others = {site.name: site for site in sites[1:]}
        modes: dict[tuple[str, str, str], list[Mode]] = {}
        for m in meetings:
            if m.verdict.agree:
                key = m.training, m.side, m.place
                modes.setdefault(key, []).append(m.verdict.mode)
        for (training, side, place), agree in modes.items():
            pair = sites[0], others[place]
            found, broken = self._timed(training, side, agree, pair)
            self.left_out += dict.fromkeys(broken)
            for paired in found:
                if paired.factors:
                    yield Speed(training, side, place, paired)

    def _timed(
        self,
        training: str,
        side: str,
        modes: Sequence[Mode],
        sites: tuple[Site, Site],
    ) -> Found:
        problem = self._trainings.lessons.get(training)
        if problem is None:
            return self._own(training, modes, sites)
        if problem.workers > 1:
            return (), (f"{training}: a cluster trains only once",)
        reference = exhibit(
            "manual" if side == "manual" else "keras", training
        )
        calls = {mode: endless(problem, mode)[1:] for mode in modes}
        given = (one_exhibit, (reference, problem))
        label = f"{training} {side}"
        return self._taken(
            label, given, (in_each_mode, (calls,)), modes, sites
        )

    def _own(
        self,
        training: str,
        modes: Sequence[Mode],
        sites: tuple[Site, Site],
    ) -> Found:
        """Time a function of one's own."""
        (reference,) = (
            own for own in self._trainings.own if name_in(own) == training
        )
        if is_script(reference):
            return (), (f"{training}: a script is not timed",)
        (mode,) = modes
        given = (one_side, (reference, self._trainings.problem, mode))
        plan = sides_by_turns, (self._trainings.problem, mode)
        return self._taken(training, given, plan, modes, sites)

    def _taken(
        self,
        label: str,
        given: tuple[Any, ...],
        plan: tuple[Any, tuple[Any, ...]],
        modes: Sequence[Mode],
        sites: tuple[Site, Site],
    ) -> Found:
        one, other = sites
        players = [
            Job(
                f"{label}, {site.name}: speed",
                take_part,
                given,
                home=site.home,
            )
            for site in (one, other, one)
        ]
        return take_duos_apart(
            label,
            players,
            *plan,
            modes,
            self._effort,
            self._timeout,
            self._progress,
        )
