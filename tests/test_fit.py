"""Where the time of `fit` goes: stopwatch, variants, what is shown."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from compare.commands.main import main
from compare.judging import fit as findings
from compare.records.fit import (
    PARTS,
    Breakdown,
    CallCost,
    CallSample,
    EpochSample,
    FitReport,
    Part,
    VariantReport,
)
from compare.records.json_form import from_json, to_json
from compare.records.note import Note
from compare.records.report import Environment, Report
from compare.records.timing import Sample
from compare.records.variants import Variant
from compare.records.verdicts import Verdict
from compare.running.processes import Broken, Job, Silent, run_jobs
from compare.studies.fit import probe
from compare.studies.fit import study as fit
from compare.studies.fit.stopwatch import Stopwatch
from compare.studies.fit.study import Study, study_fit
from compare.studies.variants import VARIANTS
from compare.studies.variants.source import change, title

BY_NAME = {variant.name: variant for variant in VARIANTS}
EAGER = BY_NAME["manual eager"]
DIFFERENT = "keras no_graph_optimiser"

HERE = Environment("3", "2", "3", "2", "Linux", 2, ("CPU",), 2.0, 1)


class Clock:
    """A clock that only moves when told."""

    now = 0.0

    def __call__(self):
        return self.now

    def work(self, seconds):
        self.now += seconds


def test_a_second_in_nested_parts_is_counted_once():
    """The inner part gets its time, the outer one only what is left."""
    clock = Clock()
    watch = Stopwatch(clock)
    inner = watch.timed("inner", clock.work)

    def outer():
        clock.work(1.0)
        inner(4.0)
        clock.work(2.0)

    outer = watch.timed("outer", outer)
    for _ in range(4):
        watch.mark()
        outer()
        clock.work(0.5)
    epoch, parts = watch.per_epoch(1)
    assert epoch == 7.5
    assert parts == {"outer": Part(1.0, 3.0), "inner": Part(1.0, 4.0)}
    assert EpochSample(7.5, epoch, parts).rest == 0.5


def test_a_part_that_raises_is_still_timed():
    """What ends in an exception took its time all the same."""
    clock = Clock()
    watch = Stopwatch(clock)

    def fail():
        clock.work(3.0)
        raise StopIteration

    watch.mark()
    with pytest.raises(StopIteration):
        watch.timed("failing", fail)()
    watch.mark()
    assert watch.per_epoch(0) == (3.0, {"failing": Part(1.0, 3.0)})


def test_work_in_another_thread_is_not_part_of_the_epoch():
    """Only the thread that made the stopwatch is timed."""
    clock = Clock()
    watch = Stopwatch(clock)
    watch.mark()
    thread = threading.Thread(
        target=watch.timed("beside", clock.work), args=(1,)
    )
    thread.start()
    thread.join()
    watch.mark()
    assert watch.per_epoch(0) == (1.0, {})


WAITING = """
import threading
import keras

def train(problem, mode="graph", on_step=None):
    model = keras.Sequential([keras.Input(shape=(1,)), keras.layers.Dense(1)])
    model.compile("sgd", loss="mse")
    wait = lambda epoch, logs: threading.Event().wait(0.02)
    model.fit(problem.x, problem.y, epochs=problem.epochs, verbose=0,
              callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=wait)])
"""


def watch(reference, problem):
    job = Job(
        "watch", probe.watch_epochs, (reference, problem, "graph", True, 3)
    )
    (sample,) = run_jobs([job], 1, 120.0)
    return sample


def test_a_callback_that_waits_shows_in_the_callbacks(exhibit_file, line):
    """Planted: 20 ms in a hook are at least 20 ms of callbacks."""
    sample = watch(exhibit_file(WAITING), line)
    assert sample.parts["callbacks"].seconds >= 0.02
    assert sample.plain_seconds >= 0.02
    spent = sum(part.seconds for part in sample.parts.values())
    assert spent <= sample.seconds
    assert {
        name: round(part.calls) for name, part in sample.parts.items()
    } == {
        "opening": 2,
        "closing": 2,
        "program": 1,
        "train_function": 1,
        "callbacks": 4,
        "metrics": 6,
    }
    assert set(sample.parts) == set(PARTS)


def test_what_makes_no_epochs_of_fit_cannot_be_broken_down(line):
    """A loop by hand has no epochs of fit: that is said, not measured."""
    found = watch("manual.linear_regression", line)
    assert isinstance(found, Broken)
    assert "began 0 epochs of fit" in found.reason


def study(variants, rounds, compared_after=(1, 3)):
    wanted = Study(
        "graph", rounds, 240.0, tuple(variants), None, compared_after
    )
    return study_fit(wanted, HERE, Silent())


def test_every_variant_is_the_training_that_it_is_against():
    """Compiled alike, identical; XLA and the formula but for rounding."""
    report = study(VARIANTS, rounds=0)
    assert not report.left_out
    assert [found.variant for found in report.variants] == list(VARIANTS)
    for found in report.variants:
        against = BY_NAME.get(found.variant.against)
        if against and against.mode == found.variant.mode:
            assert found.verdict.outcome == "identical", found.name
        assert found.verdict.agree, found.verdict.reason
        assert found.verdict.mode == found.variant.mode
    reason = report.find("manual graph").verdict.reason
    assert "after 1 and 3 updates" in reason


WRONG = """
import tensorflow as tf

def hasty(problem):
    x, y = tf.constant(problem.x), tf.constant(problem.y)
    w, b = tf.Variable(problem.kernel), tf.Variable(problem.bias)
    def run(updates):
        for _ in range(updates):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(y - (w * x + b)))
            dw, db = tape.gradient(loss, [w, b])
            w.assign_sub(problem.learning_rate * 1.001 * dw)
            b.assign_sub(problem.learning_rate * 1.001 * db)
    return {"kernel": w, "bias": b}, run

