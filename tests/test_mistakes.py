"""The catalogue: every mistake is caught, and no equivalent rewrite is."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import replace
from unittest import mock

import pytest
from rewrites import REWRITES
from together import run_together

from compare.commands.main import main
from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.problems import LESSONS, problem_of
from compare.mistakes import CATALOGUE, FOLDER, THEMES, read
from compare.mistakes import __doc__ as documentation
from compare.mistakes.observing import observe
from compare.mistakes.patching import (
    diff,
    mutant_source,
    patched,
    problem_for,
    thread_url,
)
from compare.records.json_form import from_json, to_json
from compare.records.mistakes import KINDS, MistakeReport
from compare.records.problem import Settings
from compare.running import contest
from compare.studies.lesson.aspect import contestant

KEYS = [mistake.key for mistake in CATALOGUE]
BY_KEY = dict(zip(KEYS, CATALOGUE, strict=True))
_, EXAMPLE, _ = re.split("\n\n(?=    \\[defaults|What a)", documentation)
EXAMPLE = textwrap.dedent(EXAMPLE)
"""A file with one row, as the documentation has it."""


@pytest.fixture(scope="module")
def observed():
    """Make every mistake once; nothing is timed."""
    with mock.patch.object(contest, "run_jobs", run_together):
        reports = observe(CATALOGUE, rounds=0)
    return {report.mistake.key: report for report in reports}


@pytest.mark.parametrize("key", KEYS)
def test_every_mistake_is_caught(observed, key):
    """The mutation test of the checker: no row of the catalogue escapes."""
    assert observed[key].caught, observed[key]


@pytest.mark.parametrize(
    "key", [m.key for m in CATALOGUE if m.kind == "error"]
)
def test_what_is_raised_is_what_the_lesson_says(observed, key):
    """The symptom names the exception that the run really raised."""
    report = observed[key]
    assert report.raised.error in report.mistake.symptom


PLACES = {
    "broadcast": (1, "kernel"),
    "second-gradient": (1, "bias"),
    "nominal-batch-size": (6, "kernel"),
    "guarded-rebinding": (1, "kernel"),
    "first-batch-only": (2, "kernel"),
    "penalty-forgotten": (2, "kernel"),
    "best-not-restored": (27, "hidden_kernel"),
    "mean-of-means": (18, "val_loss"),
    "fit-two-iterators": (7, "kernel"),
    "iterations-run-ahead": (7, "kernel"),
    "optimizer-not-built": (7, "kernel"),
}


@pytest.mark.parametrize("key", PLACES)
def test_a_mistake_is_located(observed, key):
    """Update and parameter are those where the mistake first acts."""
    found = observed[key].verdict.divergence
    assert (found.step, found.parameter) == PLACES[key]


RATIOS = {
    # mean(x) * mean(y) where mean(x * y) belongs, of the first batch's rows.
    "broadcast": (0.0068, 1.0),
    "sum-for-mean": (64.0, 64.0),
    "half-error": (0.5, 0.5),
    "wrong-sign": (-1.0, -1.0),
    "forgotten-variable": (1.0, 0.0),
    "no-bias-correction": (3.162, 3.162),
    "optimizer-string": (0.2, 0.2),
}


@pytest.mark.parametrize("key", RATIOS)
def test_the_first_update_tells_the_factor(observed, key):
    """The ratio of the first updates is the mistake's own number."""
    ratios = observed[key].first_update
    pair = ratios["kernel"], ratios["bias"]
    assert pair == pytest.approx(RATIOS[key], abs=2e-3)


def test_a_report_survives_json(observed):
    """Each kind of report comes back from JSON as it was."""
    for key in ("broadcast", "rebinding", "eager-loop"):
        text = json.dumps(to_json(observed[key]), allow_nan=False)
        assert from_json(MistakeReport, json.loads(text)) == observed[key]


def test_a_slow_mistake_is_timed():
    """Timing gives a ratio above 1 and keeps its samples."""
    (report,) = observe([BY_KEY["function-in-loop"]], rounds=1)
    assert report.caught
    assert report.ratio.value > 2
    assert len(report.bad.samples) == len(report.mended.samples) == 1
    assert report.bad.python_runs > report.mended.python_runs


def test_an_honest_exhibit_is_not_caught():
    """A patch that changes nothing is seen neither as slow nor as wrong."""
    nothing = (("# --- Training", "# --- Training, as before"),)
    rows = [
        replace(BY_KEY[key], patches=nothing)
        for key in ("half-error", "tape-twice", "eager-loop")
    ]
    for report in observe(rows, rounds=0):
        assert not report.caught, report


REWRITTEN = [f"{lesson}: {title}" for lesson, title, _ in REWRITES]


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory):
    """Judge every rewrite against the Keras side of its lesson."""
    folder = tmp_path_factory.mktemp("rewritten")
    keras = {
        lesson: contestant(
            "keras",
            exhibit("keras", lesson),
            "keras",
            problem_of(lesson, Settings(steps=12)),
            "graph",
        )
        for lesson, *_ in REWRITES
    }
    pairs = []
    for number, (lesson, _, patches) in enumerate(REWRITES):
        path = folder / f"rewrite_{number}.py"
        path.write_text(patched(source_of(exhibit("manual", lesson)), patches))
        problem = problem_of(lesson, Settings(steps=12))
        left = contestant(
            "manual", f"{path}:train", "manual", problem, "graph"
        )
        pairs.append((left, keras[lesson]))
    with mock.patch.object(contest, "run_jobs", run_together):
        verdicts = contest.Contest(2, 240.0).judge(pairs)
    return [verdicts[pair] for pair in pairs]


