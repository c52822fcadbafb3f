"""Run jobs in fresh processes, each with a time-out and a clear end.

The processes are forked from a server that has imported TensorFlow (see
`compare.preload`), so each starts clean in some 30 ms; where the system cannot
fork they are spawned. This process never imports TensorFlow.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol

from compare.escape import without_nodes

TICK = 0.1
"""Seconds between two looks at the clock while jobs run."""

DETAILS_BYTES = 2000
"""How much of a failed process's output is kept."""


@dataclass(frozen=True)
class Job:
    """One call in one fresh process.

    Attributes:
        label: what is shown while it runs.
        function: importable by name; called as function(*arguments, report),
            where report(done, total) tells how far it is.
        arguments: picklable.
        bare: whether to start a new interpreter, which has imported nothing,
            rather than to fork one that has imported TensorFlow.
    """

    label: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    bare: bool = False


@dataclass(frozen=True)
class Broken:
    """Why a job gave no result; `reason` is one sentence, no full stop."""

    reason: str
    details: str = ""


class Progress(Protocol):
    """Watches jobs; every call comes from the main thread."""

    def started(self, job: Job) -> None:
        """Show that a job has begun."""

    def advanced(self, job: Job, done: int, total: int) -> None:
        """Show how far a job is."""

    def finished(self, job: Job, seconds: float, result: Any) -> None:
        """Show that a job has ended, with a result or `Broken`."""


class Silent:
    """A progress that shows nothing."""

    def started(self, job: Job) -> None:
        """Do nothing."""

    def advanced(self, job: Job, done: int, total: int) -> None:
        """Do nothing."""

    def finished(self, job: Job, seconds: float, result: Any) -> None:
        """Do nothing."""


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
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                place = waiting.pop(0)
                running[place] = _Run(jobs[place], timeout)
                progress.started(jobs[place])
            wait([x for run in running.values() for x in run.events], TICK)
            for place, run in list(running.items()):
                if run.poll(progress):
                    results[place] = run.result
                    del running[place]
                    progress.finished(jobs[place], run.seconds, run.result)
    finally:
        for run in running.values():
            run.stop()
    return [results[place] for place in range(len(jobs))]


def why_broken(jobs: Sequence[Job], results: Sequence[Any]) -> tuple[str, ...]:
    """Return, for each job that gave no result, its label and the reason."""
    return tuple(
        f"{job.label}: {result.reason}"
        for job, result in zip(jobs, results, strict=True)
        if isinstance(result, Broken)
    )


def _context(bare: bool) -> Any:
    methods = multiprocessing.get_all_start_methods()
    if bare or "forkserver" not in methods:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["compare.preload"])
    return context


@contextlib.contextmanager
def _main_left_alone() -> Iterator[None]:
    """Keep new processes from running the user's script once more.

    They would import it as their main module; a script that calls
    `compare.check` outside `if __name__ == "__main__"` would start itself
    again and again.
    """
    main = sys.modules["__main__"]
    spec, file = main.__spec__, vars(main).pop("__file__", None)
    main.__spec__ = None
    try:
        yield
    finally:
        main.__spec__ = spec
        if file is not None:
            main.__file__ = file


class _Run:
    """A job in its process."""

    def __init__(self, job: Job, timeout: float) -> None:
        self.job = job
        self.timeout = timeout
        self.result: Any = None
        log, self._log = tempfile.mkstemp(prefix="compare-", suffix=".log")
        os.close(log)
        context = _context(job.bare)
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_main, args=(job, sender, self._log), daemon=False
        )
        self._start = time.monotonic()
        with _main_left_alone():
            self._process.start()
        sender.close()

    @property
    def events(self) -> list[Any]:
        """What to wait for: a message, or the end of the process."""
        return [self._receiver, self._process.sentinel]

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self._start

    def poll(self, progress: Progress) -> bool:
        """Take what the process has sent; return whether it has ended."""
        exitcode = self._process.exitcode  # before its last message is read
        with contextlib.suppress(EOFError, ConnectionError):
            while self._receiver.poll():
                kind, *content = self._receiver.recv()
                if kind == "progress":
                    progress.advanced(self.job, *content)
                    continue
                (self.result,) = content
                self.stop()
                return True
        if exitcode is not None:
            reason = f"its process {why_it_ended(exitcode)}"
        elif self.seconds > self.timeout:
            reason = (
                f"no end after {self.timeout:g} s, so it was stopped; allow "
                "more with --timeout"
            )
        else:
            return False
        self.result = Broken(reason, self._details())
        self.stop()
        return True

    def stop(self) -> None:
        """End the process and all that it has started; tidy up."""
        pid = self._process.pid
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self._receiver.close()
        Path(self._log).unlink()

    def _details(self) -> str:
        text = Path(self._log).read_bytes()[-DETAILS_BYTES:]
        return text.decode(errors="replace").strip()


def why_it_ended(exitcode: int) -> str:
    """Say how a process ended, from its exit code or signal."""
    if exitcode >= 0:
        return f"ended by itself with exit code {exitcode}"
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:
        name = f"signal {-exitcode}"
    hint = " (out of memory?)" if name == "SIGKILL" else ""
    return f"was killed by {name}{hint}"


def _main(job: Job, sender: Connection, log: str) -> None:
    """Run the job; everything that it prints goes to the log."""
    with contextlib.suppress(OSError):
        os.setsid()
    _die_with_parent()
    with Path(log).open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)

    def report(done: int, total: int) -> None:
        sender.send(("progress", done, total))

    try:
        message = ("result", job.function(*job.arguments, report))
    except BaseException as error:
        message = ("result", Broken(_reason(error), traceback.format_exc()))
    sys.stdout.flush()
    sender.send(message)


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os.killpg(0, signal.SIGKILL)  # what it has started goes with it

    threading.Thread(target=watch, daemon=True).start()


def _reason(error: BaseException) -> str:
    """Say in one line what was raised, and where in the user's file."""
    if isinstance(error, RunError):
        return str(error)
    message = " ".join(without_nodes(str(error)).split())
    if len(message) > 300:
        message = message[:300] + " ..."
    frames = traceback.extract_tb(error.__traceback__)
    own = Path(__file__).parent
    places = [
        f"{Path(frame.filename).name} line {frame.lineno}"
        for frame in frames
        if not Path(frame.filename).is_relative_to(own)
        and "site-packages" not in frame.filename
        and frame.filename.endswith(".py")
    ]
    where = f" ({places[-1]})" if places else ""
    return f"raised {type(error).__name__}: {message}{where}"


class RunError(Exception):
    """A run failed, or an exhibit broke the contract; the message says how."""
