"""Users' own settings of matplotlib and Keras, broken or strange."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from compare.records import UsageError
from compare.running import environment
from compare.running.processes import Broken, Silent

DRAW = """\
import os, sys
from compare.showing.figures import charts_of
from compare.showing.figures.style import write_chart
from compare.showing.language import speaker
from compare.records.report import Report
from compare.studies.ladder import installed, ladder
from pathlib import Path
report = Report(installed(), "", ladder=ladder())
for name, figure in charts_of(report, speaker()).items():
    write_chart(figure, Path(), name)
sys.exit("MPLBACKEND" in os.environ and os.environ["MPLBACKEND"] == "agg")
"""  # fmt: skip

BROKEN = {
    "a backend that is none": (b"backend: nonsense\n", "nonsense"),
    "LaTeX": (b"text.usetex: True\nfont.size: 40\n", None),
    "no text": (b"\xff\xfe\x00", None),
}


@pytest.mark.parametrize("case", BROKEN)
def test_charts_are_drawn_under_settings_of_our_own(tmp_path, case):
    """A broken matplotlibrc or MPLBACKEND changes no chart and stays."""
    content, backend = BROKEN[case]
    (tmp_path / "matplotlibrc").write_bytes(content)
    given = {**os.environ, "MATPLOTLIBRC": str(tmp_path / "matplotlibrc")}
    if backend:
        given["MPLBACKEND"] = backend
    done = subprocess.run(
        [sys.executable, "-c", DRAW],
        cwd=tmp_path,
        env=given,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (tmp_path / "ladder.png").exists()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('{"floatx": "float99"}', True),
        ('{"floatx": ["float32"]}', True),
        ('{"epsilon": "small"}', True),
        ('{"image_data_format": 1}', True),
        ("[]", True),
        ("[" * 100_000, True),
        ("{", False),  # Keras takes it for empty
        ('{"floatx": "float64", "epsilon": 1e-5}', False),
        (None, False),
    ],
)
def test_a_broken_keras_json_is_named(tmp_path, monkeypatch, content, named):
    """When Keras does not start, its settings are blamed if they are why."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    path = tmp_path / "keras.json"
    if content is not None:
        path.write_text(content)

    def stopped(jobs, at_once, timeout, progress):
        return [Broken("raised ValueError: no")]

    monkeypatch.setattr(environment, "run_jobs", stopped)
    with pytest.raises(UsageError) as error:
        environment.read_environment(1.0, Silent())
    said = str(error.value)
    assert (f"mend or delete {path}" in said) is named
    assert ("install this project again" in said) is not named
