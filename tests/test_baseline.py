"""Baselines: what fails, what is only told, which files are refused."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from compare.commands import run
from compare.commands.main import main
from compare.judging import codesize
from compare.judging.thinning import snapshots
from compare.pairs import baseline as pair_baseline
from compare.records.baseline import Baseline
from compare.records.note import Note
from compare.records.problem import Settings
from compare.records.report import Environment, LessonReport, Report
from compare.records.request import PairRequest, ProblemRequest, Request
from compare.records.timing import Effort, Paired
from compare.records.verdicts import Check, Verdict
from compare.showing.language import speaker
from compare.showing.telling.baseline import for_github
from compare.studies import rewritten
from compare.studies.baseline import compare

ENVIRONMENT = Environment(
    "3.11", "2.21", "3.15", "2.4", "Linux", 2, ("CPU",), 2.5, 2**29
)
SIZE = codesize.measure("x = 1")


def pairs(factor, processes=8):
    """Return the processes in which one thing took so many times as long."""
    noise = (0.99, 1.0, 1.01, 1.005, 0.995, 1.0, 0.98, 1.02)[:processes]
    return (Paired("graph", tuple(factor * x for x in noise), ()),)


def report(**changes):
    """Return a report with only what a baseline compares."""
    given = {
        "lesson": "line",
        "verdicts": (Verdict("graph", "identical", (Note("every bit"),)),),
        "sizes": {"manual": SIZE, "keras": SIZE},
        "paired": pairs(2.0),
        "sources": {"manual": "a = 1", "keras": "b = 2"},
        **changes,
    }
    empty = {item.name: () for item in fields(LessonReport)}
    return Report(ENVIRONMENT, "", (LessonReport(**{**empty, **given}),))


def test_nothing_changed():
    """The same report again is neither worse nor better, nor noted."""
    found = compare(report(), report(), 0.05, {})
    assert not found.worse
    assert not found.changes
    assert not found.notes


def test_changed_bits_are_told_with_their_update(small_report):
    """One bit of one run is enough; runs with equal bits share a snapshot."""
    lesson = small_report.lessons[0]
    assert [s.runs for s in lesson.snapshots] == [
        (("keras", "graph"), ("manual", "graph"))
    ]
    run = lesson.trajectories[0]
    (name, path), *rest = run.parameters.items()
    other = path.copy()
    other[3:] = np.nextafter(other[3:], np.float32(9))
    changed = replace(run, parameters={name: other, **dict(rest)}, mode="xla")
    before, now = (
        report(snapshots=snapshots([run, replace(own, mode="xla")]))
        for own in (run, changed)
    )
    (note,) = compare(before, now, 0.05, {}).notes
    assert str(note) == (
        f"line: the bits changed from update 3 on in {run.side} xla"
    )
    assert not compare(before, before, 0.05, {}).notes


OUTCOMES = ("identical", "same mathematics", "different", "could not run")


@pytest.mark.parametrize("before", OUTCOMES)
@pytest.mark.parametrize("now", OUTCOMES)
def test_a_worse_verdict_fails_and_a_better_one_is_told(before, now):
    """Verdicts are ordered; the reason of a worse one is shown."""
    old, new = (
        report(verdicts=(Verdict("graph", outcome, (Note("a reason"),)),))
        for outcome in (before, now)
    )
    found = compare(old, new, 0.05, {})
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
    found = compare(old, new, 0.05, {})
    assert found.worse
    (change,) = found.changes
    assert str(change.what) == "keras against one process"


@pytest.mark.parametrize("side", ["manual", "keras"])
def test_grown_code_fails_and_shrunk_code_is_told(side):
    """One statement more on either side, one less."""
    larger = replace(SIZE, statements=SIZE.statements + 1)
    old = report()
    new = report(sizes={**old.lessons[0].sizes, side: larger})
    assert compare(old, new, 0.05, {}).worse
    better = compare(new, old, 0.05, {})
    assert not better.worse
    (change,) = better.changes
    assert change.what.values == {"side": side}
    assert (str(change.before), *map(str, change.now)) == (
        str(SIZE.statements + 1),
        str(SIZE.statements),
    )


@pytest.mark.parametrize(
    ("factor", "worse", "told"),
    [
        (1.0, False, 0),
        (1.02, False, 0),  # certainly slower, but nearer to equal
        (1.05, True, 1),
        (0.95, False, 1),
    ],
)
def test_only_a_side_that_certainly_takes_longer_fails(factor, worse, told):
    """It is slower beyond its interval, and nearer to 5 % than to 0."""
    timed = {("line", "keras"): pairs(factor)}
    found = compare(report(), report(), 0.05, timed)
    assert found.worse is worse
    assert len(found.changes) == told
    for change in found.changes:
        assert change.what.values == {"mode": "graph", "side": "keras"}
    assert ["other code, which takes" in str(x) for x in found.notes] == [
        True
    ] * (not told)


def test_too_few_processes_are_told_and_do_not_fail():
    """A ratio without an interval is no reason to fail."""
    timed = {("line", "keras"): pairs(9.0, 5)}
    found = compare(report(), report(), 0.05, timed, ["x: killed"])
    assert not found.changes
    assert str(found.notes[0]) == "x: killed"
    assert "it takes 6 processes" in str(found.notes[1])


def simulate(generator, slower, processes=12):
    """Return what equal code gives, or slower one, with 1.7 % of noise."""
    noise = np.exp(generator.normal(0, 0.017, processes))
    noise[generator.random(processes) < 0.03] *= 0.9
    return (Paired("graph", tuple(slower * noise), ()),)


@pytest.mark.parametrize(
    ("slower", "least", "most"), [(1.0, 0, 1), (1.05, 90, 100)]
)
def test_equal_code_passes_and_slower_code_fails(slower, least, most):
    """Of 100 simulated checks, equal code at most 1, 5 % at least 90."""
    generator = np.random.default_rng(0)
    failed = sum(
        compare(
            report(),
            report(),
            0.05,
            {("line", "manual"): simulate(generator, slower)},
        ).worse
        for _ in range(100)
    )
    assert least <= failed <= most


def test_what_was_rewritten_is_timed_against_what_it_was(monkeypatch):
    """Only code that is another one, in modes that agree, both in a file."""
    seen = []

    def take(label, function, arguments, modes, effort, *rest):
        before, now = arguments[0]
        path = Path(before.removesuffix(":train"))
        assert path.read_text() == "b = 2"
        seen.append((now, modes, effort))
        return pairs(1.2), ("x: killed",)

    monkeypatch.setattr(rewritten, "take_duos", take)
    request = Request(
        ("adam",), Settings(), ("graph",), Effort(3), False, 60.0, "x"
    )
    old = report(lesson="adam", workers=1)
    sources = {**old.lessons[0].sources, "keras": "b = 3"}
    new = report(lesson="adam", workers=1, sources=sources)
    assert rewritten.time_changed(old, old, request, None) == ({}, ())
    timed, broken = rewritten.time_changed(old, new, request, None)
    assert timed == {("adam", "keras"): pairs(1.2)}
    assert broken == ("x: killed",)
    assert seen == [("keras_impl.adam", ("graph",), Effort(12, 60.0))]
    untimed = replace(request, effort=None)
    assert rewritten.time_changed(old, new, untimed, None) == ({}, ())


def test_findings_are_lines_beside_the_code():
    """A line each; signs that mean something to GitHub are written out."""
    timed = {("line", "keras"): pairs(1.2)}
    found = compare(report(), report(), 0.05, timed, ["50 % of\nit"])
    assert list(for_github(found, speaker())) == [
        "::warning::50 %25 of%0Ait",
        "::error::line: graph: time of Keras: 1 → 1.2 (1.19 to 1.21) times "
        "the baseline",
    ]


def test_another_machine_leaves_speed_out_only():
    """Where the processors differ parity and size still count."""
    slow = replace(
        report(
            paired=pairs(9),
            verdicts=(Verdict("graph", "different", ()),),
        ),
        environment=replace(ENVIRONMENT, cpus=64),
    )
    found = compare(report(), slow, 0.05, {})
    (change,) = found.changes
    assert str(change.what) == "graph: verdict"
    named, left_out = found.notes
    assert named.values == {"name": "cpus", "old": "2", "new": "64"}
    assert "speed is left out" in str(left_out)


def test_other_versions_are_named_and_everything_is_checked():
    """A new TensorFlow is why a baseline is held against a run."""
    new = replace(
        report(paired=pairs(9)),
        environment=replace(ENVIRONMENT, tensorflow="2.22"),
    )
    found = compare(report(), new, 0.05, {})
    assert found.worse
    little = replace(new, lessons=report(paired=pairs(2.4)).lessons)
    assert not compare(report(), little, 0.05, {}).worse  # it moves by itself
    (note,) = found.notes
    assert note.values == {
        "name": "tensorflow",
        "old": "2.21",
        "new": "2.22",
    }


def test_save_and_check_end_to_end(tmp_path, monkeypatch, capsys):
    """A saved file is checked by what it asks for; a planted fault fails."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "_effort", lambda options: None)
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
    assert main(["check", "base.json", "--format", "json", "--update"]) == 1
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert change["worse"]
    assert main(["check", "base.json", "--format", "github"]) == 0
    assert not capsys.readouterr().out
    for place, value, message in (
        ("schema_version", 0, "has schema version 0"),
        ("lessons", [], "something else than it asks for"),
        ("environment", {}, "is no baseline"),
    ):
        wrong = {**content, "report": {**content["report"], place: value}}
        (tmp_path / "wrong.json").write_text(json.dumps(wrong))
        assert message in refused(capsys, "check", "wrong.json")


