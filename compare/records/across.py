"""The records of `across`: the same training in several environments."""

from __future__ import annotations

from dataclasses import dataclass

from compare.records import MODES, Mode, Outcome
from compare.records.peers import Backend
from compare.records.timing import Paired
from compare.records.verdicts import Verdict

MODES_ON: dict[Backend, tuple[Mode, ...]] = {
    "tensorflow": MODES,
    "jax": ("eager", "xla"),
    "torch": ("eager",),
}
"""Modes of Keras on its backends: the others have no graphs, and what PyTorch
compiles with is not XLA."""


@dataclass(frozen=True)
class Place:
    """An environment.

    Attributes:
        name: what was asked for: "here", a requirement or an interpreter.
        backend: what Keras computes with.
        release: of that backend.
    """

    name: str
    python: str
    tensorflow: str
    keras: str
    numpy: str
    backend: Backend = "tensorflow"
    release: str = ""


@dataclass(frozen=True)
class Meeting:
    """Two runs of a training in one mode.

    Attributes:
        training: a lesson, or a function of one's own.
        side: "manual" or "keras": that side in the first environment and in
            this one; "" for a function; "both" for by hand against Keras
            within this one.
        place: name of this environment.
        verdict: on the two.
    """

    training: str
    side: str
    place: str
    verdict: Verdict


@dataclass(frozen=True)
class Speed:
    """A training that agrees, timed in two environments by turns.

    Attributes:
        training, side, place: as in `Meeting`.
        paired: the first environment is the left one. The noise is that of
            another process of it: what differs between processes is in both.
    """

    training: str
    side: str
    place: str
    paired: Paired


@dataclass(frozen=True)
class Trial:
    """A release that was held against the first one."""

    place: str
    outcome: Outcome


@dataclass(frozen=True)
class Bisection:
    """Between which two releases a training changed.

    Attributes:
        trials: in the order in which they were made.
        before: the last one that gives what the first one gives.
        after: the next one, which does not.
        left_out: releases that could not be tried, and why.
    """

    trials: tuple[Trial, ...]
    before: str
    after: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Across:
    """The same training in several environments.

    Attributes:
        places: the first is the one that others are held against.
        meetings: of each training, side, mode and further environment; for
            lessons also of both sides within each.
        bisection: where that was asked for.
        left_out: what was not run, and why: one sentence each.
        speeds: of what agrees, where that was asked for.
    """

    places: tuple[Place, ...]
    meetings: tuple[Meeting, ...]
    bisection: Bisection | None = None
    left_out: tuple[str, ...] = ()
    speeds: tuple[Speed, ...] = ()

    @property
    def between(self) -> list[Meeting]:
        """Return what was held against the first environment."""
        return [m for m in self.meetings if m.side != "both"]