@pytest.mark.parametrize("number", range(len(REWRITES)), ids=REWRITTEN)
def test_an_equivalent_rewrite_raises_no_alarm(rewritten, number):
    """Other words for the same mathematics are never called different."""
    assert rewritten[number].agree, rewritten[number].reason


def test_there_are_enough_rewrites():
    """At least 30, over several lessons, no two alike."""
    assert len(set(REWRITTEN)) == len(REWRITES) >= 30
    assert len({lesson for lesson, *_ in REWRITES}) >= 6


@pytest.mark.parametrize("key", KEYS)
def test_a_row_is_complete(key):
    """It fits its exhibit, is valid Python and says all that it has to."""
    mistake = BY_KEY[key]
    compile(mutant_source(mistake), key, "exec")
    assert "\n+" in diff(mistake) or "\n-" in diff(mistake)
    assert mistake.lesson in LESSONS
    assert mistake.kind in KINDS
    texts = mistake.title, mistake.symptom, mistake.why, mistake.keras
    assert all(texts)
    assert not mistake.title.endswith(".")


def test_keys_are_unique():
    """A key names one mistake."""
    assert len(set(KEYS)) == len(KEYS)


@pytest.fixture
def read_text(tmp_path):
    """Return a function that reads a catalogue's file of this text."""

    def read_it(text):
        path = tmp_path / "theme.toml"
        path.write_text(text)
        return read(path)

    return read_it


def test_the_documented_row_is_one(read_text):
    """What the documentation shows is a row of the catalogue."""
    (row,) = read_text(EXAMPLE)
    assert row == replace(BY_KEY["tail-dropped"], theme="theme")


def test_all_updates_are_the_lessons_own(read_text):
    """`updates = "all"` leaves their number to the lesson."""
    (row,) = read_text(
        EXAMPLE.replace("symptom =", 'updates = "all"\nsymptom =')
    )
    own = problem_of(row.lesson, Settings())
    assert problem_for(row).steps == own.steps


def test_no_file_of_the_catalogue_is_forgotten():
    """Every file in the folder is a theme that is read."""
    assert {f"{theme}.toml" for theme in THEMES} == {
        file.name for file in FOLDER.iterdir()
    }


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("why =", "reason =", "reason"),
        ("why =", "# why =", "why"),
        ("[[", "# [[", "before"),
        ("before =", "# before =", "before"),
        ("after =", "extra = 1\nafter =", "extra"),
        ('"silent"', '"quiet"', "kind"),
        ("symptom =", "counts_start = 1\nsymptom =", "counts_start"),
        ("symptom =", 'updates = "some"\nsymptom =', "updates"),
    ],
)
def test_a_malformed_row_is_refused(read_text, before, after, fault):
    """The error names the file, the key and the field."""
    assert before in EXAMPLE
    with pytest.raises(
        ValueError, match=r"theme\.toml, tail-dropped: "
    ) as told:
        read_text(EXAMPLE.replace(before, after))
    assert fault in str(told.value)


def test_a_file_that_is_not_toml_is_refused(read_text):
    """The error names the file."""
    with pytest.raises(ValueError, match=r"theme\.toml: "):
        read_text(EXAMPLE + "[")


@pytest.mark.parametrize("text", ["problem", "no such text"])
def test_a_patch_that_does_not_fit_is_refused(read_text, text):
    """A text that occurs never or often is an error, not a silent no-op."""
    rows = read_text(
        EXAMPLE.replace("'batch(problem.batch_size)'", f"'{text}'")
    )
    with pytest.raises(ValueError, match=r"tail-dropped: .* not once"):
        mutant_source(*rows)


def test_threads_have_addresses():
    """The project before the number is turned into an address."""
    assert thread_url("keras#14627") == (
        "https://github.com/keras-team/keras/issues/14627"
    )
    assert thread_url("tensorflow#28901") == (
        "https://github.com/tensorflow/tensorflow/issues/28901"
    )


def test_the_command_lists_and_shows_without_running(capsys):
    """The index has every key; a lesson has diff, reason and threads."""
    assert main(["mistakes"]) == 0
    index = capsys.readouterr().out
    assert all(key in index for key in KEYS)
    assert main(["mistakes", "broadcast"]) == 0
    lesson = capsys.readouterr().out
    for part in ("+    rows", BY_KEY["broadcast"].keras, "issues/28901"):
        assert part in lesson
    assert main(["mistakes", "nonsense"]) == 2
    assert main(["mistakes", "broadcast", "--all"]) == 2


def test_the_command_makes_a_mistake(capsys, tmp_path):
    """With --run the facts are printed and written."""
    code = main(["mistakes", "half-error", "--run", "--out", str(tmp_path)])
    assert code == 0
    output = capsys.readouterr().out
    assert "kernel 0.5, bias 0.5" in output
    assert "Caught: 1 of 1." in output
    written = json.loads((tmp_path / "mistakes.json").read_text())
    assert written["mistakes"][0]["mistake"]["key"] == "half-error"


def test_a_mistake_that_is_not_caught_ends_in_exit_code_1(
    capsys, tmp_path, monkeypatch
):
    """The command fails where the checker does."""
    from compare.mistakes import observing

    def blind(*given):
        return tuple(
            replace(report, caught=False) for report in observe(*given)
        )

    monkeypatch.setattr(observing, "observe", blind)
    code = main(["mistakes", "half-error", "--run", "--out", str(tmp_path)])
    assert code == 1
    assert "Caught: 0 of 1." in capsys.readouterr().out
