"""The command, as its users meet it: exit codes and single sentences."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from compare.commands import COMMANDS, run
from compare.commands.delivery import exit_code
from compare.commands.main import main, options_of
from compare.lessons.exhibits import source_of
from compare.records.verdicts import Verdict
from compare.studies.lesson import aspect

CSV = "size,rooms,price\n" + "".join(
    f"{i},{i * i % 7},{3 * i + i % 3}\n" for i in range(1, 41)
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Run every command in an empty folder."""
    monkeypatch.chdir(tmp_path)


def command(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "compare", *arguments],
        capture_output=True,
        text=True,
        **options,
    )


def refused(capsys, *arguments):
    """Run a command that must be refused; return its one sentence."""
    code = main(arguments)
    output = capsys.readouterr()
    assert code == 2
    assert output.err.count("\n") == 1
    assert "Traceback" not in output.err
    return output.err


USAGE = {
    ("nothing",): "no lesson 'nothing'",
    ("run", "nothing"): "no lesson 'nothing'",
    ("--modes", "fast"): "'fast'",
    ("--learning-rate", "0"): "'0' is not a number above 0",
    ("--learning-rate=-1",): "'-1' is not a number above 0",
    ("--learning-rate", "nan"): "'nan' is not a number above 0",
    ("--learning-rate", "inf"): "'inf' is not a number above 0",
    ("--learning-rate", "big"): "'big' is not a number above 0",
    ("--steps", "0"): "'0' is not a whole number above 0",
    ("--steps=-5",): "'-5' is not a whole number above 0",
    ("--steps", "1.5"): "'1.5' is not a whole number above 0",
    ("--batch-size", "none"): "'none' is not a whole number above 0",
    ("--timeout", "0"): "'0' is not a number above 0",
    ("--data", "none.csv"): "--target",
    ("--data", "none.csv", "--target", "y"): "there is no file none.csv",
    ("--target", "y"): "--data",
    ("--batch-size", "2"): "all rows at once",
    ("--no-such-option",): "--no-such-option",
    ("multi_worker", "--modes", "xla"): "runs in eager and graph mode only",
    ("--learning-rate", "1e-46"): "is 0 in float32",
    ("--all", "minibatch"): "leave their names out",
    ("--all", "--batch-size", "2"): "--batch-size out",
}


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_bad_requests_are_refused_in_one_sentence(capsys, arguments):
    """Exit code 2, one line on stderr, no traceback."""
    assert USAGE[arguments] in refused(capsys, *arguments)


def test_an_unwritable_folder_is_refused(capsys, tmp_path):
    """A report that cannot be written is not computed."""
    (tmp_path / "file").write_text("")
    error = refused(capsys, "--out", str(tmp_path / "file"))
    assert "cannot write" in error
    assert "--out" in error


def test_the_main_job_end_to_end(tmp_path):
    """`python -m compare --quick` agrees, explains, and writes its report."""
    (tmp_path / "tmp").mkdir()
    done = command(
        *("--quick", "--steps", "100", "--out", str(tmp_path / "out")),
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )
    assert not list((tmp_path / "tmp").iterdir())
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("identical") == 3
    assert "times as long" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Traceback" not in done.stderr
    assert "oneDNN" not in done.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["command"].startswith("python -m compare --quick")
    assert [v["outcome"] for v in report["lessons"][0]["verdicts"]] == (
        ["identical"] * 3
    )


def test_a_users_table_end_to_end(tmp_path, monkeypatch, capsys):
    """--data standardises, trains, and reports in the user's units."""
    monkeypatch.setattr(run, "_effort", lambda options: None)
    (tmp_path / "homes.csv").write_text(CSV)
    table = ("--data", "homes.csv", "--target", "price")
    short = ("--quick", "--steps", "100", "--modes", "graph")
    assert main([*table, *short]) == 0
    output = capsys.readouterr().out
    assert "standardised every column" in output
    assert "price per unit of" in output
    assert "rooms" in output


def test_an_overshooting_rate_exits_with_3(tmp_path, capsys):
    """No agreement on infinity, and the limit is named."""
    rate = ("--steps", "200", "--learning-rate", "0.5")
    assert main(["--quick", "--modes", "graph", *rate]) == 3
    output = capsys.readouterr().out
    assert "overshoots" in output
    assert "0.08452" in output
    assert (tmp_path / "report.json").exists()


def test_a_different_pair_exits_with_1(monkeypatch, capsys, exhibit_file):
    """A planted mistake reaches the exit code."""
    text = source_of("manual.linear_regression")
    wrong = exhibit_file(text.replace("reduce_mean", "reduce_sum"))
    original = aspect.exhibit
    monkeypatch.setattr(
        aspect,
        "exhibit",
        lambda side, lesson: (
            wrong if side == "manual" else original(side, lesson)
        ),
    )
    assert main(["--quick", "--modes", "graph", "--steps", "10"]) == 1
    text = capsys.readouterr().out
    assert "different" in text
    assert "Not timed: graph" in text


