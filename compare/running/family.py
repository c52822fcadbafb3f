"""The command's end of the keeper, the process that starts all others."""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.reduction import send_handle
from pathlib import Path

from compare.running import lineage

GRACE = 10.0
"""Seconds in which the keeper ends a process, some 0.1 on an idle machine."""

_numbers = itertools.count()
_current: Family | None = None


@dataclass
class Process:
    """A job's process, as far as the keeper has told of it."""

    family: Family
    number: int
    running: bool = False
    ended: bool = False
    exitcode: int | None = None
    printed: str = ""

    def end(self) -> None:
        """Have it killed with all that it has started; do not wait."""
        if not self.ended:
            self.family.tell("end", self.number)


class Family:
    """The keeper, its folder, and what it has started for this process.

    Attributes:
        folder: holds everything temporary, while this process runs.
        ready: where TensorFlow is imported, and since when.
        connection: with the keeper.
    """

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.folder = _new_folder()
        self.start_keeper()

    def start_keeper(self) -> None:
        """Start the keeper, or another one after `close`."""
        if not self.folder.is_dir():
            self.folder = _new_folder()
        self.ready: dict[lineage.Home, float] = {}
        self._processes: dict[int, Process] = {}
        self.connection, theirs = Pipe()
        with theirs:
            self._keeper = lineage.start_python(
                "compare.running.keeper:main",
                [theirs.fileno(), self.owner, str(self.folder)],
                [theirs.fileno()],
                stdout=subprocess.DEVNULL,
                env={**os.environ, "TMPDIR": str(self.folder)},
            )

    def prepare(self) -> None:
        """Have TensorFlow imported here, while this process goes on."""
        self.tell("prepare", None, (False, lineage.HERE))

    def start(
        self, job: int, bare: bool, home: lineage.Home = lineage.HERE
    ) -> Process:
        """Ask for a process.

        Args:
            job: its end of a connection, an open file.
            bare: whether it shall have imported nothing, or TensorFlow.
            home: its interpreter.
        """
        number = next(_numbers)
        process = self._processes[number] = Process(self, number)
        self.tell("start", number, (bare, home))
        with contextlib.suppress(ConnectionError):  # its end is heard next
            send_handle(self.connection, job, self._keeper.pid)
        return process

    def tell(self, *message: object) -> None:
        """Send the keeper a message, if it is there."""
        with contextlib.suppress(ConnectionError):  # its end is heard next
            self.connection.send(message)

    def hear(self) -> None:
        """Take what the keeper has told.

        Raises:
            UsageError: no process can be started; says why.
        """
        try:
            while not self.connection.closed and self.connection.poll():
                word, number, *rest = self.connection.recv()
                if word == "ready":
                    self.ready[number] = time.monotonic()
                elif word == "running":
                    self._processes[number].running = True
                elif word == "refused":
                    raise _no_room(self.folder, *rest)
                else:
                    process = self._processes.pop(number)
                    process.exitcode, text = rest
                    process.printed = text.decode(errors="replace").strip()
                    process.ended = True
        except (EOFError, OSError):
            self.close()

    def close(self, patience: float = GRACE, last: bool = False) -> None:
        """End the keeper, all that it has started, and their files.

        Args:
            patience: seconds in which the keeper may do it by itself.
            last: whether it shall remove the folder too.
        """
        if self.connection.closed or self.owner != os.getpid():
            return
        if not last:
            self.tell("leave", None)
        self.connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._keeper.wait(patience)
        if self._keeper.returncode != 0:  # it is stopped, or was killed
            lineage.kill(self._keeper.pid)
            self._keeper.wait()
            while strays := lineage.started_with(str(self.folder)):
                for pid in strays:
                    lineage.kill(pid)
        for number, process in self._processes.items():
            shutil.rmtree(self.folder / str(number), ignore_errors=True)
            process.ended = True

    def end(self) -> None:
        """Leave nothing at this process's end; nor touch it from a fork."""
        if self.owner == os.getpid():
            self.close(last=True)
            shutil.rmtree(self.folder, ignore_errors=True)


def current() -> Family:
    """Return this process's family, with a keeper."""
    global _current
    if not _current or _current.owner != os.getpid():
        _current = Family()
        atexit.register(_current.end)
    elif _current.connection.closed:
        _current.start_keeper()
    return _current


@contextlib.contextmanager
def ended_by_an_error() -> Iterator[None]:
    """End all processes if what is within is interrupted or fails."""
    try:
        yield
    except BaseException:
        if _current:
            _current.close()
        raise


@contextlib.contextmanager
def keeping_temporary_files() -> Iterator[None]:
    """Put this process's own temporary files where the keeper removes them.

    Raises:
        UsageError: there is no room for temporary files.
    """
    before = tempfile.tempdir
    tempfile.tempdir = str(current().folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _new_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="compare-"))
    except OSError as error:
        tried = tempfile.tempdir or "any folder"
        raise _no_room(tried, error.strerror) from error


def _no_room(folder: Path | str, reason: str | None) -> Exception:
    from compare.records import UsageError

    return UsageError(
        f"cannot start a process with temporary files in {folder}: {reason}; "
        "make room there, or name another folder in TMPDIR"
    )
