"""The process that has imported TensorFlow, and what it forks: one per job."""

from __future__ import annotations

import os
import re
import signal
import sys
import tempfile
import traceback
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle
from pathlib import Path

from compare.running import lineage
from compare.running.processes import Broken, RunError

NODES = re.compile(
    r"Graph execution error:.*?<stack traces unavailable>"
    r"|Error in user-defined function passed to \S+ transformation"
    r" with iterator: \S+ "
    r"|\{\{.*?\}\}|\[\[.*?\]\]|\[Op:.*",
    re.DOTALL,
)
"""What TensorFlow's messages say about its own nodes and operations."""


def main(descriptor: int, keeper: int) -> None:
    """Fork a process for every message of the keeper, and tell of its end.

    Args:
        descriptor: the connection with the keeper.
        keeper: its process.
    """
    lineage.end_with_parent(keeper)
    import compare.running.preload  # noqa: F401 - the point of this process

    # What has no handler wakes nobody up.
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    connection = Connection(descriptor)
    connection.send(("ready",))
    while True:
        ready = wait([connection, woken])
        if woken in ready:
            os.read(woken, 1 << 16)
            _tell_of_ends(connection)
        if connection in ready:
            try:
                number, folder = connection.recv()
                handles = [recv_handle(connection) for _ in range(2)]
            except (EOFError, OSError):
                return
            _fork(connection, (woken, wake), number, folder, *handles)


def _tell_of_ends(connection: Connection) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        code = os.waitstatus_to_exitcode(status)
        connection.send(("ended", pid, code))


def _fork(
    connection: Connection,
    pipe: tuple[int, int],
    number: int,
    folder: str,
    job: int,
    output: int,
) -> None:
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:  # the command then ends this process
        connection.send(("refused", number, error.strerror))
        return
    if pid:
        for handle in (job, output):
            os.close(handle)
        connection.send(("forked", number, pid))
        return
    try:
        lineage.end_with_parent(server)
        lineage.adopt_orphans()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        connection.close()
        for end in pipe:
            os.close(end)
        os.setsid()
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        work(job, folder)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(1)  # work() leaves by itself


def work(descriptor: int, folder: str) -> None:
    """Be a job's process: do the job that comes, send its result, and leave.

    Args:
        descriptor: the connection with the command.
        folder: for temporary files; it is removed after the end.
    """
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    connection = Connection(descriptor)

    def report(done: int, total: int) -> None:
        connection.send(("progress", done, total))

    sys.path[:], sys.argv[:], here = connection.recv()
    if here:
        os.chdir(here)
    try:
        job = connection.recv()
        message = ("result", job.function(*job.arguments, report))
    except BaseException as error:
        message = ("result", Broken(_reason(error), traceback.format_exc()))
    sys.stdout.flush()
    connection.send(message)
    os._exit(0)


def _reason(error: BaseException) -> str:
    """Say in one line what was raised, and where in the user's file."""
    if isinstance(error, RunError):
        return str(error)
    message = " ".join(NODES.sub("", str(error)).split())
    if len(message) > 300:
        message = message[:300] + " ..."
    frames = traceback.extract_tb(error.__traceback__)
    own = Path(__file__).parents[1]
    places = [
        f"{Path(frame.filename).name} line {frame.lineno}"
        for frame in frames
        if not Path(frame.filename).is_relative_to(own)
        and "site-packages" not in frame.filename
        and frame.filename.endswith(".py")
    ]
    where = f" ({places[-1]})" if places else ""
    return f"raised {type(error).__name__}: {message}{where}"
