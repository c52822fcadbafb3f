"""Baselines: what fails, what is only told, which files are refused."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from compare.commands.main import main
from compare.judging import codesize
from compare.records.note import Note
from compare.records.report import Environment, LessonReport, Report
from compare.records.timing import Sample, Timing
from compare.records.verdicts import Check, Verdict
from compare.studies.baseline import compare

ENVIRONMENT = Environment(
    "3.11", "2.21", "3.15", "2.4", "Linux", 2, ("CPU",), 2.5, 2**29
)
SIZE = codesize.measure("x = 1")


def timings(manual=1.0, keras=2.0, processes=5):
    return tuple(
        Timing(
            side,
            "graph",
            1,
            tuple(
                Sample(0.1, 0.2, seconds * (1 + 0.01 * i), ((0, 0.1),))
                for i in range(processes)
            ),
        )
        for side, seconds in (("manual", manual), ("keras", keras))
    )


def report(**changes):
    """Return a report with only what a baseline compares."""
    given = {
        "lesson": "line",
        "verdicts": (Verdict("graph", "identical", (Note("every bit"),)),),
        "sizes": {"manual": SIZE, "keras": SIZE},
        "timings": timings(),
        **changes,
    }
    empty = {item.name: () for item in fields(LessonReport)}
    return Report(ENVIRONMENT, "", (LessonReport(**{**empty, **given}),))


def test_nothing_changed():
    """The same report again is neither worse nor better, nor noted."""
    found = compare(report(), report(), 0.25)
    assert not found.worse
    assert not found.changes
    assert not found.notes


OUTCOMES = ("identical", "same mathematics", "different", "could not run")


@pytest.mark.parametrize("before", OUTCOMES)
@pytest.mark.parametrize("now", OUTCOMES)
def test_a_worse_verdict_fails_and_a_better_one_is_told(before, now):
    """Verdicts are ordered; the reason of a worse one is shown."""
    old, new = (
        report(verdicts=(Verdict("graph", outcome, (Note("a reason"),)),))
        for outcome in (before, now)
    )
    found = compare(old, new, 0.25)
    worse = OUTCOMES.index(now) > OUTCOMES.index(before)
    assert found.worse is worse
    assert len(found.changes) == (before != now)
    told = [clause for change in found.changes for clause in change.now]
    assert (Note("a reason") in told) is worse


def test_a_check_that_fails_is_worse():
    """What a side must equal besides its twin is held too."""
    old, new = (
        report(
            checks=(
                Check("keras", "one process", Verdict("graph", outcome, ())),
            )
        )
        for outcome in ("identical", "different")
    )
    found = compare(old, new, 0.25)
    assert found.worse
    (change,) = found.changes
    assert str(change.what) == "keras against one process"


@pytest.mark.parametrize("side", ["manual", "keras"])
def test_grown_code_fails_and_shrunk_code_is_told(side):
    """One statement more on either side, one less."""
    larger = replace(SIZE, statements=SIZE.statements + 1)
    old = report()
    new = report(sizes={**old.lessons[0].sizes, side: larger})
    assert compare(old, new, 0.25).worse
    better = compare(new, old, 0.25)
    assert not better.worse
    (change,) = better.changes
    assert change.what.values == {"side": side}
    assert (str(change.before), *map(str, change.now)) == (
        str(SIZE.statements + 1),
        str(SIZE.statements),
    )


@pytest.mark.parametrize(
    ("keras", "manual", "worse", "told"),
    [
        (2.0, 1.0, False, 0),
        (2.4, 1.0, False, 0),  # within the threshold
        (2.52, 1.0, False, 0),  # beyond, but the interval is not
        (3.0, 1.0, True, 1),
        (2.0, 0.6, True, 1),  # a faster manual side is a grown ratio too
        (1.4, 1.0, False, 1),
        (6.0, 3.0, False, 0),  # a slower machine slows both
    ],
)
def test_only_a_ratio_certainly_beyond_the_threshold_fails(
    keras, manual, worse, told
):
    """The whole interval of the growth has to lie beyond 25 %."""
    found = compare(report(), report(timings=timings(manual, keras)), 0.25)
    assert found.worse is worse
    assert len(found.changes) == told


@pytest.mark.parametrize("few", ["before", "now"])
def test_too_few_processes_are_told_and_do_not_fail(few):
    """A ratio without an interval is no reason to fail."""
    little, much = report(timings=timings(1, 9, 4)), report()
    pair = (little, much) if few == "before" else (much, little)
    found = compare(*pair, 0.25)
    assert not found.changes
    (note,) = found.notes
    assert "--budget" in str(note)


def test_another_machine_leaves_speed_out_only():
    """Where the processors differ parity and size still count."""
    slow = replace(
        report(
            timings=timings(1, 9),
            verdicts=(Verdict("graph", "different", ()),),
        ),
        environment=replace(ENVIRONMENT, cpus=64),
    )
    found = compare(report(), slow, 0.25)
    (change,) = found.changes
    assert str(change.what) == "graph: verdict"
    named, left_out = found.notes
    assert named.values == {"name": "cpus", "old": "2", "new": "64"}
    assert "speed is left out" in str(left_out)


def test_other_versions_are_named_and_everything_is_checked():
    """A new TensorFlow is why a baseline is held against a run."""
    new = replace(
        report(timings=timings(1, 9)),
        environment=replace(ENVIRONMENT, tensorflow="2.22"),
    )
    found = compare(report(), new, 0.25)
    assert found.worse
    (note,) = found.notes
    assert note.values == {
        "name": "tensorflow",
        "old": "2.21",
        "new": "2.22",
    }


def test_save_and_check_end_to_end(tmp_path, monkeypatch, capsys):
    """A saved file is checked by what it asks for; a planted fault fails."""
    monkeypatch.chdir(tmp_path)
    asked = ["--quick", "--steps", "3", "--modes", "graph"]
    assert main(["save-baseline", "base.json", *asked]) == 0
    assert "identical" in capsys.readouterr().out
    content = json.loads((tmp_path / "base.json").read_text())
    lesson = content["report"]["lessons"][0]
    assert lesson["updates"] == 3
    lesson["sizes"]["keras"]["statements"] -= 1
    (tmp_path / "base.json").write_text(json.dumps(content))
    assert main(["check", "base.json"]) == 1
    text = capsys.readouterr().out
    assert "statements, Keras" in text
    assert "verdict" not in text
    for place, value, message in (
        ("schema_version", 0, "has schema version 0"),
        ("lessons", [], "other lessons than it asks for"),
        ("environment", {}, "is no baseline"),
    ):
        wrong = {**content, "report": {**content["report"], place: value}}
        (tmp_path / "wrong.json").write_text(json.dumps(wrong))
        assert message in refused(capsys, "check", "wrong.json")


def refused(capsys, *arguments):
    """Run a command that must be refused; return its one sentence."""
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("\xff", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is no baseline"),
        ("{}", "is no baseline"),
        ('{"report": 3}', "is no baseline"),
        ('{"report": {"schema_version": 1}}', "is no baseline"),
    ],
    ids=range(7),
)
def test_what_is_no_baseline_is_refused(tmp_path, capsys, text, message):
    """One sentence, exit code 2, before anything runs."""
    path = tmp_path / "file"
    path.write_bytes(text.encode("latin-1"))
    error = refused(capsys, "check", str(path))
    assert message in error
    assert "Traceback" not in error


def test_no_file_to_read_or_write_is_refused(tmp_path, capsys):
    """A missing file and a folder are named; --out is not offered."""
    folder = str(tmp_path)
    missing = str(tmp_path / "none.json")
    assert "there is no file" in refused(capsys, "check", missing)
    assert "is a folder" in refused(capsys, "check", folder)
    assert "name another file" in refused(capsys, "save-baseline", folder)
    (tmp_path / "file").write_text("")
    below = str(tmp_path / "file" / "base.json")
    error = refused(capsys, "save-baseline", below)
    assert "cannot write" in error
    assert "--out" not in error
