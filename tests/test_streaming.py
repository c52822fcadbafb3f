"""Rows on disk: the files, the same bits, flat memory, and tidying up."""

from __future__ import annotations

import dataclasses
import json
import types
from pathlib import Path

import numpy as np
import pytest

from compare.commands.main import main
from compare.lessons.exhibits import exhibit
from compare.lessons.problems import problem_of
from compare.lessons.rows_on_disk import read_csv, with_files, write_csv
from compare.records import SIDES, UsageError
from compare.records.json_form import from_json, to_json
from compare.records.problem import Settings
from compare.records.report import Environment, Report
from compare.records.streaming import Pass, StreamCell
from compare.running import timing
from compare.running.processes import Broken, Job, Silent, run_jobs
from compare.studies.stream import large_table
from compare.studies.stream import study as streaming
from compare.studies.stream.large_table import (
    FEATURES,
    check_room,
    write_table,
)
from compare.studies.stream.probe import train_once
from compare.studies.stream.study import flatness, measure_streaming

SIZES = (20_000, 45_000)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_written_is_read_back_to_the_bit(tmp_path, dtype):
    """Tiny, huge, odd and many random numbers keep every bit."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((500, 3)).astype(dtype)
    x[:4, 0] = 0.1, 1e-38, 3.4e38, -0.0
    y = generator.standard_normal((500, 1)).astype(dtype)
    paths = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    write_csv(paths[0], [(x[:100], y[:100]), (x[100:200], y[100:200])])
    write_csv(paths[1], [(x[200:], y[200:])])
    for wrote, read in zip((x, y), read_csv(paths, dtype), strict=True):
        assert read.dtype == dtype
        assert read.tobytes() == wrote.tobytes()


def test_a_lesson_has_its_files_while_it_trains():
    """The files hold the problem's rows, and go with the context."""
    problem = problem_of("streaming", Settings())
    with with_files(problem) as given:
        files = [Path(file) for file in given.files]
        assert len(files) > 1
        assert files[0].read_text().startswith('"x0","x1","x2","y"\n')
        x, y = read_csv(given.files, "float32")
        np.testing.assert_array_equal(x, problem.x)
        np.testing.assert_array_equal(y, problem.y)
    assert not files[0].parent.exists()


def test_other_lessons_get_no_files():
    """A problem that reads no files is left as it is."""
    problem = problem_of("minibatch", Settings())
    with with_files(problem) as given:
        assert given is problem


def test_fewer_rows_are_the_first_files(tmp_path, monkeypatch):
    """Sizes that are no multiple of a file's rows end a file of their own."""
    monkeypatch.setattr(large_table, "FILE_ROWS", 100)
    told = []
    found = write_table(
        str(tmp_path), (50, 250), lambda *given: told.append(given)
    )
    assert [len(found[rows]) for rows in (50, 250)] == [1, 4]
    assert found[250][:1] == found[50]
    assert told[-1] == (250, 250)
    for rows in (50, 250):
        x, y = read_csv(found[rows], "float32")
        assert (x.shape, y.shape) == ((rows, FEATURES), (rows, 1))


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Measure two small tables for real; return the result and the folder."""
    folder = tmp_path_factory.mktemp("table")
    return measure_streaming(SIZES, 1, folder, 120.0, Silent()), folder


def test_all_sides_and_sources_have_the_same_bits(measured):
    """Files or memory, manual or Keras: identical after every update."""
    found, _ = measured
    assert len(found.cells) == len(SIZES) * 4
    assert found.left_out == ()
    for cell in found.cells:
        if (cell.side, cell.source) == ("manual", "files"):
            assert cell.verdict is None
            continue
        assert cell.verdict.outcome == "identical", cell.verdict.reason
        assert cell.verdict.updates[0] == -(-cell.rows // found.batch_size)


def test_every_pass_is_timed_and_weighed(measured):
    """The first update comes before the end; memory has grown."""
    found, _ = measured
    for cell in found.cells:
        (one,) = cell.passes
        assert 0 < one.start_seconds < one.seconds
        assert one.added_bytes > 0
    assert {flat.side for flat in found.flatness} == set(SIDES)


def test_the_table_is_taken_away(measured):
    """Nothing is left in the folder."""
    _, folder = measured
    assert list(folder.iterdir()) == []


def test_the_table_is_taken_away_when_interrupted(tmp_path, monkeypatch):
    """Ctrl-C in the middle of the work leaves nothing either."""

    def interrupt(jobs, at_once, timeout, progress):
        (job,) = jobs
        job.function(*job.arguments, lambda done, total: None)
        assert list(tmp_path.rglob("*.csv"))
        raise KeyboardInterrupt

    monkeypatch.setattr(streaming, "run_jobs", interrupt)
    with pytest.raises(KeyboardInterrupt):
        measure_streaming((100,), 1, tmp_path, 1.0, Silent())
    assert list(tmp_path.iterdir()) == []


BAD_LINES = {
    "abc,2,3,4,5,6,7,8,9": "Field 0 in record 1 is not a valid float: abc",
    "1,2,3": "Expect 9 fields but have 3 in record 1",
    "1,,3,4,5,6,7,8,9": "Field 1 is required but missing",
    "1,2,nan,4,5,6,7,8,9": "a value is missing : Tensor had NaN values",
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Train both sides on a file with a bad line; return line -> reasons."""
    folder = tmp_path_factory.mktemp("bad")
    work = []
    for number, line in enumerate(BAD_LINES):
        path = folder / f"{number}.csv"
        path.write_text(f"head\n1,2,3,4,5,6,7,8,9\n{line}\n")
        work += [
            Job(
                side,
                train_once,
                (
                    exhibit(side, "streaming"),
                    "files",
                    [str(path)],
                    2,
                    "float32",
                ),
            )
            for side in SIDES
        ]
    found = run_jobs(work, 2, 60.0)
    return {line: found[2 * i : 2 * i + 2] for i, line in enumerate(BAD_LINES)}


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_ends_in_one_clear_sentence(broken, line):
    """Text, a missing field, an empty one, NaN: said on both sides."""
    for result in broken[line]:
        assert isinstance(result, Broken)
        assert BAD_LINES[line] in result.reason
        assert "\n" not in result.reason
        assert "{{" not in result.reason and "Iterator" not in result.reason
        assert len(result.reason) < 120


