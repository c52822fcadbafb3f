"""The process that starts all others and ends them, whatever happens.

It stands between the command and its jobs: it imports nothing heavy, runs
nothing of the user's, and never waits for one of them. So when the command
ends, however it does, this one still runs: it kills every process that stems
from it and removes the folder that held all their temporary files.

Orphans fall to it, and so no process leaves by forking twice or by a session
of its own: what is its child and was not started by it is a stray.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import Any

from compare.running import lineage

TICK = 0.1
"""Seconds between two looks at interpreters, which tell not of their end."""

TAIL_BYTES = 2000
"""How much of what a process printed last is kept."""


@dataclass
class _Process:
    """A job's process: forked by the server, or an interpreter."""

    folder: Path
    output: int
    tail: bytes = b""
    pid: int | None = None
    interpreter: subprocess.Popen[bytes] | None = None

    def read(self) -> bytes | None:
        """Take what it has printed: None is nothing now, b"" for ever."""
        try:
            text = os.read(self.output, 1 << 16)
        except BlockingIOError:
            return None
        self.tail = (self.tail + text)[-TAIL_BYTES:]
        return text


def main(descriptor: int, command: int, folder: str) -> None:
    """Serve the command until it ends; then leave nothing behind.

    Args:
        descriptor: the connection with the command.
        command: its process.
        folder: holds everything temporary; removed at the end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lineage.adopt_orphans()
    keeper = _Keeper(Connection(descriptor), command, Path(folder))
    try:
        keeper.serve()
    finally:
        keeper.end_all()
    os._exit(0)  # there is nobody left to tell that children were ended


class _Keeper:
    """Hears the command, the server that forks, and what jobs print."""

    def __init__(
        self, command: Connection, command_pid: int, folder: Path
    ) -> None:
        self._command = command
        self._folder = folder
        self._serving = True
        self._sent_away = False
        self._processes: dict[int, _Process] = {}
        self._server: Connection | None = None
        self._server_process: subprocess.Popen[bytes] | None = None
        self._sources: dict[Any, Callable[[], None]] = {command: self._obey}
        if hasattr(os, "pidfd_open"):  # others may hold the connection open
            with contextlib.suppress(OSError):  # gone, or an old kernel
                gone = os.pidfd_open(command_pid)
                self._sources[gone] = self._leave
        if os.getppid() != command_pid:
            self._leave()

    def serve(self) -> None:
        """Do what is asked and tell what happens, until the command ends."""
        while self._serving:
            bare = any(p.interpreter for p in self._processes.values())
            for source in wait(list(self._sources), TICK if bare else None):
                if source in self._sources:
                    self._sources[source]()
            for number, process in list(self._processes.items()):
                interpreter = process.interpreter
                if interpreter and interpreter.poll() is not None:
                    self._ended(number, interpreter.returncode)

    def end_all(self) -> None:
        """Kill every descendant, and remove the files of who has ended.

        A command that sends its keeper away goes on, and has its own there.
        """
        self._sweep(())
        for process in self._processes.values():
            shutil.rmtree(process.folder, ignore_errors=True)
        if not self._sent_away:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _leave(self) -> None:
        self._serving = False

    def _obey(self) -> None:
        try:
            word, number, *rest = self._command.recv()
            if word == "start":
                rest = [recv_handle(self._command), *rest]
        except (EOFError, OSError):
            self._leave()
            return
        if word == "leave":
            self._sent_away = True
            self._leave()
        elif word == "end" and number in self._processes:
            self._end(self._processes[number])
        elif word == "start":
            try:
                self._start(number, *rest)
            except OSError as error:
                self._tell("refused", number, error.strerror)

    def _tell(self, *message: Any) -> None:
        try:
            self._command.send(message)
        except ConnectionError:
            self._leave()

    def _start(
        self, number: int, job: int, environment: dict[str, str] | None
    ) -> None:
        """Start a process for a job, in a temporary folder of its own.

        Args:
            number: of the job.
            job: the process's end of the connection with the command.
            environment: of a new interpreter; to fork the server if None.

        Raises:
            OSError: it cannot; the command then sends this process away.
        """
        folder = self._folder / str(number)
        folder.mkdir()
        output, theirs = os.pipe()
        os.set_blocking(output, False)
        process = _Process(folder, output)
        self._processes[number] = process
        self._sources[output] = partial(self._hear, process)
        if environment is None:
            self._fork(number, folder, job, theirs)
        else:
            process.interpreter = _interpreter(
                folder, job, theirs, environment
            )
            process.pid = process.interpreter.pid
            self._tell("running", number)
        os.close(job)
        os.close(theirs)

    def _fork(self, number: int, folder: Path, job: int, output: int) -> None:
        """Ask the server, which may still be importing, for a process."""
        if self._server is None:
            self._server, theirs = Pipe()
            with theirs:
                self._server_process = lineage.start_python(
                    "compare.running.server:main",
                    [theirs.fileno(), os.getpid()],
                    [theirs.fileno()],
                    stdout=subprocess.DEVNULL,
                )
            self._sources[self._server] = self._hear_server
        assert self._server_process is not None
        with contextlib.suppress(ConnectionError):  # its end is heard next
            self._server.send((number, str(folder)))
            for handle in (job, output):
                send_handle(self._server, handle, self._server_process.pid)

    def _hear(self, process: _Process) -> None:
        if process.read() == b"":
            del self._sources[process.output]

    def _hear_server(self) -> None:
        """Pass on what the server tells of its forks."""
        assert self._server is not None
        try:
            word, number, *rest = self._server.recv()
        except (EOFError, OSError):
            self._server_lost()
            return
        if word == "ended":
            self._ended(number, *rest)
            return
        if word == "running":
            self._processes[number].pid = rest.pop()
        self._tell(word, number, *rest)

    def _server_lost(self) -> None:
        """Give up the processes of a server that was killed."""
        assert self._server and self._server_process
        del self._sources[self._server]
        self._server.close()
        lineage.kill(self._server_process.pid)
        self._server_process.wait()
        self._server = self._server_process = None
        for number, process in list(self._processes.items()):
            if not process.interpreter:
                self._end(process)
                self._ended(number, None)

    def _end(self, process: _Process) -> None:
        """Kill a process; its end is heard as any other."""
        if process.pid is not None:
            lineage.kill(process.pid)
            if process.interpreter:  # nobody tells of its end
                process.interpreter.wait()
        elif self._server_process:  # it does not fork: it must be stopped
            lineage.kill(self._server_process.pid)

    def _ended(self, number: int, exitcode: int | None) -> None:
        """End what a process has left behind; tell how it ended."""
        process = self._processes.pop(number)
        own = [p.pid for p in self._processes.values() if p.interpreter]
        if self._server_process:
            own.append(self._server_process.pid)
        self._sweep(own)
        while process.read():
            pass
        self._sources.pop(process.output, None)
        os.close(process.output)
        shutil.rmtree(process.folder, ignore_errors=True)
        self._tell("ended", number, exitcode, process.tail)

    def _sweep(self, own: Any) -> None:
        """Kill every child that is not our own, until there is none.

        The children of one that was killed fall to this process in turn.
        """
        while strays := lineage.children() - set(own):
            for pid in strays:
                lineage.kill(pid)
            for pid in strays:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def _interpreter(
    folder: Path, job: int, output: int, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start a new interpreter for a job."""
    keeper = os.getpid()

    def before() -> None:
        lineage.end_with_parent(keeper)
        lineage.adopt_orphans()

    return lineage.start_python(
        "compare.running.server:work",
        [job, str(folder)],
        [job],
        stdout=output,
        stderr=output,
        env={**environment, "TMPDIR": str(folder)},
        preexec_fn=before,
    )
