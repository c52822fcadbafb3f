"""However a run ends, no process and no temporary file is left."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import sys
sys.path[:0] = sys.argv[1:3]
import faults
from compare.running import family
from compare.running.processes import Job, Silent, run_jobs

family.GRACE = 1.0

class Tell(Silent):
    def advanced(self, job, done, total):
        if job.label != "temporary":
            print("running", flush=True)

    def finished(self, job, seconds, result):
        if job.label == "temporary":  # it is not to be ended on its way
            print("running", flush=True)

jobs = [
    Job("temporary", faults.use_temporary_files, ()),
    Job("daemon", faults.hang_with_daemon, (sys.argv[3] + "/daemon",)),
    Job("lock", faults.hold_the_lock, (sys.argv[3] + "/worker",)),
    Job("bare", faults.use_temporary_files_and_hang, (), True),
    Job("child", faults.hang_with_child, (sys.argv[3] + "/child",)),
]
jobs = jobs[: int(sys.argv[5])]
found = run_jobs(jobs, len(jobs), float(sys.argv[4]), Tell())
jobs = [Job("again", faults.add, (1, 2))]
for result in found + run_jobs(jobs, 1, 60.0):
    print(getattr(result, "reason", "done"), flush=True)
"""


@pytest.fixture
def room(tmp_path):
    """Folders: a TensorFlow that imports at once, pids, temporary files."""
    for name in ("stubs", "pids", "tmp"):
        (tmp_path / name).mkdir()
    for name in ("tensorflow", "keras"):
        (tmp_path / "stubs" / f"{name}.py").touch()
    return tmp_path


def alive(room):
    """Return what runs with our temporary folder: pid and how started."""
    mark = os.fsencode(f"TMPDIR={room / 'tmp'}")
    found = {}
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            ended = (path.parent / "stat").read_text().split()[2] == "Z"
            if mark in path.read_bytes() and not ended:
                text = (path.parent / "cmdline").read_bytes()
                found[int(path.parent.name)] = text.decode()
        except OSError:
            continue
    return found


def the_one(room, entry):
    """Return the process of ours whose parent is no fork of its like."""
    pids = [pid for pid, text in alive(room).items() if entry in text]
    parents = {
        pid: int(Path(f"/proc/{pid}/stat").read_text().split()[3])
        for pid in pids
    }
    (found,) = [pid for pid in pids if parents[pid] not in pids]
    return found


def start(room, timeout=60.0, count=5):
    """Start a run; return it when all of its jobs are under way."""
    here = str(Path(__file__).parent)
    folders = [str(room / "stubs"), here, str(room / "pids")]
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, *folders, str(timeout), str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(room / "tmp")},
        text=True,
    )
    for _ in range(count):
        assert run.stdout.readline() == "running\n"
    return run


def check_nothing_is_left(room):
    """Wait for the end of all that still runs; look for files."""
    for pid in alive(room):
        try:
            ended = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ends = select.poll()
        ends.register(ended, select.POLLIN)  # readable once it has ended
        assert ends.poll(20_000), pid
        os.close(ended)
    assert not alive(room)
    assert not list((room / "tmp").iterdir())


BARE = "True, 'tensorflow'])"
"""How the command line of the server without TensorFlow ends."""

ENTRIES = {
    "keeper": "running.keeper import main",
    "server": "False, 'tensorflow'])",
}
"""What is in the command line of who starts others."""

LOST = "its process was ended, as the process that had started it was killed"

ENDS = {
    "a time-out": (None, None, "no end after 1 s"),
    "Ctrl-C": ("command", signal.SIGINT, None),
    "kill": ("command", signal.SIGTERM, None),
    "kill -9": ("command", signal.SIGKILL, None),
    "kill -9 of a worker": ("worker", signal.SIGKILL, "killed by SIGKILL"),
    "kill of the server": ("server", signal.SIGTERM, LOST),
    "kill -9 of the server": ("server", signal.SIGKILL, LOST),
    "kill -9 of the keeper": ("keeper", signal.SIGKILL, LOST),
}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_left_after(room, end):
    """Every end leaves the temporary folder as it was, and no process."""
    whose, number, reason = ENDS[end]
    run = start(room, 1.0 if whose in (None, "worker") else 60.0)
    if whose == "command":
        run.send_signal(number)
    elif whose == "worker":
        os.kill(int((room / "pids" / "worker").read_text()), number)
    elif whose:
        os.kill(the_one(room, ENTRIES[whose]), number)
        bare = [p for p, t in alive(room).items() if BARE in t]
        for pid in bare:  # the server's end does not touch it
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    output, errors = run.communicate(timeout=40)
    check_nothing_is_left(room)
    if reason:
        assert run.returncode == 0, errors
        first, *others, again = output.splitlines()
        assert (first, again) == ("done", "done")
        assert any(reason in line for line in others), output
        assert errors == ""


