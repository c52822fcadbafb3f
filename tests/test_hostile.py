"""Hostile inputs to every command and the API: one sentence each."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import re
import tempfile
import zipfile

import numpy as np
import pandas as pd
import pytest
from whole_report import small_reports, whole_report

import compare
from compare.commands import COMMANDS
from compare.commands.main import main
from compare.lessons.problems import LESSONS
from compare.records import UsageError
from compare.records.json_form import to_json
from compare.records.problem import Settings
from compare.records.request import Request
from compare.running import family

GOOD = b"a,b,y\n1,2,3\n2,1,5\n3,5,4\n"
LINE = json.dumps(small_reports()[0])
WHOLE = json.dumps(to_json(whole_report()))
SIDE = b"def loop(problem):\n    return {}\n"


def zipped():
    """Return a table in a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("t.csv", GOOD)
    return out.getvalue()


def parquet(**columns):
    """Return a Parquet file of these columns."""
    out = io.BytesIO()
    pd.DataFrame(columns).to_parquet(out)
    return out.getvalue()


def with_row(*cells):
    """Return a table one of whose rows has these cells."""
    return GOOD + ",".join(cells).encode() + b"\n"


TABLES = {
    "empty.csv": b"",
    "newlines.csv": b"\n\n\n",
    "header.csv": b"a,b,y\n",
    "one.csv": b"a,b,y\n1,2,3\n",
    "text.csv": with_row("one", "2", "3"),
    "gap.csv": with_row("", "2", "3"),
    "nan.csv": with_row("nan", "2", "3"),
    "inf.csv": with_row("1", "inf", "3"),
    "minus.csv": with_row("1", "-inf", "3"),
    "digits.csv": with_row("9" * 400, "2", "3"),
    "beyond.csv": with_row("1e999", "2", "3"),
    "square.csv": with_row("1e300", "2", "3"),
    "bool.csv": b"a,b,y\nTrue,1,2\nFalse,2,3\n",
    "dates.csv": b"a,b,y\n2024-01-01,1,2\n2024-01-02,2,3\n",
    "long.csv": with_row("1", "2", "3", "4", "5"),
    "longer.csv": b"a,b,y\n" + b"1,2,3,4\n" * 5,
    "short.csv": with_row("1"),
    "constant.csv": b"a,b,y\n1,1,1\n1,2,3\n1,4,2\n",
    "still.csv": b"a,b,y\n1,1,1\n2,2,1\n3,4,1\n",
    "small.csv": b"a,b,y\n1,1,1e-200\n2,2,2e-200\n",
    "twice.csv": b"a,a,y\n1,2,3\n3,4,5\n",
    "targets.csv": b"a,y,y\n1,2,3\n3,4,5\n",
    "none.csv": b"a,b,c\n1,2,3\n3,4,5\n",
    "alone.csv": b"y\n1\n2\n",
    "semicolon.csv": b"a;b;y\n1;2;3\n2;3;4\n",
    "tabs.csv": b"a\tb\ty\n1\t2\t3\n2\t3\t4\n",
    "quote.csv": b'a,b,y\n"1,2,3\n2,3,4\n',
    "nul.csv": b"a,b,y\n1,2,\0\n",
    "utf16.csv": GOOD.decode().encode("utf-16"),
    "latin.csv": "größe,b,y\n1,2,3\n".encode("latin-1"),
    "bytes.csv": bytes(range(256)) * 9,
    "html.csv": b"<!doctype html><html><body>404</body></html>",
    "json.csv": b'{"a": [1, 2], "y": [3, 4]}',
    "escape.csv": b"\x1b[31ma,b\n1,2\n",
    "wide.csv": b",".join(b"c%d" % i for i in range(1500)) + b",y\n",
    "cut.csv.gz": gzip.compress(GOOD)[:-9],
    "cut.csv.bz2": bz2.compress(GOOD)[:-9],
    "cut.csv.xz": lzma.compress(GOOD)[:-9],
    "flipped.csv.gz": gzip.compress(GOOD)[:12] + b"\xff" * 30,
    "flipped.csv.bz2": bz2.compress(GOOD)[:12] + b"\xff" * 30,
    "plain.csv.gz": GOOD,
    "plain.csv.zst": GOOD,
    "plain.zip": GOOD,
    "table.zip": zipped(),
    "cut.zip": zipped()[:40],
    "table.zst": b"\x28\xb5\x2f\xfd" + GOOD,
    "table.7z": b"7z\xbc\xaf\x27\x1c" + GOOD,
    "table.tar": b"t.csv".ljust(257, b"\0") + b"ustar" + b"\0" * 250,
    "nothing.gz": gzip.compress(b""),
    "nul.parquet": b"",
    "text.parquet": GOOD,
    "magic.parquet": b"PAR1" + b"\0" * 40 + b"PAR1",
    "cut.parquet": parquet(a=[1.0, 2.0], y=[3.0, 4.0])[:200],
    "words.parquet": parquet(a=["x", "z"], y=[3.0, 4.0]),
    "lists.parquet": parquet(a=[[1], [2]], y=[3.0, 4.0]),
    "gaps.parquet": parquet(a=[1.0, None], y=[3.0, 4.0]),
    "rows.parquet": parquet(a=[], y=[]),
}
"""Tables without a good column y, or with a bad one beside it."""

