"""Run jobs in fresh processes, each with a time-out and a clear end.

They are forked from a `server` that has imported TensorFlow, so each starts
clean in some 30 ms. The `keeper` starts and ends all. This process never
imports TensorFlow.
"""

from __future__ import annotations

import contextlib
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from compare.running import family
from compare.running.lineage import HERE, Home

TICK = 0.1
"""Seconds between two looks at the clock while jobs run."""

IMPORT_PATIENCE = 120.0
"""Seconds that the import of TensorFlow may take: some 5 on most machines."""

Advance = Callable[[int, int], None]
"""What a job tells how far it is, called as advance(done, total)."""

_lock = threading.Lock()

device = ""
"""On which of TensorFlow's devices jobs run, see `devices.on_device`."""


@dataclass(frozen=True)
class Job:
    """One call in one fresh process.

    Attributes:
        label: what is shown while it runs.
        function: importable by name; called as function(*arguments, advance),
            where advance(done, total) tells how far it is.
        arguments: picklable.
        bare: whether the process shall have imported nothing, rather than
            TensorFlow.
        home: the environment that it runs in.
    """

    label: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    bare: bool = False
    home: Home = HERE


@dataclass(frozen=True)
class Broken:
    """Why a job gave no result; `reason` is one sentence, no full stop."""

    reason: str
    details: str = ""


class Progress:
    """Watches jobs; every call comes from the main thread."""

    def started(self, job: Job) -> None:
        """Show that a job has begun."""

    def advanced(self, job: Job, done: int, total: int) -> None:
        """Show how far a job is."""

    def finished(self, job: Job, seconds: float, result: Any) -> None:
        """Show that a job has ended, with a result or `Broken`."""


class Silent(Progress):
    """A progress that shows nothing."""


def run_jobs(
    jobs: Sequence[Job],
    at_once: int,
    timeout: float,
    progress: Progress | None = None,
) -> list[Any]:
    """Run every job in a process of its own.

    Args:
        jobs: what to run, started in this order.
        at_once: how many may run beside each other; 1 for timing.
        timeout: seconds after which a job is killed.
        progress: told of every start, advance and end.

    Returns:
        For each job, in order, what its function returned or a `Broken`.
        A job that raises, hangs or is killed does not touch the others.
    """
    progress = progress or Silent()
    results: dict[int, Any] = {}
    waiting = list(range(len(jobs)))
    running: dict[int, _Run] = {}
    with _lock, family.ended_by_an_error():
        while waiting or running:
            while waiting and len(running) < at_once:
                number = waiting.pop(0)
                running[number] = _Run(jobs[number], timeout)
                progress.started(jobs[number])
            wait({x for run in running.values() for x in run.events}, TICK)
            for number, run in list(running.items()):
                if run.poll(progress):
                    results[number] = run.result
                    del running[number]
                    progress.finished(jobs[number], run.seconds, run.result)
    return [results[number] for number in range(len(jobs))]


def why_broken(jobs: Sequence[Job], results: Sequence[Any]) -> tuple[str, ...]:
    """Return, for each job that gave no result, its label and the reason."""
    return tuple(
        f"{job.label}: {result.reason}"
        for job, result in zip(jobs, results, strict=True)
        if isinstance(result, Broken)
    )


class _Run:
    """A job in its process.

    It asks for the process, sends it the job when it runs, takes what it
    sends, has it ended, and is over when the keeper says that it has ended.
    """

    def __init__(self, job: Job, timeout: float) -> None:
        self.job = job
        self.timeout = timeout
        self.result: Any = None
        self._reason = ""  # why there is no result
        self._payload = pickle.dumps(job)  # until it is sent
        self._connection, theirs = Pipe()
        with theirs:
            self._process = family.current().start(
                theirs.fileno(), job.bare, job.home
            )
        self._start = time.monotonic()
        self._ending: float | None = None

    @property
    def events(self) -> list[Connection]:
        """What to wait for: a message of the process or of the keeper."""
        connections = (self._connection, self._process.family.connection)
        return [each for each in connections if not each.closed]

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return (self._ending or time.monotonic()) - self._start

    def poll(self, progress: Progress) -> bool:
        """Take what has happened; return whether all of it is over."""
        process = self._process
        process.family.hear()
        if process.running and self._payload:
            self._send()
        self._receive(progress)
        if process.ended:
            self._receive(progress)  # its last message
            if self._ending is None:
                self._stop(f"its process {why_it_ended(process.exitcode)}")
            if self._reason:
                self.result = Broken(self._reason, process.printed)
            self._connection.close()
            return True
        if self._ending is None:
            self._look_at_the_clock()
        elif time.monotonic() - self._ending > family.GRACE:
            process.family.close(0)  # with all others; they say so themselves
        return False

    def _send(self) -> None:
        self._start = time.monotonic()
        try:
            folder: str | None = str(Path.cwd())
        except OSError:  # it has been removed
            folder = None
        with contextlib.suppress(OSError):  # its end is heard next
            path = self.job.home.path
            self._connection.send((path, sys.argv, folder, device))
            self._connection.send_bytes(self._payload)
        self._payload = b""

    def _receive(self, progress: Progress) -> None:
        try:
            while not self._connection.closed and self._connection.poll():
                kind, *content = self._connection.recv()
                if self._ending is not None:
                    continue
                if kind == "progress":
                    progress.advanced(self.job, *content)
                    continue
                (self.result,) = content
                self._stop("")
        except (EOFError, OSError):  # closed, perhaps in mid-message
            self._connection.close()

    def _look_at_the_clock(self) -> None:
        if self._process.running:
            if self.seconds > self.timeout:
                self._stop(
                    f"no end after {self.timeout:g} s, so it was stopped; "
                    "allow more with --timeout"
                )
            return
        ready = self._process.family.ready.get(self.job.home)
        patience = max(self.timeout, 0 if ready else IMPORT_PATIENCE)
        if time.monotonic() - max(self._start, ready or 0) > patience:
            self._stop(
                "the process that forks the others did not answer within "
                f"{patience:g} s, so it was stopped; run the command again"
            )

    def _stop(self, reason: str) -> None:
        """Have the process ended, with all that it has started."""
        self._reason = reason
        self._ending = time.monotonic()
        self._process.end()


def why_it_ended(exitcode: int | None) -> str:
    """Say how a process ended, from its exit code or signal.

    None stands for one that ended with the process that had started it.
    """
    if exitcode is None:
        return (
            "was ended, as the process that had started it was killed; run "
            "the command again"
        )
    if exitcode >= 0:
        return f"ended by itself with exit code {exitcode}"
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:
        name = f"signal {-exitcode}"
    hint = " (out of memory?)" if name == "SIGKILL" else ""
    return f"was killed by {name}{hint}"


class RunError(Exception):
    """A run failed, or an exhibit broke the contract; the message says how."""