STOPPED = "did not answer within 1 s, so it was stopped"


@pytest.mark.parametrize("whose", ["server", "keeper"])
def test_a_stopped_process_is_no_hang(room, whose):
    """--timeout holds where the process that starts others is suspended."""
    run = start(room, 1.0, count=2)
    os.kill(the_one(room, ENTRIES[whose]), signal.SIGSTOP)
    output, errors = run.communicate(timeout=60)
    assert run.returncode == 0, errors
    assert "no end after 1 s" in output
    assert output.endswith("done\n"), output
    assert errors == ""
    check_nothing_is_left(room)


SUSPENDED = """
import os, signal, sys
sys.path[:0] = sys.argv[1:3]
import faults
from compare.running.processes import Job, run_jobs

(server,) = run_jobs([Job("parent", faults.parent, ())], 1, 60.0)
os.kill(server, signal.SIGSTOP)
for number in range(2):
    (result,) = run_jobs([Job("add", faults.add, (1, 2))], 1, 1.0)
    print(getattr(result, "reason", result))
"""


def test_a_server_that_does_not_fork_is_named(room):
    """A job that gets no process ends in a sentence; the next one gets one."""
    here = str(Path(__file__).parent)
    run = subprocess.run(
        [sys.executable, "-c", SUSPENDED, str(room / "stubs"), here],
        capture_output=True,
        env={**os.environ, "TMPDIR": str(room / "tmp")},
        text=True,
        timeout=60,
    )
    sentence, second = run.stdout.splitlines()
    assert STOPPED in sentence
    assert second == "3"
    assert run.stderr == ""
    check_nothing_is_left(room)


COMMAND = """
import sys, tempfile
sys.path[:0] = sys.argv[1:3]
import faults
from compare.commands import main as cli
from compare.commands import list as command
from compare.running.processes import Job, Silent, run_jobs

class Tell(Silent):
    def advanced(self, job, done, total):
        print("running", file=sys.stderr, flush=True)

def carry_out(options, words):
    with tempfile.TemporaryDirectory() as folder:
        job = Job("child", faults.hang_with_child, (sys.argv[3] + "/child",))
        run_jobs([job], 1, 60.0, Tell())

cli.STARTS_NOTHING = ()
command.carry_out = carry_out
sys.exit(cli.main(["list"]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_commands_own_temporary_files_go_too(room, number):
    """What the command has for itself is removed with what its jobs have."""
    here = str(Path(__file__).parent)
    folders = [str(room / "stubs"), here, str(room / "pids")]
    run = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *folders],
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(room / "tmp")},
        text=True,
    )
    assert run.stderr.readline() == "running\n"
    (folder,) = (room / "tmp").iterdir()
    assert any(path.name.startswith("tmp") for path in folder.iterdir())
    run.send_signal(number)
    run.communicate(timeout=40)
    check_nothing_is_left(room)
    assert run.returncode == (130 if number == signal.SIGINT else -number)


IMPORTING = """
import sys
sys.path[:0] = sys.argv[1:3]
import faults
from compare.running.processes import Job, run_jobs

(result,) = run_jobs([Job("add", faults.add, (1, 2))], 1, 60.0)
print(result.reason)
"""


@pytest.mark.parametrize("whose", ["command", "server"])
def test_an_end_while_tensorflow_is_imported(room, whose):
    """Killed before anything has run, command and server leave nothing."""
    importing = room / "pids" / "importing"
    os.mkfifo(importing)
    (room / "stubs" / "tensorflow.py").write_text(
        f"open({str(importing)!r}, 'w').close()\n"
        "import ctypes; ctypes.PyDLL(None).pause()\n"
    )
    here = str(Path(__file__).parent)
    run = subprocess.Popen(
        [sys.executable, "-c", IMPORTING, str(room / "stubs"), here],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(room / "tmp")},
        text=True,
    )
    importing.read_text()  # returns once the server has opened and closed it
    if whose == "command":
        run.kill()
    else:
        os.kill(the_one(room, ENTRIES["server"]), signal.SIGTERM)
    output, errors = run.communicate(timeout=40)
    check_nothing_is_left(room)
    assert errors == ""
    if whose == "server":
        assert LOST in output
