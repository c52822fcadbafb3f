"""Jobs that misbehave, for the tests of `compare.processes`."""

import os
import signal
import subprocess
import sys
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


def is_tensorflow_loaded(report):
    return "tensorflow" in sys.modules, os.getpid()