def test_a_full_disk_is_one_sentence(tmp_path):
    """A real failure to write: the old report stays, the results are shown."""
    (tmp_path / "ladder.json").write_text("old")

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = command("ladder", preexec_fn=limit)
    assert done.returncode == 2, done.stderr
    assert "cannot write to ladder.json" in done.stderr
    assert "Traceback" not in done.stderr
    assert "early_stopping" in done.stdout
    assert (tmp_path / "ladder.json").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_output_closed_early_loses_nothing(tmp_path):
    """`| head -1` ends quietly: a code of its own, and a report."""
    call = [sys.executable, "-m", "compare", "ladder"]
    with subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as done:
        done.stdout.close()
        errors = done.stderr.read().decode()
    assert done.returncode == 141, errors
    assert "Traceback" not in errors
    assert json.loads((tmp_path / "ladder.json").read_text())["ladder"]


def test_hostile_names_cannot_move_the_cursor(capsys, tmp_path):
    """Escape sequences in a file's name are shown, not sent."""
    error = refused(capsys, "--data", "\x1b[31mred", "--target", "y")
    assert "\x1b" not in error
    assert "\\x1b[31mred" in error


def test_a_fault_of_our_own_is_no_verdict(monkeypatch, capsys):
    """A bug exits with 70 and its traceback, not with 1 for `different`."""

    def broken(*given):
        raise ZeroDivisionError

    monkeypatch.setattr("compare.studies.lesson.report.make_report", broken)
    assert main(["--quick"]) == 70
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_disk_that_fills_up_is_no_fault_of_ours(monkeypatch, capsys):
    """Wherever a temporary file finds no room, one sentence says so."""

    def broken(*given):
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
        try:
            with tempfile.TemporaryFile() as file:
                file.write(b"something")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    monkeypatch.setattr("compare.studies.lesson.report.make_report", broken)
    assert "File too large; make room there" in refused(capsys, "--quick")


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (("identical", "same mathematics"), 0),
        (("identical", "different"), 1),
        (("different", "could not run"), 3),
    ],
)
def test_exit_codes(outcomes, code):
    """What could not run outweighs what is different."""
    verdicts = [Verdict("graph", outcome, ()) for outcome in outcomes]
    assert exit_code(verdicts) == code


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(capsys, command):
    """--help names what can be set, and the exit codes, in plain words."""
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert "usage: python -m compare" in text
    assert "%(" not in text and "_Helper" not in text


def test_list_names_the_lessons(capsys):
    """Each lesson is listed with its title."""
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("minibatch ") for line in lines)


@pytest.mark.parametrize("words", [["list"], ["--help"]])
def test_a_full_output_is_one_sentence(words):
    """A device without room is named; no traceback, no verdict's code."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "compare", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr == (
        "compare: cannot write to standard output: No space left on device; "
        "send it to another place\n"
    )


CLOSED = {
    "output": ("list >&-", 141),
    "errors": ("list 2>&-", 0),
    "input": ("list <&-", 0),
    "everything": ("list <&- >&- 2>&-", 141),
    "errors of a refusal": ("nothing 2>&-", 2),
    "full errors": ("nothing 2>/dev/full", 2),
}


@pytest.mark.parametrize("what", CLOSED)
def test_closed_streams_are_no_fault(what):
    """Whatever of the three is closed, the exit code tells what happened."""
    words, code = CLOSED[what]
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m compare {words}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == code
    assert done.stderr == ""
    assert ("linear_regression" in done.stdout) == (code == 0)


INTERRUPTED = """
import os, runpy, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

module, *sys.argv[1:] = sys.argv[1:]
sys.meta_path.insert(0, Interrupt())
runpy.run_module("compare", run_name="__main__")
"""


@pytest.mark.parametrize(
    "module", ["compare.commands.main", "argparse", "numpy"]
)
def test_an_interrupt_while_importing_is_one_sentence(module):
    """Ctrl-C in the first instants ends as it does later."""
    call = [sys.executable, "-c", INTERRUPTED, module, "list"]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 130, done.stderr
    assert done.stderr.startswith("compare: interrupted")
    assert done.stderr.count("\n") == 1


def test_an_interrupt_names_what_was_written(tmp_path):
    """Ctrl-C while a chart is drawn does not deny the report beside it."""
    module = "matplotlib.backends.backend_svg"  # what draws the last file
    call = [sys.executable, "-c", INTERRUPTED, module, "ladder"]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 130, done.stderr
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == ["ladder.json", "ladder.png"]
    assert f"written so far: {', '.join(written)}\n" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "timed"),
    [(("--all",), False), (("--all", "--budget", "5"), True), ((), True)],
)
def test_all_lessons_are_timed_only_where_time_is_given(arguments, timed):
    """Timing them all takes most of an hour; one lesson always is."""
    options = options_of(["run", *arguments])
    assert (run.request_of(options, "").effort is not None) is timed


def test_names_and_options_stand_in_any_order():
    """A lesson may follow an option that follows a name."""
    words = "save-baseline", "b.json", "adam", "--quick", "gpt"
    options = options_of(words)
    assert options.lessons == ["adam", "gpt"] and options.quick
    assert options.file == Path("b.json")
