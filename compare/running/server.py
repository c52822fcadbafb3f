"""A process that forks others, one per job, and what they do.

One has imported TensorFlow; one is bare, and has imported nothing heavy.
"""

from __future__ import annotations

import gc
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

GENERATED = re.compile(r'File "[^"]*__autograph_generated_file.*')
"""A line of the code that AutoGraph makes of a user's."""

NODES = re.compile(
    r"Graph execution error:.*?<stack traces unavailable>"
    r"|Error in user-defined function passed to \S+ transformation"
    r" with iterator: \S+ "
    r"|\{\{.*?\}\}|\[\[.*?\]\]|\[Op:.*",
    re.DOTALL,
)
"""What TensorFlow's messages say about its own nodes and operations."""


def main(descriptor: int, keeper: int, bare: bool, backend: str) -> None:
    """Fork a process for every message of the keeper, and tell of its end.

    Args:
        descriptor: the connection with the keeper.
        keeper: its process.
        bare: whether not to import TensorFlow.
        backend: Keras's, whatever the user's keras.json says.
    """
    lineage.end_with_parent(keeper)
    os.environ["KERAS_BACKEND"] = backend
    connection = Connection(descriptor)
    gc.disable()  # it would visit modules' objects time and again: 0.8 s of 3
    if not bare:
        import compare.running.preload

        connection.send(("ready", None))
        import compare.running.multiprocess  # noqa: F401 - for nearly all
    gc.freeze()  # no garbage collector visits what was imported, in no fork
    gc.enable()
    pipe = _pipe_of_ends()
    jobs: dict[int, int] = {}  # process -> number of its job
    while True:
        ready = wait([connection, pipe[0]])
        if pipe[0] in ready:
            os.read(pipe[0], 1 << 16)
            for pid in list(jobs):
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    exitcode = os.waitstatus_to_exitcode(status)
                    connection.send(("ended", jobs.pop(pid), exitcode))
        if connection in ready:
            try:
                number, folder = connection.recv()
                handles = [recv_handle(connection) for _ in range(2)]
            except (EOFError, OSError):
                return
            try:
                pid = _fork(connection, pipe, folder, *handles)
            except OSError as error:  # the command then ends this process
                connection.send(("refused", number, error.strerror))
            else:
                jobs[pid] = number
                connection.send(("running", number, pid))
            for handle in handles:
                os.close(handle)


def _pipe_of_ends() -> tuple[int, int]:
    """Return a pipe that can be read once a child has ended."""
    # What has no handler wakes nobody up.
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    pipe = os.pipe()
    for end in pipe:
        os.set_blocking(end, False)
    signal.set_wakeup_fd(pipe[1], warn_on_full_buffer=False)
    return pipe


def _fork(
    connection: Connection,
    pipe: tuple[int, int],
    folder: str,
    job: int,
    output: int,
) -> int:
    """Fork a process that does a job and has no open file of the server's."""
    server = os.getpid()
    if pid := os.fork():
        return pid
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

    path, sys.argv[:], here, device = connection.recv()
    sys.path[:] = path or sys.path
    if here:
        os.chdir(here)
    try:
        job = connection.recv()
        if device:
            from compare.running import devices

            devices.use(device)
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
    message = " ".join(NODES.sub("", GENERATED.sub("", str(error))).split())
    if len(message) > 300:
        message = message[:300] + " ..."
    own = Path(__file__).parents[1]
    lines = [
        f"{Path(frame.filename).name} line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if not Path(frame.filename).is_relative_to(own)
        and "site-packages" not in frame.filename
        and frame.filename.endswith(".py")
        and "__autograph_generated" not in frame.filename
    ]
    where = f" ({lines[-1]})" if lines else ""
    return f"raised {type(error).__name__}: {message}{where}"