READERS = {
    "run": ["run", "--target", "y", "--data"],
    "pair": ["pair", "side.py:loop", "side.py:loop", "--target", "y",
             "--data"],
    "save-baseline": ["save-baseline", "b.json", "--target", "y", "--data"],
}  # fmt: skip

TEXTS = {
    "empty": "",
    "space": " \n",
    "word": "hello",
    "cut": LINE[: len(LINE) // 2],
    "more": LINE + "}",
    "nothing": "null",
    "truth": "true",
    "number": "3",
    "text": '"x"',
    "list": "[]",
    "object": "{}",
    "deep list": "[" * 100_000,
    "deep object": '{"a":' * 100_000,
    "closed deep": "[" * 900 + "]" * 900,
    "digits": "9" * 10_000,
    "bytes": "\x00\x01\x02",
    "mark": "\ufeff{}",
    "lists": '{"lessons": {}}',
    "other": '{"x": 1}',
    "version": '{"schema_version": 99}',
    "versions": '{"schema_version": [1]}',
    "request": '{"request": {}, "report": {}}',
    "escape": '{"\\u001b[31m": 1}',
    "half": '{"\\ud800": 1}',
}
"""What is no report and no baseline."""

PLACES = {
    "environment": None,
    "environment.python": 3,
    "environment.cpus": "2",
    "environment.cpus ": 0,
    "environment.devices": "CPU",
    "environment.import_seconds": "inf",
    "command": [],
    "command ": "\ud800",
    "schema_version": 1,
    "lessons": {},
    "lessons.0": None,
    "lessons.0.lesson": "../../x",
    "lessons.0.lesson ": "/tmp/x",
    "lessons.0.title": 1,
    "lessons.0.rows": 2.5,
    "lessons.0.rows ": -1,
    "lessons.0.rows  ": 10**30,
    "lessons.0.learning_rate": None,
    "lessons.0.notes": [1],
    "lessons.0.notes.0.text": {},
    "lessons.0.notes.0.values": {"x": 1},
    "lessons.0.sources": {},
    "lessons.0.sources.keras": None,
    "lessons.0.sizes": {"manual": {}},
    "lessons.0.sizes.keras.lines": "many",
    "lessons.0.verdicts": [],
    "lessons.0.verdicts.0.outcome": "fine",
    "lessons.0.verdicts.0.mode": "fast",
    "lessons.0.verdicts.0.updates": [1, 2, 3],
    "lessons.0.verdicts.1.divergence": 5,
    "lessons.0.verdicts.1.divergence.index": ["0"],
    "lessons.0.checks.0.side": "left",
    "lessons.0.trajectories.0": [],
    "lessons.0.trajectories.0.losses": [1.0],
    "lessons.0.trajectories.0.losses ": "x",
    "lessons.0.trajectories.0.parameters": {},
    "lessons.0.trajectories.0.parameters.kernel": [[1], [2, 3]],
    "lessons.0.trajectories.0.parameters.bias": 1.0,
    "lessons.0.trajectories.0.results": {},
    "lessons.0.recorded_updates": [],
    "lessons.0.recorded_updates ": [3, 2, 1],
    "lessons.0.theory.closed_form": {},
    "lessons.0.theory.largest_learning_rate": 0,
    "lessons.0.convergence.distance.keras": {},
    "lessons.0.tensors.keras": [1],
    "lessons.0.timings.0.starts": 3,
    "lessons.0.timings.0.updates": [[1]],
    "lessons.0.timings.0.updates ": [0.0],
    "lessons.0.timings.0.updates_per_epoch": 0,
    "lessons.0.paired.0.seconds": [0.0],
    "lessons.0.paired.0.opening": [{"iterators": 2.0, "seconds": 0.1}],
    "lessons.0.points.x": [],
    "lessons.0.points.hessian": [1],
    "lessons.0.rates": [None],
    "lessons.0.rates.0.losses": [],
    "lessons.0.rates.0.parameters.kernel": [1.0],
    "lessons.1.scaling.features": ["one"],
    "lessons.1.scaling.feature_scales": [0, 0, 0],
    "lessons.1.user_parameters.keras": {},
    "fit.breakdowns.0.samples": [],
    "fit.breakdowns.0.samples.0.seconds": 0,
    "calibration.reference": [],
    "calibration.rates.0.trials": 0,
    "peers.results.0.samples.0.per_update": -1,
    "peers.results.0.kind": "best",
    "growth.lines": [],
    "growth.cells": [],
    "growth.lines.0.values": [],
    "growth.lines.0.axis": "depth",
    "streaming.cells.0.passes.0.seconds": 0,
    "streaming.limit": "nan",
    "ladder.rungs": [],
    "ladder.first": {},
    "ladder.rungs.0.added": {},
    "mistakes.0.mistake.kind": "loud",
    "mistakes.0.first_update": [],
}
"""Where a whole report is broken, and what stands there then."""


def broken(place, value):
    """Return a whole report with another value in one place."""
    content = json.loads(WHOLE)
    *way, last = place.strip().split(".")
    holder = content
    for step in way:
        holder = holder[int(step) if isinstance(holder, list) else step]
    holder[int(last) if isinstance(holder, list) else last] = value
    return content


def baseline(report):
    """Return a baseline whose report is this."""
    asked = Request(
        ("linear_regression", "minibatch"), Settings(), ("graph",), None,
        True, 60.0, "python",
    )  # fmt: skip
    return json.dumps({"request": to_json(asked), "report": report})


PATHS = ("no such file", "folder", "folder/no", "side.py/below", "x" * 300,
         "pipe", "socket", "/dev/zero", "/dev/fd/987", "loop", "a\0b",
         "\x1b[31mred", "folder/" * 2000)  # fmt: skip

FILES = {
    "run": ["run", "--target", "y", "--data", "PATH"],
    "pair": ["pair", "side.py:loop", "side.py:loop", "--target", "y",
             "--data", "PATH"],
    "left": ["pair", "PATH:loop", "side.py:loop"],
    "problem": ["pair", "side.py:loop", "side.py:loop", "--problem",
                "PATH:problem"],
    "render": ["render", "PATH"],
    "check": ["check", "PATH"],
}  # fmt: skip

FULL = ("side.py", "side.py/below", "x" * 300, "pipe", "/dev/null",
        "/proc/nothing", "loop", "a\0b")  # fmt: skip

WRITERS = {
    "run": ["run", "--out"],
    "figures": ["run", "--figures"],
    "ladder": ["ladder", "--out"],
    "notebook": ["notebook", "adam", "--out"],
    "mistakes": ["mistakes", "--run", "--out"],
    "fit": ["fit", "--out"],
    "grow": ["grow", "--out"],
    "stream": ["stream", "--out"],
    "peers": ["peers", "--out"],
    "calibrate": ["calibrate", "--out"],
    "pair": ["pair", "side.py:loop", "side.py:loop", "--out"],
    "render": ["render", "good.json", "--out"],
    "charts": ["render", "good.json", "--figures"],
}

NUMBERS = (
    "0",
    "-1",
    "nan",
    "inf",
    "1e999",
    "x",
    "",
    "1.5.2",
    "٣x",
    "1" * 5000,
)

COUNTED = {
    "run": ("--steps", "--learning-rate", "--batch-size", "--budget",
            "--timeout"),
    "pair": ("--steps", "--timeout"),
    "fit": ("--rounds",),
    "grow": ("--largest",),
    "stream": ("--rows",),
    "mistakes": ("--rounds",),
    "peers": ("--budget",),
    "calibrate": ("--budget",),
    "save-baseline": ("--steps",),
    "check": ("--threshold",),
}  # fmt: skip

CHOICES = {
    "run": ("--modes", "--lang"),
    "pair": ("--mode",),
    "fit": ("--mode",),
    "ladder": ("--measure",),
    "peers": ("--backend",),
    "render": ("--lang",),
}

NAMES = ("nothing", "../x", "", "adam.py", "ADAM", "{0}", "%s", "\x1b[31m")

NAMED = {"run": ["run"], "notebook": ["notebook"], "peers": ["peers"],
         "mistakes": ["mistakes"], "save-baseline": ["save-baseline", "b"],
         }  # fmt: skip


def cases():
    """Yield a name, files to write, words of the command, and the thing."""
    for command, words in READERS.items():
        for name, content in TABLES.items():
            yield f"{command} {name}", {name: content}, [*words, name], name
    for name, text in TEXTS.items():
        content = text.encode("utf-8", "surrogatepass")
        for command in ("render", "check"):
            files = {"it.json": content}
            yield f"{command} {name}", files, [command, "it.json"], "it.json"
    for place, value in PLACES.items():
        wrong = broken(place, value)
        thing = place.strip().split(".")[0]
        files = {"it.json": json.dumps(wrong).encode()}
        yield f"render {place}", files, ["render", "it.json"], thing
        files = {"it.json": baseline(wrong).encode()}
        yield f"check {place}", files, ["check", "it.json"], thing
    for name, words in FILES.items():
        for path in PATHS:
            given = [word.replace("PATH", path) for word in words]
            yield f"{name} {path[:20]!a}", {}, given, shown(path)
    for name, words in WRITERS.items():
        for path in FULL:
            if name != "save-baseline":
                yield (
                    f"{name} to {path[:20]!a}",
                    {},
                    [*words, path],
                    shown(path),
                )
    for path, thing in (
        ("folder", "folder"),
        ("side.py/below", "side.py"),
        ("/proc/nothing", "/proc"),
        ("/dev/null", "/dev/null"),
        ("x" * 300, "xxx"),
        ("pipe", "pipe"),
        ("a\0b", "null"),
    ):
        name = f"save-baseline to {path[:20]!a}"
        yield name, {}, ["save-baseline", path], thing
    yield from options()


def options():
    """Yield the cases that are refused for their words alone."""
    for command, names in COUNTED.items():
        for name in names:
            for number in NUMBERS:
                given = [command, f"{name}={number}"]
                yield f"{command} {name} {number[:9]!a}", {}, given, name
    for command, names in CHOICES.items():
        for name in names:
            for value in ("", "x", "GRAPH"):
                given = [command, f"{name}={value}"]
                yield f"{command} {name} {value!r}", {}, given, name
    for command in COMMANDS:
        for word in ("--nothing", "--out=a=b=c --no"):
            given = [command, *word.split()]
            yield f"{command} {word}", {}, given, "compare"
    for command, words in NAMED.items():
        for name in NAMES:
            yield f"{command} {name!a}", {}, [*words, name], shown(name)


def shown(text):
    """Return how a message shows a text."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)[:80]


CASES = {name: case for name, *case in cases()}

WAY_OUT = re.compile(
    r"\b(give|choose|name|make|save|write|copy|unpack|check|see|clean|rename"
    r"|leave|lists|its columns are|the lessons are|in another unit)\b"
)
"""What a message tells to do, or lets choose from."""


def started(process):
    """Stand in for the start of a process: no case gets so far."""
    raise AssertionError("a process was started")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Work in a folder with good and strange things; nothing is left there."""
    here, temp = tmp_path / "here", tmp_path / "temp"
    for folder in (here, temp, here / "folder"):
        folder.mkdir()
    monkeypatch.chdir(here)
    family.current()  # its folder outlives a case
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    monkeypatch.setattr(family.Family, "start", started)
    (here / "side.py").write_bytes(SIDE)
    (here / "good.json").write_text(LINE)
    os.mkfifo(here / "pipe")
    os.mknod(here / "socket", 0o140600)
    (here / "loop").symlink_to("loop")
    yield here
    assert not list(temp.iterdir())


def carried_out(words):
    """Run a command; return its exit code."""
    try:
        return main(words)
    except SystemExit as stop:
        return stop.code


@pytest.mark.parametrize("case", CASES)
def test_hostile_input_is_refused_in_one_sentence(place, capsys, case):
    """Exit code 2, one line with the thing and the way out, nothing left."""
    files, words, thing = CASES[case]
    for name, content in files.items():
        (place / name).write_bytes(content)
    before = sorted(place.rglob("*"))
    code = carried_out(words)
    output = capsys.readouterr()
    assert code == 2, output.err
    assert output.err.startswith("compare: ")
    assert output.err.count("\n") == 1
    assert output.err.removesuffix("\n").isprintable()
    assert "Traceback" not in output.err + output.out
    assert thing in output.err or thing.replace("_", " ") in output.err
    assert WAY_OUT.search(output.err), output.err
    assert sorted(place.rglob("*")) == before


def test_there_are_enough_of_them():
    """At least 400, and every command is among them."""
    assert len(CASES) >= 400
    assert {words[0] for _, words, _ in CASES.values()} >= set(COMMANDS)


GIVEN = {"x": [1, 2, 3], "y": [2, 3, 4]}

CALLS = [
    {"x": []},
    {"x": 3},
    {"x": "abc"},
    {"x": None},
    {"x": [[1], [2, 3]]},
    {"x": [1, 2]},
    {"x": [1, 2, float("nan")]},
    {"x": [1, 2, 10**400]},
    {"x": [1j, 2, 3]},
    {"x": {"a": 1}},
    {"y": []},
    {"y": None},
    {"y": [1, 2, float("inf")]},
    {"y": ["a", "b", "c"]},
    {"initial": {"w": None}},
    {"initial": {"w": "x"}},
    {"initial": {"w": float("nan")}},
    {"initial": [1, 2]},
    {"initial": 5},
    {"learning_rate": 0},
    {"learning_rate": -1},
    {"learning_rate": float("nan")},
    {"learning_rate": "fast"},
    {"learning_rate": None},
    {"learning_rate": 10**400},
    {"steps": 0},
    {"steps": 1.5},
    {"steps": "3"},
    {"steps": None},
    {"steps": True},
    {"batch_size": 0},
    {"batch_size": -2},
    {"batch_size": "all"},
    {"steps": 3, "batch_size": 2},
]


@pytest.mark.parametrize("call", CALLS, ids=map(str, range(len(CALLS))))
def test_a_hostile_problem_is_refused_in_one_sentence(call):
    """The API raises its one error, which names the argument."""
    with np.errstate(all="raise"), pytest.raises(UsageError) as error:
        compare.problem(**{**GIVEN, **call})
    said = str(error.value)
    assert next(iter(call)) in said
    assert "\n" not in said


def loop(problem):
    """Return what a side might."""
    return {}


CHECKS = {
    "no function": (3, loop, {}),
    "nothing": (None, loop, {}),
    "no file": ("none.py:loop", loop, {}),
    "a folder": ("folder:loop", loop, {}),
    "a pipe": ("pipe:loop", loop, {}),
    "no colon": ("side.py", loop, {}),
    "no such mode": (loop, loop, {"mode": "fast"}),
    "no problem": (loop, loop, {"problem": 3}),
    "a time that is past": (loop, loop, {"timeout": -1.0}),
    "no time": (loop, loop, {"timeout": "long"}),
    "one name": (loop, loop, {"names": ("a",)}),
    "a name": (loop, loop, {"names": 3}),
}


@pytest.mark.parametrize("case", CHECKS)
def test_a_hostile_check_is_refused_in_one_sentence(case):
    """Nothing is started for what cannot be a pair."""
    left, right, more = CHECKS[case]
    given = {"problem": compare.problem(**GIVEN), **more}
    with pytest.raises(UsageError) as error:
        compare.check(left, right, given.pop("problem"), **given)
    assert "\n" not in str(error.value)


def test_the_good_inputs_are_taken(place, capsys):
    """What the cases above break is fine when it is whole."""
    (place / "it.json").write_text(WHOLE)
    assert main(["render", "it.json"]) == 0
    assert "report.html" in capsys.readouterr().out
    assert "adam" in LESSONS
