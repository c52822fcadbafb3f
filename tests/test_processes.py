"""Fresh processes: whatever one does, the others finish, with a reason."""

from __future__ import annotations

import multiprocessing.connection
import os
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import faults
import pytest

from compare.records import UsageError
from compare.running import family
from compare.running.processes import Broken, Job, Silent, run_jobs


def job(function, *arguments):
    return Job(function.__name__, function, arguments)


BAD = {
    faults.raise_error: "raised ValueError: the answer is not 41 (faults.py",
    faults.kill_itself: "killed by SIGKILL (out of memory?)",
    faults.exit_early: "ended by itself with exit code 7",
    faults.end_while_sending: "ended by itself with exit code 7",
    faults.leave: "raised SystemExit: 4",
    faults.return_unpicklable: "ended by itself with exit code 1",
    faults.hang: "no end after 3 s",
}


def test_every_fault_has_its_reason_and_touches_no_other():
    """Seven broken jobs and two good ones end side by side."""
    jobs = [job(f) for f in BAD]
    jobs = [job(faults.add, 1, 2), *jobs, job(faults.add, 3, 4)]
    first, *broken, last = run_jobs(jobs, 4, 3.0)
    assert (first, last) == (3, 7)
    for result, reason in zip(broken, BAD.values(), strict=True):
        assert isinstance(result, Broken)
        assert reason in result.reason
        assert "\n" not in result.reason


def test_last_words_are_kept():
    """What a killed process wrote last is in the details."""
    (result,) = run_jobs([job(faults.kill_itself)], 1, 30.0)
    assert result.details == "last words"


def test_a_stopped_job_leaves_no_child_behind(tmp_path):
    """A hanging job's own subprocess is stopped with it."""
    path = tmp_path / "pid"
    run_jobs([job(faults.hang_with_child, str(path))], 1, 3.0)
    assert ended(int(path.read_text()))


def test_jobs_are_fresh_and_tensorflow_stays_out_of_this_process():
    """Each job has its own process with TensorFlow; the parent has none."""
    results = run_jobs([job(faults.loaded)] * 2, 2, 60.0)
    (loaded, one), (_, other) = results
    assert "tensorflow" in loaded
    assert len({one, other, os.getpid()}) == 3
    assert "tensorflow" not in sys.modules


def test_what_is_prepared_serves_the_first_job():
    """TensorFlow is imported before a job asks for it, and only once."""
    ours = family.current()
    ours.close()
    ours.start_keeper()
    ours.prepare()
    while not ours.ready:
        assert multiprocessing.connection.wait([ours.connection], 60.0)
        ours.hear()
    ready = dict(ours.ready)
    ((loaded, _),) = run_jobs([job(faults.loaded)], 1, 60.0)
    assert "tensorflow" in loaded
    assert ours.ready == ready


def test_a_bare_job_gets_a_process_that_has_imported_nothing():
    """What is imported there can be timed, and Keras's backend chosen."""
    bare = Job("bare", faults.loaded, (), bare=True)
    ((loaded, process),) = run_jobs([bare], 1, 60.0)
    assert not loaded
    assert process != os.getpid()


def test_progress_sees_start_advance_and_end():
    """A progress is told of each event, in order."""
    seen = []

    class Watch(Silent):
        def started(self, job):
            seen.append("started")

        def advanced(self, job, done, total):
            seen.append((done, total))

        def finished(self, job, seconds, result):
            seen.append(result)

    run_jobs([job(faults.add, 1, 1)], 1, 30.0, Watch())
    assert seen == ["started", (1, 2), 2]


def ended(pid):
    """Say whether a process is gone, or only waits to be collected."""
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().split()[2] == "Z"


def test_an_interrupt_stops_every_process(tmp_path):
    """Ctrl-C ends the running jobs and what they have started."""
    path = tmp_path / "pid"

    class Interrupt(Silent):
        def advanced(self, job, done, total):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_jobs(
            [job(faults.hang_with_child, str(path))], 1, 30.0, Interrupt()
        )
    assert ended(int(path.read_text()))


