"""What is printed and written: complete, escaped, atomic."""

from __future__ import annotations

import errno
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from compare.judging import codesize
from compare.judging.theory import theory_of
from compare.lessons.problems import problem_of
from compare.records import SCHEMA_VERSION, UsageError, files
from compare.records.findings import Convergence, TensorInfo
from compare.records.note import Note
from compare.records.problem import Scaling, Settings
from compare.records.report import Environment, LessonReport, Report
from compare.records.runs import Failure
from compare.records.timing import Memory, Opening, Paired, Start, Timing
from compare.records.verdicts import Verdict
from compare.showing.language import speaker
from compare.showing.telling import sections
from compare.showing.terminal import print_sections

HOSTILE = "[bold]x[/bold]\x1b[31m<script>"


@pytest.fixture
def report(make_run):
    """Return a report with everything in it, made without TensorFlow."""
    runs = make_run("manual"), make_run("keras")
    problem = problem_of("linear_regression", Settings(steps=20))
    start = Start(0.001, 0.2)
    lesson = LessonReport(
        lesson="linear_regression",
        title="Fit a line",
        data=HOSTILE,
        rows=5,
        features=1,
        batch_size=5,
        workers=1,
        updates=20,
        learning_rate=0.01,
        notes=(Note("a {word}", {"word": "note"}),),
        sources={"manual": "x = 1", "keras": "x = 1"},
        sizes={s: codesize.measure("x = 1") for s in ("manual", "keras")},
        verdicts=(
            Verdict("graph", "identical", (Note("every bit"),), (20, 20)),
            Verdict("xla", "different", (Note("they part"),), (20, 20)),
        ),
        trajectories=runs,
        recorded_updates=np.arange(21),
        failures=(Failure("keras", "xla", "float32", "no", HOSTILE),),
        scaling=Scaling(
            (HOSTILE,), "price", np.zeros(1), np.ones(1), 0.0, 1.0
        ),
        user_parameters={
            s: {"kernel": np.ones(1), "bias": np.array(2.0)}
            for s in ("manual", "keras")
        },
        theory=theory_of(problem),
        within_1_percent={"manual": 796, "keras": None},
        convergence=Convergence(9, {}, 1e-12, True, Note("they settle")),
        tensors={
            s: (TensorInfo("loss", "loss", (), "float32"),)
            for s in ("manual", "keras")
        },
        timings=tuple(
            Timing(s, "graph", 1, (start,) * 3, (0.03,))
            for s in ("manual", "keras")
        ),
        paired=(
            Paired(
                "graph",
                (1.0,),
                (1.0,),
                seconds=(0.03,),
                opening=(Opening(2.0, 0.028),),
            ),
        ),
        checks=(),
        left_out=("keras: shapes: was killed",),
        memory=(Memory("manual", (2**20, 2**21)),),
    )
    environment = Environment(
        "3.11", "2.21", "3.15", "2.4", "Linux", 2, ("CPU",), 2.5, 2**29
    )
    return Report(environment, "python -m compare", (lesson,))


def printed(report, **console):
    out = io.StringIO()
    console = Console(file=out, width=100, **console)
    print_sections(sections(report, speaker()), console)
    return out.getvalue()


def test_every_section_is_printed(report):
    """Verdicts, ends, sizes, shapes and times are all there."""
    text = printed(report)
    for expected in (
        "identical",
        "every bit",
        "different",
        "Where do they end?",
        "closed form",
        "796 (predicted, on all rows)",
        "statements",
        "rank 0, scalar",
        "per update",
        "30 ms",
        "Keras takes 1 times as long",
        "93% of the time",
        "Not timed: xla",
        "they settle",
        "by hand 2 MiB",
        "Left out: keras: shapes: was killed.",
        "see --budget",
        "In the units of the table",
        "Note: a note.",
    ):
        assert expected in text, expected


def test_a_different_pair_gets_no_speed_headline(report):
    """Timings of a pair that is different are not made a headline."""
    lesson = report.lessons[0]
    lesson = replace(
        lesson, verdicts=(Verdict("graph", "different", (Note("they part"),)),)
    )
    text = printed(replace(report, lessons=(lesson,)))
    assert "times as long" not in text


def test_hostile_text_stays_text(report):
    """Markup and escape sequences in users' names are shown, not obeyed."""
    text = printed(report, force_terminal=True, color_system="standard")
    assert "[bold]x[/bold]" in text
    assert "\\x1b[31m<script>" in text
    assert "\x1b[31m<script>" not in text


def test_a_pipe_gets_plain_text(report):
    """Without a terminal there are no escape sequences."""
    assert "\x1b" not in printed(report)


def test_report_json_is_strict_and_replaces_the_old_one(report, tmp_path):
    """The file is valid JSON with a schema version, and nothing is left."""
    (tmp_path / "report.json").write_text("old")
    path = files.write_report(report, tmp_path)
    content = json.loads(path.read_text(), parse_constant=pytest.fail)
    assert content["schema_version"] == SCHEMA_VERSION
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_a_full_disk_loses_nothing(report, tmp_path, monkeypatch):
    """When the disk is full the old report stays and a sentence is said."""
    (tmp_path / "report.json").write_text("old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(UsageError, match=r"No space left.*--out"):
        files.write_report(report, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "old"


def test_an_unwritable_folder_is_refused_before_the_work(tmp_path):
    """A path below a file cannot become a folder."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write to"):
        files.check_writable(tmp_path / "file" / "below")
    files.check_writable(tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder").is_dir()


def test_the_noise_floor_is_told_and_warned_of(report):
    """The manual loop against itself; a busy machine is named as such."""
    lesson = report.lessons[0]

    def text(*floor):
        paired = (Paired("graph", (2.0,) * 6, floor),)
        return printed(
            replace(report, lessons=(replace(lesson, paired=paired),))
        )

    quiet = text(1.0, 1.01, 1.0, 0.99, 1.0, 1.01)
    assert "against itself" in quiet
    assert "too busy" not in quiet
    assert "too busy" in text(1.0, 2.0, 1.5, 0.5, 3.0, 1.1)