HOARDER = """
import numpy as np
import tensorflow as tf

def train(problem):
    kernel, bias = tf.Variable(problem.kernel), tf.Variable(problem.bias)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(kernel)
        kernel.assign_sub(tape.gradient(loss, kernel))

    rows = np.ones(25_000_000)
    step()
    return kernel, bias
"""


def test_memory_that_training_takes_shows_in_its_peak(exhibit_file):
    """200 MB held for one update are 200 MB at the peak, though let go."""
    arguments = (exhibit_file(HOARDER), "files", [], 1, "float32")
    (found,) = run_jobs([Job("hoard", train_once, arguments)], 1, 60.0)
    _, one = found
    assert 200e6 < one.added_bytes < 260e6


def cells(*peaks, source="files", side="manual"):
    """Make a cell per peak in MB, with ten times the rows each time."""
    return [
        StreamCell(10**i, side, source, None, (Pass(2.0, 1.0, mb * 10**6),))
        for i, mb in enumerate(peaks, 5)
    ]


def test_reading_the_whole_file_is_not_flat():
    """A peak that grows with the rows is caught, one that wobbles is not."""
    (flat,) = flatness(cells(40, 42, 43))
    assert flat.flat and flat.ratio == pytest.approx(43 / 40)
    assert (flat.fewest, flat.most) == (10**5, 10**7)
    for peaks in ((40, 75, 400), (40, 45, 52)):
        (grown,) = flatness(cells(*peaks))
        assert not grown.flat
    assert list(flatness(cells(40, 400, source="memory"))) == []
    assert list(flatness(cells(40))) == []


def test_no_room_on_the_disk_is_one_sentence(tmp_path, monkeypatch):
    """Before anything is written the missing room is named."""
    usage = types.SimpleNamespace(free=10**8)
    monkeypatch.setattr(large_table.shutil, "disk_usage", lambda place: usage)
    check_room(10**6, tmp_path)
    with pytest.raises(UsageError, match=r"0\.7 GB in .* 0\.1 GB free"):
        check_room(10**7, tmp_path)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path, capsys):
    """The command names it and ends with code 2."""
    missing = str(tmp_path / "missing")
    assert main(["stream", "--folder", missing, "--rows", "10"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "missing" in error


def test_what_does_not_fit_in_memory_is_left_out(tmp_path, monkeypatch):
    """The table is still streamed, and the report says what is missing."""
    monkeypatch.setattr(streaming, "fits_in_memory", lambda rows: False)
    made = Broken("no process here")

    def run(jobs, at_once, timeout, progress):
        if jobs[0].function is write_table:
            return [{10: []}]
        return [made for _ in jobs]

    monkeypatch.setattr(streaming, "run_jobs", run)
    monkeypatch.setattr(timing, "run_jobs", run)
    found = measure_streaming((10,), 1, tmp_path, 1.0, Silent())
    assert {cell.source for cell in found.cells} == {"files"}
    assert "more than half" in found.left_out[0]
    keras = found.cells[1]
    assert keras.verdict.outcome == "could not run"
    assert "no process here" in keras.verdict.reason


@pytest.fixture
def report(measured):
    """Return a report of a real measurement."""
    environment = Environment(
        "3", "2", "3", "2", "Linux", 2, ("CPU",), 1.0, 10**8
    )
    return Report(environment, "python", streaming=measured[0])


def test_streaming_survives_json(report):
    """The whole section comes back equal."""
    text = json.dumps(to_json(report), allow_nan=False)
    back = from_json(Report, json.loads(text))
    assert back.streaming == report.streaming


def grown(found):
    """Return the measurement with a memory that grew."""
    flats = tuple(
        dataclasses.replace(flat, ratio=9.0, flat=False)
        for flat in found.flatness
    )
    return dataclasses.replace(found, flatness=flats)


def test_memory_that_grows_fails_the_command(
    report, tmp_path, monkeypatch, capsys
):
    """Exit code 1, though every bit agrees; the report is written."""
    found = grown(report.streaming)
    monkeypatch.setattr(streaming, "measure_streaming", lambda *given: found)
    code = main(["stream", "--rows", "10", "--out", str(tmp_path)])
    assert code == 1
    assert "NOT flat" in capsys.readouterr().out
    assert (tmp_path / "streaming.json").exists()