KILLED = """
import sys
sys.path.insert(0, sys.argv[2])
import faults
from compare.running.processes import Job, Silent, run_jobs

class Tell(Silent):
    def advanced(self, job, done, total):
        print("running", flush=True)

job = Job("hang", faults.hang_with_child, (sys.argv[1],))
run_jobs([job], 1, 60.0, Tell())
"""


def test_a_killed_command_takes_everything_with_it(tmp_path):
    """When the harness itself is killed, no process goes on."""
    path = tmp_path / "pid"
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", KILLED, str(path), here]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as harness:
        assert harness.stdout.readline() == b"running\n"
        child = os.pidfd_open(int(path.read_text()))
        harness.kill()
    ends = select.poll()
    ends.register(child, select.POLLIN)  # readable once the process ended
    assert ends.poll(30_000)
    os.close(child)


def test_a_job_takes_its_daemons_with_it(tmp_path):
    """A process that left group, session and parent ends with its job."""
    path = str(tmp_path / "pid")
    (daemon,) = run_jobs([job(faults.leave_daemon, path)], 1, 30.0)
    assert ended(daemon)


def test_temporary_files_go_with_their_process():
    """Each process has a temporary folder of its own, which is removed."""
    names = run_jobs([job(faults.use_temporary_files)] * 2, 2, 30.0)
    first, second = (Path(name).parent for name in names)
    assert first != second
    assert not first.exists()
    assert not second.exists()


def test_a_fork_of_the_command_leaves_the_folder_alone():
    """A user's own fork that ends tidily takes nothing from its parent."""
    code = (
        "import os, sys\n"
        "from compare.running import family\n"
        "folder = family.current().folder\n"
        "if os.fork() == 0: sys.exit()\n"
        "os.wait()\n"
        "sys.exit(0 if folder.is_dir() else 'removed')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_talkative_job_is_not_held_up():
    """More output than a pipe holds is read; the last words are kept."""
    (result,) = run_jobs([job(faults.print_much)], 1, 30.0)
    assert result.reason.endswith("exit code 5")
    assert result.details.endswith("xthe end")
    assert len(result.details) < 10_000


def test_large_arguments_and_results_pass():
    """A job may be given and may return more than a pipe holds."""
    text = "x" * 20_000_000
    jobs = [job(faults.give_back, text), job(faults.give_back, text)]
    assert run_jobs(jobs, 2, 30.0) == [text, text]


def test_a_worker_that_is_killed_touches_no_other():
    """While several run, one is killed; the others give their results."""
    jobs = [job(faults.kill_itself), *[job(faults.add, 1, i) for i in (1, 2)]]
    killed, *others = run_jobs(jobs, 3, 30.0)
    assert "SIGKILL" in killed.reason
    assert others == [2, 3]


@pytest.mark.parametrize("what", ["missing", "read-only"])
def test_no_place_for_temporary_files_is_refused(tmp_path, monkeypatch, what):
    """A folder that cannot be written to is named, with the way out."""
    monkeypatch.setattr(family, "_current", None)
    place = Path("/proc") if what == "read-only" else tmp_path / "missing"
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    with pytest.raises(UsageError, match=f" in {place}: .*; make room "):
        run_jobs([job(faults.add, 1, 2)], 1, 30.0)


def test_a_folder_that_fills_up_is_refused(monkeypatch):
    """A process that gets no temporary folder ends the run in a sentence."""
    monkeypatch.setattr(family, "_current", None)
    shutil.rmtree(family.current().folder)
    bare = [Job("add", faults.add, (1, 2), bare=True)]
    with pytest.raises(UsageError, match="No such file or directory; make"):
        run_jobs(bare, 1, 30.0)
    assert run_jobs(bare, 1, 30.0) == [3]
