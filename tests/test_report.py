"""The main job with faults planted in one side: each ends as it must."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from together import run_once

from compare.judging.thinning import FRAMES
from compare.records import SCHEMA_VERSION, UsageError
from compare.records.json_form import from_json, to_json
from compare.records.problem import Settings
from compare.records.report import Report
from compare.records.request import Request
from compare.records.timing import Effort
from compare.running import contest
from compare.running.processes import Broken, Silent
from compare.studies.lesson import aspect
from compare.studies.lesson import report as study
from compare.studies.lesson.report import make_report

MANUAL = (
    Path(__file__).parent.parent / "manual" / "linear_regression.py"
).read_text()


@pytest.fixture(autouse=True)
def once_for_all(monkeypatch):
    """Record the sides that are as they should be once for all tests."""
    for module in (study, contest):
        monkeypatch.setattr(module, "run_jobs", run_once)


def request(
    lesson="linear_regression", timeout=120.0, modes=("graph",), **given
):
    return Request(
        lessons=(lesson,),
        settings=Settings(**{"steps": 20, **given}),
        modes=modes,
        effort=Effort(1),
        quick=True,
        timeout=timeout,
        command="python -m compare",
    )


def report_with(monkeypatch, asked, **references):
    """Make a report with some sides replaced by planted exhibits."""
    original = aspect.exhibit

    def exhibit(side, lesson):
        return references.get(side) or original(side, lesson)

    monkeypatch.setattr(aspect, "exhibit", exhibit)
    return make_report(asked, Silent()).lessons[0]


def test_all_runs_in_one_batch_with_large_networks_first(monkeypatch):
    """No processor waits for a lesson to end, nor at the end for a GPT."""
    batches = []

    def run(jobs, *rest):
        batches.append([job.label for job in jobs])
        return [Broken("it was not run")] * len(jobs)

    monkeypatch.setattr(study, "run_jobs", run)
    asked = replace(request(), lessons=("streaming", "gpt"), effort=None)
    lessons = make_report(asked, Silent()).lessons
    (labels,) = batches
    assert labels[0].startswith("gpt keras graph")
    assert sum("streaming" in label for label in labels) == 6 + 4
    assert [report.lesson for report in lessons] == ["streaming", "gpt"]
    assert {v.outcome for r in lessons for v in r.all_verdicts} == {
        "could not run"
    }


def planted(exhibit_file, before, after):
    """Write the manual exhibit with one line changed."""
    assert MANUAL.count(before) == 1
    return exhibit_file(MANUAL.replace(before, after))


def test_a_good_pair_is_identical_timed_and_complete(monkeypatch):
    """The report of an honest pair holds everything that was promised."""
    lesson = report_with(monkeypatch, request(modes=("eager", "graph")))
    assert [v.outcome for v in lesson.verdicts] == ["identical"] * 2
    assert {(t.side, t.mode) for t in lesson.timings} == {
        (side, mode)
        for side in ("manual", "keras")
        for mode in ("eager", "graph")
    }
    assert all(len(t.starts) == 1 for t in lesson.timings)
    assert [len(pair.opening) for pair in lesson.paired] == [1, 1]
    for pair in lesson.paired:
        (opened,), (update,) = pair.opening, pair.seconds
        assert opened.iterators == 2
        assert 0 < opened.seconds < update * pair.factors[0]
    assert set(lesson.tensors) == {"manual", "keras"}
    assert set(lesson.sizes) == {"manual", "keras"}
    assert lesson.theory.updates_within_1_percent == 796
    assert "GradientTape" in lesson.sources["manual"]


MISTAKES = {
    "half the squared error": (
        "tf.reduce_mean(tf.square(y - y_hat))",
        "tf.reduce_mean(tf.square(y - y_hat)) / 2",
    ),
    "sum for mean": ("tf.reduce_mean", "tf.reduce_sum"),
    "rate off by 0.2 %": (
        "problem.learning_rate * dw",
        "problem.learning_rate * 1.002 * dw",
    ),
    "bias forgotten": ("b.assign_sub(problem.learning_rate * db)", "pass"),
    "one update less": ("range(problem.epochs)", "range(problem.epochs - 1)"),
    "wrong sign": ("w.assign_sub", "w.assign_add"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_different_and_not_timed(
    monkeypatch, exhibit_file, mistake
):
    """Every planted mistake is caught and gets no speed."""
    reference = planted(exhibit_file, *MISTAKES[mistake])
    lesson = report_with(monkeypatch, request(), manual=reference)
    (verdict,) = lesson.verdicts
    assert verdict.outcome == "different"
    assert lesson.timings == ()
    assert lesson.paired == ()
    if mistake == "bias forgotten":
        assert (verdict.divergence.step, verdict.divergence.parameter) == (
            1,
            "bias",
        )
    if mistake == "one update less":
        assert verdict.updates == (19, 20)


def test_another_formula_is_the_same_mathematics(monkeypatch, exhibit_file):
    """A formula that rounds otherwise is proved equal in float64."""
    reference = planted(
        exhibit_file,
        "tf.square(y - y_hat)",
        "tf.square(y) - 2 * y * y_hat + tf.square(y_hat)",
    )
    lesson = report_with(monkeypatch, request(steps=60), manual=reference)
    (verdict,) = lesson.verdicts
    assert verdict.outcome == "same mathematics"
    assert verdict.float64_difference <= verdict.float64_bound
    assert verdict.largest_ulps > 0
    assert lesson.timings


INDENT = " " * 8
STEP = f"{INDENT}step(x, y)\n"
FAULTS = {
    "raises": (STEP, f"{INDENT}raise RuntimeError('boom')\n", "boom"),
    "hangs": (
        STEP,
        f"{INDENT}import time; time.sleep(1e6)\n",
        "no end after",
    ),
    "dies": (
        STEP,
        f"{INDENT}import os; os.abort()\n",
        "killed by SIGABRT",
    ),
    "nonsense": (
        "    return w, b",
        "    return 'done'",
        "returned no bias",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_side_could_not_run(monkeypatch, exhibit_file, fault):
    """A side that raises, hangs, dies or lies is told; the rest goes on."""
    before, after, reason = FAULTS[fault]
    reference = exhibit_file(MANUAL.replace(before, after))
    lesson = report_with(monkeypatch, request(timeout=6.0), manual=reference)
    (verdict,) = lesson.verdicts
    assert verdict.outcome == "could not run"
    assert reason in verdict.reason
    assert lesson.timings == ()
    assert [run.side for run in lesson.trajectories] == ["keras"]
    assert lesson.failures[0].side == "manual"


def test_overshooting_to_infinity_is_no_agreement(monkeypatch):
    """Beyond the limit both sides overflow; the report says when and why."""
    asked = request(learning_rate=0.2, steps=200)
    lesson = report_with(monkeypatch, asked)
    (verdict,) = lesson.verdicts
    assert verdict.outcome == "could not run"
    assert verdict.reason.startswith("manual left the finite numbers at")
    assert "beyond 0.08452, the largest that converges" in verdict.reason
    assert lesson.timings == ()
    ends = {run.first_non_finite for run in lesson.trajectories}
    assert len(ends) == 1
    assert 20 < ends.pop() < 200


def test_overshooting_while_finite_is_noted(monkeypatch):
    """Where nothing overflows yet, the growing loss is told."""
    lesson = report_with(monkeypatch, request(learning_rate=0.09))
    assert lesson.verdicts[0].outcome == "identical"
    assert any(str(note).startswith("overshoots") for note in lesson.notes)


def test_minibatch_settles_at_the_normal_equations(small_report):
    """Trained on all rows, both sides end at the closed form."""
    _, lesson = small_report.lessons
    assert lesson.lesson == "minibatch"
    assert lesson.convergence.reached
    assert lesson.convergence.distance["keras"]["float32"] < 1e-6
    assert lesson.convergence.distance["manual"]["float64"] < 1e-12
    assert set(lesson.user_parameters) == {"manual", "keras", "closed form"}


def test_a_report_survives_json(monkeypatch):
    """report.json holds the whole report, in at most 300 frames."""
    asked = request(steps=1000, modes=("xla",))
    lesson = report_with(
        monkeypatch,
        asked,
        keras=aspect.exhibit("manual", asked.lessons[0]),
    )
    run = lesson.trajectories[0]
    assert len(lesson.recorded_updates) == FRAMES == len(run.losses)
    assert lesson.recorded_updates[[0, -1]].tolist() == [0, 1000]
    text = json.dumps(to_json(lesson), allow_nan=False)
    back = from_json(type(lesson), json.loads(text))
    assert to_json(back) == to_json(lesson)
    assert (
        Report.__dataclass_fields__["schema_version"].default == SCHEMA_VERSION
    )


def test_an_unknown_lesson_is_refused_before_any_work():
    """Nothing is started for a lesson that is not there."""
    with pytest.raises(UsageError, match="no lesson"):
        make_report(request("nothing"), Silent())
