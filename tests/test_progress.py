"""Live progress: bars on a terminal, lines elsewhere."""

from __future__ import annotations

import io

from rich.console import Console
from rich.progress import Progress

from compare.running.processes import Broken, Job
from compare.showing.progress import _Bars, progress


def test_two_jobs_of_one_label_have_a_bar_each():
    """A label need not be unique; each job keeps its own bar."""
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    one, other = (Job("same", print, ()) for _ in range(2))
    with Progress(console=console) as bars:
        shown = _Bars(bars)
        for job in (one, other):
            shown.started(job)
        shown.advanced(one, 3, 4)
        assert [task.completed for task in bars.tasks] == [3, 0]
        shown.finished(one, 1.0, None)
        shown.finished(other, 2.0, Broken("was killed"))
        assert not bars.tasks
    assert "could not run: was killed" in console.file.getvalue()


def test_a_pipe_gets_a_line_per_job(capsys):
    """Without a terminal each finished job is one line on stderr."""
    with progress() as shown:
        shown.started(Job("a job", print, ()))
        shown.finished(Job("a job\x1b", print, ()), 1.5, None)
    assert capsys.readouterr().err == "   1.5 s  a job\\x1b: done\n"
