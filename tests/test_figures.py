"""Charts and the GIF: drawn when there are data, legible whatever they say."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from drawn import assert_legible
from matplotlib.figure import Figure
from PIL import Image

from compare.judging import thinning
from compare.judging.theory import pack, theory_of
from compare.lessons.problems import problem_of
from compare.lessons.scaling import standardise
from compare.records import SIDES, UsageError
from compare.records.problem import Settings
from compare.records.report import Environment, LessonReport, Report
from compare.records.runs import Trajectory
from compare.showing.figures import CHARTS, write_figures
from compare.showing.figures.animation import learning_gif
from compare.showing.figures.style import plain, short, spread
from compare.showing.language import speaker

HOSTILE = (
    "a_column_whose_name_is_far_too_long_for_any_chart",
    "$\\frac{1}{0}$ price in $",
    "방의 개수와 크기",
    "<script>alert(1)</script>",
    "line\nbreak\ttab",
    "a_column_whose_name_is_far_too_long_for_a_page",
    "\x1b[31mred \U0001f427",
)


def table(features, scale=1.0, rows=60):
    """Make a table whose target depends on all columns."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=(rows, len(features))) * scale
    noise = scale * generator.normal(size=(rows, 1))
    y = x.sum(axis=1, keepdims=True) + noise
    return standardise("t.csv", x, y, [*features, "$target_한글$"])


def descend(problem, side, steps):
    """Run plain gradient descent on all rows in numpy."""
    x = problem.x.reshape(len(problem.x), -1).astype(float)
    design = np.hstack([x, np.ones((len(x), 1))])
    path = [pack(problem.initial)]
    for _ in range(steps):
        error = design @ path[-1] - problem.y.ravel()
        slope = 2 * design.T @ error / len(x)
        path.append(path[-1] - problem.learning_rate * slope)
    stacked = np.array(path, "float32")
    shapes = {name: v.shape for name, v in problem.initial.items()}
    parameters = {
        "kernel": stacked[:, :-1].reshape(-1, *shapes["kernel"]),
        "bias": stacked[:, -1:].reshape(-1, *shapes["bias"]),
    }
    losses = [
        problem.loss({k: v[i] for k, v in parameters.items()}, x, problem.y)
        for i in range(steps + 1)
    ]
    return Trajectory(
        side, "graph", "float32", parameters, {}, np.array(losses)
    )


def lesson_of(name="linear_regression", steps=40, **settings):
    """Make a lesson's report without running TensorFlow."""
    problem = problem_of(name, Settings(steps=steps, **settings))
    truth = theory_of(problem)
    runs = [descend(problem, side, steps) for side in SIDES]
    frames = thinning.frames(runs)
    return LessonReport(
        lesson=name,
        title=problem.title,
        data=problem.data,
        rows=len(problem.x),
        features=problem.x.reshape(len(problem.x), -1).shape[1],
        batch_size=problem.batch_size,
        workers=1,
        updates=steps,
        learning_rate=problem.learning_rate,
        notes=(),
        sources={},
        sizes={},
        verdicts=(),
        checks=(),
        trajectories=tuple(thinning.thin(run, frames) for run in runs),
        recorded_updates=frames,
        failures=(),
        scaling=problem.scaling,
        user_parameters={},
        theory=truth,
        within_1_percent={},
        convergence=None,
        tensors={},
        timings=(),
        memory=(),
        left_out=(),
        points=thinning.points(problem, truth),
    )


def report_of(*lessons):
    """Make a report of these lessons."""
    where = Environment("", "", "", "", "", 2, ("CPU",), 2.0, 2**20)
    return Report(where, "python -m compare", lessons)


MANY = tuple(f"{name} {i}" for i in range(3) for name in HOSTILE)[:20]
LESSONS = {
    "the main job": {"steps": 1100},
    "one update": {"steps": 1},
    "overshooting": {"learning_rate": 0.2, "steps": 60},
    "one hostile column": {"table": table(HOSTILE[1:2], 1e9)},
    "tiny values": {"table": table(("x",), 1e-12)},
    "penguins": {"name": "minibatch"},
    "hostile columns": {"name": "minibatch", "table": table(HOSTILE, 1e6)},
    "twenty columns": {"name": "minibatch", "table": table(MANY)},
    "sixty columns": {
        "name": "minibatch",
        "table": table(tuple(f"c{i}" for i in range(60)), rows=99),
    },
}


