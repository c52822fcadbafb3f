"""Import times: interpreters that start from nothing, in turns."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from rich.console import Console

from compare.records.timing import ImportCost, Imports
from compare.running import imports, timing
from compare.running.processes import Broken, RunError
from compare.showing.terminal.timing import print_imports


def test_each_side_is_imported_in_turns(monkeypatch):
    """Every sample is kept by side; one that broke is told."""
    seen = []

    def run(jobs, at_once, timeout, progress):
        assert at_once == 1
        seen.append([job.label for job in jobs])
        return [
            Broken("killed") if len(seen) == 2 else (len(seen), 7)
            for job in jobs
        ]

    monkeypatch.setattr(timing, "run_jobs", run)
    found = imports.import_costs(60.0, None)
    assert [(c.side, c.module) for c in found.costs] == [
        ("manual", "tensorflow"),
        ("keras", "keras"),
    ]
    for cost in found.costs:
        assert cost.seconds == (1, 3, 4, 5)
        assert cost.peak_bytes == (7,) * 4
    assert "keras: import keras: killed" in found.left_out
    assert {frozenset(labels) for labels in seen} == {
        frozenset({"manual: import tensorflow", "keras: import keras"})
    }


def test_the_interpreter_is_a_fresh_one(monkeypatch):
    """Its peak memory is its own, not that of the process that starts it."""
    monkeypatch.setitem(imports.MODULES, "manual", "json")
    ballast = b"x" * (512 * 2**20)
    seconds, peak = imports.import_afresh("manual", None)
    assert seconds > 0
    assert 2**20 < peak < len(ballast) / 2


def test_a_failed_import_is_told_in_one_line(monkeypatch):
    """The error that Python printed last is the reason."""
    monkeypatch.setitem(imports.MODULES, "keras", "no_such_module")
    with pytest.raises(RunError, match="No module named 'no_such_module'"):
        imports.import_afresh("keras", None)


def test_the_manual_side_needs_no_keras():
    """With its settings TensorFlow is imported alone."""
    program = imports.PROGRAM.format(module="tensorflow")
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nsys.exit('keras' in sys.modules)"],
        env={**os.environ, **imports.SETTINGS["manual"]},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr


def printed(found):
    out = io.StringIO()
    print_imports(Console(file=out, width=100), found)
    return out.getvalue()


def test_import_times_are_printed():
    """Median, spread, memory and the ratio; what is missing is said."""
    costs = tuple(
        ImportCost(side, module, tuple(seconds), (2**29,) * 5)
        for side, module, seconds in (
            ("manual", "tensorflow", (1.0, 1.1, 1.2, 1.3, 1.4)),
            ("keras", "keras", (2.0, 2.2, 2.4, 2.6, 2.8)),
        )
    )
    text = printed(Imports(costs, ("keras: import keras: killed",)))
    for expected in (
        "import tensorflow   1.2 s (1–1.4)",
        "512 MiB",
        "5 fresh interpreters",
        "takes the Keras side 2 (",
        "slower",
        "Left out: keras: import keras: killed.",
    ):
        assert expected in text
    assert "killed" in printed(Imports((), ("killed",)))
