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

TAIL_BYTES = 2000
"""How much of what a process printed last is kept."""

Kind = tuple[bool, lineage.Home]
"""Of a server: whether it is bare, and where it runs."""


@dataclass
class _Server:
    """A process that forks those of jobs."""

    connection: Connection
    interpreter: subprocess.Popen[bytes]


@dataclass
class _Process:
    """A job's process; its server tells its number in the system."""

    server: _Server
    folder: Path
    output: int
    tail: bytes = b""
    pid: int | None = None

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
    """Hears the command, the servers that fork, and what jobs print."""

    def __init__(
        self, command: Connection, command_pid: int, folder: Path
    ) -> None:
        self._command = command
        self._folder = folder
        self._serving = True
        self._sent_away = False
        self._processes: dict[int, _Process] = {}
        self._servers: dict[Kind, _Server] = {}
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
            for source in wait(list(self._sources)):
                if source in self._sources:
                    self._sources[source]()

    def end_all(self) -> None:
        """Kill every descendant, and remove the files of who has ended.

        A command that sends its keeper away goes on, and has its own there.
        """
        self._servers.clear()
        self._sweep()
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
            # A server that does not fork must be stopped itself.
            process = self._processes[number]
            lineage.kill(process.pid or process.server.interpreter.pid)
        elif word in ("start", "prepare"):
            try:
                if word == "start":
                    self._start(number, *rest)
                else:
                    self._server(*rest)
            except OSError as error:
                self._tell("refused", number, error.strerror)

    def _tell(self, *message: Any) -> None:
        try:
            self._command.send(message)
        except ConnectionError:
            self._leave()

    def _start(self, number: int, job: int, kind: Kind) -> None:
        """Ask a server, which may still be importing, for a job's process.

        Args:
            number: of the job.
            job: the process's end of the connection with the command.
            kind: of the server that forks it.

        Raises:
            OSError: it cannot; the command then sends this process away.
        """
        folder = self._folder / str(number)
        folder.mkdir()
        output, theirs = os.pipe()
        os.set_blocking(output, False)
        server = self._server(kind)
        process = self._processes[number] = _Process(server, folder, output)
        self._sources[output] = partial(self._hear, process)
        with contextlib.suppress(ConnectionError):  # its end is heard next
            server.connection.send((number, str(folder)))
            for handle in (job, theirs):
                send_handle(server.connection, handle, server.interpreter.pid)
        os.close(job)
        os.close(theirs)

    def _server(self, kind: Kind) -> _Server:
        """Return the server of a kind; start it if there is none."""
        if kind in self._servers:
            return self._servers[kind]
        bare, home = kind
        connection, theirs = Pipe()
        with theirs:
            interpreter = lineage.start_python(
                "compare.running.server:main",
                [theirs.fileno(), os.getpid(), bare, home.backend],
                [theirs.fileno()],
                home,
                stdout=subprocess.DEVNULL,
            )
        self._sources[connection] = partial(self._hear_server, kind)
        self._servers[kind] = _Server(connection, interpreter)
        return self._servers[kind]

    def _hear(self, process: _Process) -> None:
        if process.read() == b"":
            del self._sources[process.output]

    def _hear_server(self, kind: Kind) -> None:
        """Pass on what a server tells of its forks."""
        try:
            word, number, *rest = self._servers[kind].connection.recv()
        except (EOFError, OSError):
            self._server_lost(kind)
            return
        if word == "ready":
            number = kind[1]
        if word == "ended":
            self._ended(number, *rest)
            return
        if word == "running":
            self._processes[number].pid = rest.pop()
        self._tell(word, number, *rest)

    def _server_lost(self, kind: Kind) -> None:
        """Give up the processes of a server that was killed."""
        server = self._servers.pop(kind)
        del self._sources[server.connection]
        server.connection.close()
        lineage.kill(server.interpreter.pid)
        server.interpreter.wait()
        for number, process in list(self._processes.items()):
            if process.server is server:
                if process.pid is not None:
                    lineage.kill(process.pid)
                self._ended(number, None)

    def _ended(self, number: int, exitcode: int | None) -> None:
        """End what a process has left behind; tell how it ended."""
        process = self._processes.pop(number)
        self._sweep()
        while process.read():
            pass
        self._sources.pop(process.output, None)
        os.close(process.output)
        shutil.rmtree(process.folder, ignore_errors=True)
        self._tell("ended", number, exitcode, process.tail)

    def _sweep(self) -> None:
        """Kill every child that is not our own, until there is none.

        The children of one that was killed fall to this process in turn.
        """
        own = {server.interpreter.pid for server in self._servers.values()}
        while strays := lineage.children() - own:
            for pid in strays:
                lineage.kill(pid)
            for pid in strays:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)
