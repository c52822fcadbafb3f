"""Jobs that misbehave, for the tests of `compare.running.processes`."""

import ctypes
import os
import signal
import struct
import subprocess
import sys
import tempfile
from pathlib import Path


def add(a, b, report):
    report(1, 2)
    return a + b


def raise_error(report):
    print("about to fail")
    raise ValueError("the answer is not 41")


def hang(report):
    signal.pause()


def hang_with_child(path, report):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1)
    Path(path).write_text(str(child.pid))
    report(1, 2)
    hang(report)


def kill_itself(report):
    os.write(2, b"last words")
    os.kill(os.getpid(), signal.SIGKILL)


def exit_early(report):
    os._exit(7)


def leave(report):
    sys.exit(4)


def return_unpicklable(report):
    return lambda: None


def loaded(report):
    """Say which heavy modules are imported, and in which process."""
    heavy = {"tensorflow", "keras", "numpy"}
    return heavy & set(sys.modules), os.getpid()


def hold_the_lock(path, report):
    """Run C code for ever that does not release the interpreter's lock."""
    Path(path).write_text(str(os.getpid()))
    report(1, 2)
    ctypes.PyDLL(None).pause()


DAEMON = """
import os, signal, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open(sys.argv[1] + ".new", "w").write(str(os.getpid()))
        os.rename(sys.argv[1] + ".new", sys.argv[1])
        signal.pause()
    os._exit(0)
os.wait()
"""


def hang_with_daemon(path, report):
    """Start what leaves its group, its session and its parent; then hang."""
    subprocess.run([sys.executable, "-c", DAEMON, path], check=True)
    while not Path(path).exists():
        os.sched_yield()
    report(1, 2)
    ctypes.PyDLL(None).pause()


def leave_daemon(path, report):
    """Start such a process and return."""
    subprocess.run([sys.executable, "-c", DAEMON, path], check=True)
    while not Path(path).exists():
        os.sched_yield()
    return int(Path(path).read_text())


def use_temporary_files(report):
    """Leave files in the temporary folder, as TensorFlow's autograph does."""
    handle, name = tempfile.mkstemp()
    os.close(handle)
    Path(os.environ["TMPDIR"], "by_name").touch()
    report(1, 1)
    return name


def use_temporary_files_and_hang(report):
    use_temporary_files(report)
    hang(report)


def print_much(report):
    """Print more than a pipe holds, without a line end."""
    os.write(1, b"x" * 1_000_000)
    os.write(2, b"the end")
    os._exit(5)


def give_back(array, report):
    return array


def parent(report):
    return os.getppid()


def end_while_sending(report):
    """End in the middle of a message to the command."""
    (connection,) = [c.cell_contents for c in report.__closure__]
    os.write(connection.fileno(), struct.pack("!i", 1000) + b"half of it")
    os._exit(7)