def absent(problem):
    raise ValueError("no variant today")
"""


def test_a_variant_that_is_different_gets_no_time(tmp_path):
    """Planted: a learning rate off by 0.1 %, and a variant that raises."""
    file = tmp_path / "wrong.py"
    file.write_text(WRONG)
    planted = [
        Variant(name, "manual", "eager", f"{file}:{name}", None, EAGER.name)
        for name in ("hasty", "absent")
    ]
    report = study([EAGER, *planted], rounds=1, compared_after=(1, 2, 3))
    hasty, absent = (report.find(variant.name) for variant in planted)
    assert hasty.verdict.outcome == "different"
    assert hasty.verdict.divergence.step == 1
    assert absent.verdict.outcome == "could not run"
    assert "no variant today" in absent.verdict.reason
    assert hasty.samples == absent.samples == ()
    (sample,) = report.find(EAGER.name).samples
    assert sample.per_epoch > 0


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_a_variant_changes_little_and_says_what(variant):
    """Each has a title and few new lines; its base comes before it."""
    assert title(variant)
    if variant.base is None:
        return
    base = BY_NAME[variant.base]
    assert VARIANTS.index(base) < VARIANTS.index(variant)
    assert base.side == variant.side
    lines = change(variant, base)
    assert 1 <= len(lines) <= 8
    assert not any('"""' in line for line in lines)


CHANGES = {
    "keras no_graph_optimiser": "disable_meta_optimizer",
    "keras dataset": "from_tensors",
    "keras repeat": ".repeat()",
    "keras steps_per_execution": "steps_per_execution=",
    "keras jit_compile": "jit_compile=True",
    "keras plain_pipeline": "apply_default_optimizations = False",
    "keras many_steps": "fori_loop",
    "keras train_on_batch": "train_on_batch",
    "keras no_metrics": "metrics = ()",
    "manual graph": "tf.function(step)",
    "manual xla": "jit_compile=True",
    "manual xla_loop": "tf.range(problem.steps_per_call)",
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_line_that_cures_is_shown(name):
    """The lines that are shown are from the variant's real source."""
    variant = BY_NAME[name]
    lines = change(variant, BY_NAME[variant.base])
    assert CHANGES[name] in "\n".join(lines)


def part_seconds(scale):
    return {
        name: Part(2.0, scale * 1e-3 * (9 - i)) for i, name in enumerate(PARTS)
    }


def variant_report(variant, per_update, outcome="identical"):
    verdict = Verdict(variant.mode, outcome, (Note("because"),))
    samples = [
        Sample(0.1, 0.1, per_update * (1 + i / 50), ((0, 0.1), (2, 0.3)))
        for i in range(5)
    ]
    return VariantReport(
        variant,
        title(variant),
        change(variant, BY_NAME.get(variant.base)),
        verdict,
        tuple(samples) if verdict.agree else (),
    )


@pytest.fixture
def report():
    """Return a report of a machine that exists only here."""
    breakdowns = tuple(
        Breakdown(
            "graph",
            optimiser,
            20,
            tuple(
                EpochSample(0.04, 0.045, part_seconds(scale))
                for scale in scales
            ),
        )
        for optimiser, scales in ((True, (1.0, 1.1)), (False, (0.5, 0.6)))
    )
    variants = tuple(
        variant_report(
            variant,
            10.0 ** (-3 - i / 2),
            "different" if variant.name == DIFFERENT else "identical",
        )
        for i, variant in enumerate(VARIANTS)
    )
    return FitReport(
        1_100, (1, 2, 1_100), breakdowns, variants,
        (
            CallCost(
                "keras no_metrics", 1_100, (CallSample(2e-4, 3e-5, 1e-5),)
            ),
        ),
        ("something: why",),
    )  # fmt: skip


def test_a_report_survives_json(report):
    """What is written as fit.json comes back as it was."""
    whole = Report(HERE, "python -m compare fit", fit=report)
    text = json.dumps(to_json(whole), allow_nan=False)
    assert from_json(Report, json.loads(text)) == whole


def test_the_parts_and_the_rest_are_the_epoch(report):
    """Shares add up to the whole; the rest is what no part has."""
    rows = findings.rows(report.textbook)
    assert [row.title for row in rows] == [*PARTS.values(), findings.REST]
    for place, sample in enumerate(report.textbook.samples):
        total = sum(row.seconds[place] for row in rows)
        assert total == pytest.approx(sample.seconds)


def test_the_graph_optimiser_is_a_difference_of_medians(report):
    """9 and 9.9 ms with it, 4.5 and 5.4 ms without: 4.5 ms."""
    assert findings.graph_optimiser(report) == pytest.approx(4.5e-3)
    reverse = [replace(b, graph_optimiser=not b.graph_optimiser)
               for b in report.breakdowns]  # fmt: skip
    assert (
        findings.graph_optimiser(replace(report, breakdowns=reverse)) is None
    )


def test_the_command_writes_prints_and_ends_with_its_verdicts(
    report, tmp_path, monkeypatch, capsys
):
    """A variant that is different is exit code 1; the report is on disk."""
    monkeypatch.setattr(fit, "study_fit", lambda study, here, progress: report)
    monkeypatch.setattr(
        "compare.commands.delivery.read_environment", lambda *given: HERE
    )
    assert main(["fit", "--rounds", "1", "--out", str(tmp_path)]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["fit.json"]
    assert "What cures it?" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [("--rounds", "0"), ("--mode", "fast")])
def test_the_command_refuses_what_it_cannot_do(wrong, capsys):
    """A bad option is one sentence and exit code 2."""
    assert main(["fit", *wrong]) == 2
    assert capsys.readouterr().err.count("\n") == 1