@pytest.mark.parametrize("case", LESSONS)
def test_no_label_of_any_chart_meets_another(case):
    """Every text is inside, apart from all others, and large enough."""
    lesson = lesson_of(**LESSONS[case])
    for chart in CHARTS.values():
        if figure := chart(lesson, speaker()):
            assert_legible(figure)


def test_the_check_of_labels_finds_planted_faults():
    """Texts that meet, that leave the canvas and that are small are caught."""
    for places in ([(0.5, 0.5)] * 2, [(0.95, 0.5)]):
        figure = Figure(figsize=(8, 4))
        for place in places:
            figure.text(*place, "a label")
        with pytest.raises(AssertionError):
            assert_legible(figure)
    figure = Figure(figsize=(8, 4))
    figure.text(0.5, 0.5, "small", fontsize=9)
    with pytest.raises(AssertionError):
        assert_legible(figure)


def test_a_chart_appears_only_with_its_data():
    """What was not recorded is not drawn."""
    full = lesson_of()
    assert {n for n, chart in CHARTS.items() if chart(full, speaker())} == {
        "learning",
        "loss",
    }
    bare = replace(full, trajectories=(), points=None)
    assert not any(chart(bare, speaker()) for chart in CHARTS.values())
    assert learning_gif(bare, speaker()) is None
    several = lesson_of("minibatch")
    assert {n for n, chart in CHARTS.items() if chart(several, speaker())} == {
        "loss",
        "parameters",
    }


def test_the_predicted_fall_is_the_one_that_is_seen():
    """The dotted line of the first lesson meets the loss at the end."""
    figure = CHARTS["loss"](lesson_of(steps=1100), speaker())
    manual, _, predicted = figure.axes[0].get_lines()
    seen, line = (np.asarray(x.get_ydata())[-1] for x in (manual, predicted))
    assert line == pytest.approx(seen, rel=1e-3)


def test_ticks_say_what_they_stand_for():
    """A number on an axis is that of its place, to what three digits hold."""
    for value in (0, 0.0001, 1_000, 2.5e6, -7.5e32, 1e-9):
        shown = float(short(value).replace(",", ""))
        assert shown == pytest.approx(value, rel=5e-3)
    assert short(1000) == "1,000"


def test_the_gif_moves_holds_and_is_small():
    """At most 100 frames, denser at first, the last for seconds."""
    content = learning_gif(lesson_of(steps=1100), speaker())
    assert len(content) < 300_000
    with Image.open(io.BytesIO(content)) as moving:
        assert 30 < moving.n_frames <= 100
        white = moving.convert("RGB").getpixel((0, moving.height - 1))
        assert white == (255, 255, 255)
        moving.seek(1)
        early = moving.info["duration"]
        moving.seek(moving.n_frames - 1)
        assert moving.info["duration"] > 10 * early


def test_the_same_report_gives_the_same_files(tmp_path):
    """PNG, SVG and GIF are written under the lesson's name, repeatably."""
    report = report_of(lesson_of(steps=5))
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        paths = write_figures(report, tmp_path / name)
        files.append({path.name: path.read_bytes() for path in paths})
    assert files[0] == files[1]
    assert set(files[0]) == {
        f"linear_regression-{name}"
        for name in ("learning.gif", "learning.png", "learning.svg",
                     "loss.png", "loss.svg")
    }  # fmt: skip


def test_a_folder_that_went_away_is_one_sentence(tmp_path):
    """The error names the option to change."""
    with pytest.raises(UsageError, match=r"cannot write.*--figures"):
        write_figures(report_of(lesson_of(steps=2)), tmp_path / "gone")


def test_names_are_shortened_in_the_middle_and_stay_on_one_line():
    """Both ends tell columns apart; what no font has is a box."""
    assert plain("x" * 30 + "1").endswith("x1")
    assert len(plain("x" * 99)) == 22
    assert plain("a\nb") == r"a\nb"
    assert plain("\U0001f427") in ("□", "\U0001f427")


def test_heights_are_spread_apart_as_little_as_possible():
    """Close labels move apart around their middle; others stay."""
    wanted = np.array([0.9, 0.5, 0.5, 0.1])
    assert spread(wanted, 0.1) == pytest.approx([0.9, 0.45, 0.55, 0.1])
    assert spread(np.array([0.0, 0.0]), 0.2) == pytest.approx([0.0, 0.2])
    assert spread(np.array([1.0, 1.0]), 0.2) == pytest.approx([0.8, 1.0])


def test_drawing_needs_no_tensorflow():
    """Figures can be drawn where TensorFlow is not installed."""
    code = (
        "import sys, compare.showing.figures\n"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