OWN = """
def by_hand(problem):
    import numpy as np

    w = np.array(problem.initial["w"])
    for _ in range(problem.steps):
        w = w - problem.learning_rate * 2 * np.mean(
            (w * problem.x - problem.y) * problem.x
        )
    return {"w": w, "b": problem.initial["b"]}


def shorter(problem):
    x, y, w = problem.x, problem.y, problem.initial["w"]
    for _ in range(problem.steps):
        w = w - problem.learning_rate * 2 * ((w * x - y) * x).mean()
    return {"w": w, "b": problem.initial["b"]}
"""


def test_an_own_pair_is_saved_and_checked(tmp_path, monkeypatch, capsys):
    """Equal code passes; a slower side, more code, another verdict fail."""
    monkeypatch.chdir(tmp_path)
    own, base = Path("own.py"), Path("base.json")
    own.write_text(OWN)
    asked = ["own.py:by_hand", "own.py:shorter", "--steps", "5"]
    assert main(["pair", *asked, "--baseline", "base.json"]) == 0
    assert "Written: base.json" in capsys.readouterr().out
    assert main(["check", "base.json"]) == 0
    assert "Nothing changed" in capsys.readouterr().out
    seen = []

    def take(label, function, arguments, modes, effort, *rest):
        before, now = arguments[0]
        assert Path(before.rpartition(":")[0]).read_text() == OWN
        seen.append((label, now))
        return pairs(1.2), ()

    monkeypatch.setattr(pair_baseline, "take_duos", take)
    own.write_text(OWN.replace("return {", "w = w + 0\n    return {", 1))
    assert main(["check", "base.json"]) == 1
    told = capsys.readouterr().out
    assert "time of by_hand" in told and "statements, by_hand" in told
    assert seen == [("by_hand, before and now", "own.py:by_hand")]
    own.write_text(OWN.replace("* 2 * (", "* 2.1 * ("))
    kept = base.read_text()
    assert main(["check", "base.json", "--format", "json", "--update"]) == 1
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert change["lesson"] == "by_hand / shorter"
    assert change["now"][0]["text"] == "different"
    assert main(["check", "base.json"]) == 0  # it is the new baseline
    capsys.readouterr()
    base.write_text(json.dumps({**json.loads(kept), "sources": ["one"]}))
    assert "something else than it asks" in refused(capsys, "check", str(base))


def test_the_code_of_a_side_is_its_own():
    """Two files may call their functions alike; one may hold both."""

    def own_code(left, right, *sources):
        problem = ProblemRequest("", "", "", (), 1, 0.1, None, 60.0)
        request = PairRequest(left, right, "graph", problem)
        kept = Baseline(None, report(), request, sources)
        return [pair_baseline.own_code(kept, number) for number in (0, 1)]

    apart = "def train(p):\n    return 1", "def train(p):\n    return 2"
    assert own_code("a.py:train", "b.py:train", *apart) == list(apart)
    both = "x = 1\n\ndef f(p):\n    pass\n\ndef g(p):\n    pass"
    left, right = own_code("a.py:f", "a.py:g", both, both)
    assert "def f" in left and "def g" not in left and "x = 1" in left
    assert "def g" in right and "def f" not in right


def test_scripts_have_no_baseline(tmp_path, capsys):
    """They bring their own data, and are not timed."""
    script = tmp_path / "script.py"
    script.write_text("")
    asked = ["pair", str(script), str(script), "--baseline", "base.json"]
    assert "leave --problem" in refused(capsys, *asked)


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
