"""Live progress on stderr while processes run."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from compare.records.escape import printable
from compare.running import processes


class _Bars(processes.Progress):
    """Live bars, one per running job."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[int, TaskID] = {}

    def started(self, job: processes.Job) -> None:
        self._tasks[id(job)] = self._bars.add_task(
            printable(job.label), total=None
        )

    def advanced(self, job: processes.Job, done: int, total: int) -> None:
        self._bars.update(self._tasks[id(job)], completed=done, total=total)

    def finished(
        self, job: processes.Job, seconds: float, result: Any
    ) -> None:
        self._bars.remove_task(self._tasks.pop(id(job)))
        self._bars.console.print(Text(_finished_line(job, seconds, result)))


class _Lines(processes.Silent):
    """A line per finished job, for files and pipes."""

    def finished(
        self, job: processes.Job, seconds: float, result: Any
    ) -> None:
        sys.stderr.write(_finished_line(job, seconds, result) + "\n")
        sys.stderr.flush()


@contextlib.contextmanager
def progress() -> Iterator[processes.Progress]:
    """Show jobs on stderr: bars on a terminal, else a line per job."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bars:
        yield _Bars(bars)


def _finished_line(job: processes.Job, seconds: float, result: Any) -> str:
    broken = isinstance(result, processes.Broken)
    end = f"could not run: {result.reason}" if broken else "done"
    return printable(f"{seconds:6.1f} s  {job.label}: {end}")
