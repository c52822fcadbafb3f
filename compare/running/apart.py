"""Trainings in processes of their own that take turns, told through pipes.

So the same training can be timed in two environments, in blocks AB BA as
`duos` does within one process. What differs between processes does not drop
out here: so a second process of the first environment takes part, which shows
how large that is, and each round has fresh processes.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from compare.records import Mode
from compare.records.timing import Effort, Paired
from compare.running import family
from compare.running.duos import Factors, Run, duos, taken
from compare.running.processes import Advance, Job, Progress

Maker = Callable[..., AbstractContextManager[Run]]
"""Called as maker(*arguments, what): holds a training, built and ready."""


class Pipe(NamedTuple):
    """Files by which a training is asked, and answers."""

    asked: str
    told: str


@dataclass(frozen=True)
class Player:
    """A live process, seen from the one that lets them take turns."""

    asked: TextIO
    told: TextIO

    def ask(self, what: str, count: int) -> float:
        """Return what a training says of so many updates.

        Raises:
            EOFError: its process has ended.
        """
        self.asked.write(f"{what} {count}\n")
        self.asked.flush()
        if answer := self.told.readline():
            return float(answer)
        raise EOFError


def take_part(
    maker: Maker, arguments: tuple[Any, ...], pipe: Pipe, advance: Advance
) -> None:
    """Train on as often, and as far, as is asked through a pipe.

    Args:
        maker: see `Maker`.
        arguments: of it.
        pipe: opened before anything can fail, for the others wait for that.
        advance: told nothing.
    """
    with (
        contextlib.suppress(BrokenPipeError),  # nobody asks any more
        Path(pipe.asked).open() as asked,
        Path(pipe.told).open("w") as told,
    ):
        for what, lines in itertools.groupby(asked, lambda x: x.split()[0]):
            with maker(*arguments, what) as run:
                for line in lines:
                    told.write(f"{run(int(line.split()[1]))!r}\n")
                    told.flush()


def referee(
    plan: Callable[..., dict[Mode, Factors]],
    arguments: tuple[Any, ...],
    pipes: Sequence[Pipe],
    seconds: float,
    advance: Advance,
) -> dict[Mode, Factors] | None:
    """Let live processes take turns.

    Args:
        plan: called as plan(players, *arguments, seconds).
        arguments: of it.
        pipes: of the players: the first environment, another one, and the
            first one again.
        seconds: to fill with duos, in each mode.
        advance: told nothing.

    Returns:
        What was found; None where a player has ended, which says why itself.
    """
    with contextlib.ExitStack() as stack:
        players = [
            Player(
                stack.enter_context(Path(pipe.asked).open("w")),
                stack.enter_context(Path(pipe.told).open()),
            )
            for pipe in pipes
        ]
        try:
            return plan(players, *arguments, seconds)
        except (EOFError, BrokenPipeError):
            stack.pop_all()  # what was asked last cannot be written
            return None


def in_each_mode(
    players: Sequence[Player],
    calls: Mapping[Mode, tuple[int, int]],
    seconds: float,
) -> dict[Mode, Factors]:
    """Take duos of trainings in one mode after the other.

    Args:
        players: see `referee`.
        calls: mode -> how many are an epoch, and the updates of each.
        seconds: to fill, in each mode.
    """
    return {
        mode: duos([partial(p.ask, mode) for p in players], seconds, *given)
        for mode, given in random.sample(list(calls.items()), len(calls))
    }


def take_duos_apart(
    label: str,
    players: Sequence[Job],
    plan: Callable[..., dict[Mode, Factors]],
    arguments: tuple[Any, ...],
    modes: Sequence[Mode],
    effort: Effort,
    timeout: float,
    progress: Progress,
) -> tuple[tuple[Paired, ...], tuple[str, ...]]:
    """Time a training in two environments, in fresh processes each round.

    Args:
        label: of the job that lets them take turns.
        players: `take_part` in three environments, without its pipe: the
            first one, another, and the first one again.
        plan: see `referee`.
        arguments: of it.
        modes: of which it tells.
        effort: as in `take_duos`.
        timeout: seconds that one process may take.
        progress: told of every process.

    Returns:
        What was found in each mode, and why a process gave nothing.
    """
    with tempfile.TemporaryDirectory(dir=family.current().folder) as folder:
        pipes = [_pipe(folder, number) for number in range(len(players))]
        jobs: dict[Any, Job] = {
            number: replace(job, arguments=(*job.arguments, pipe))
            for number, (job, pipe) in enumerate(
                zip(players, pipes, strict=True)
            )
        }
        given = plan, arguments, pipes
        jobs["both"] = Job(f"{label}: by turns", referee, given, bare=True)
        return taken(jobs, modes, effort, timeout, progress)


def _pipe(folder: str, number: int) -> Pipe:
    pipe = Pipe(f"{folder}/{number}.asked", f"{folder}/{number}.told")
    for name in pipe:
        os.mkfifo(name)
    return pipe
