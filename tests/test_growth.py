"""`grow`: variants are judged before they are timed, and costs told apart."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from drawn import assert_legible

from compare.commands.main import main
from compare.judging.trends import growth_of, lines_of
from compare.lessons.exhibits import source_of
from compare.records.growth import Cell, Growth, Line, Size
from compare.records.json_form import from_json, to_json
from compare.records.note import Note
from compare.records.report import Environment, Report
from compare.records.timing import Effort, Sample
from compare.records.verdicts import Verdict
from compare.running.processes import Job, Silent, run_jobs
from compare.showing.figures.growth import growth_chart
from compare.showing.language import speaker
from compare.studies.grow.study import measure_growth
from compare.studies.grow.tables import SIZES, VARIANTS, table_of
from compare.studies.variants.trials import time_by_turns

SMALL = Size(8, 2)
BY_NAME = {variant.name: variant for variant in VARIANTS}
GRAPH = BY_NAME["manual graph"]


def planted(tmp_path, before, after):
    """Return the manual graph variant with a mistake in it."""
    source = source_of(GRAPH.function)
    assert source.count(before) == 1
    path = tmp_path / "planted.py"
    path.write_text(source.replace(before, after))
    return replace(
        GRAPH, name="planted", function=f"{path}:graph", against=GRAPH.name
    )


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Measure every variant, and one with a mistake, at one small size."""
    wrong = planted(
        tmp_path_factory.mktemp("variant"),
        "kernel.assign_sub(problem.learning_rate * d_kernel)",
        "kernel.assign_sub(1.002 * problem.learning_rate * d_kernel)",
    )
    found = measure_growth(
        [SMALL], Effort(1), 120.0, Silent(), [*VARIANTS, wrong]
    )
    return {cell.variant: cell for cell in found.cells}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_variant_is_the_same_training(measured, name):
    """Without XLA the bits agree; with it and numpy but for rounding."""
    cell = measured[name]
    assert cell.verdict.agree, cell.verdict.reason
    if BY_NAME[name].mode != "xla" and name != "manual eager":
        assert cell.verdict.outcome == "identical", cell.verdict.reason
    (sample,) = cell.samples
    assert sample.build > 0 and sample.per_epoch > 0


def test_a_variant_with_another_learning_rate_is_different(measured):
    """A rate off by 0.2 % is caught, is not rounding, and gets no time."""
    cell = measured["planted"]
    assert cell.verdict.outcome == "different"
    assert "not rounding" in cell.verdict.reason
    assert cell.samples == ()


COSTS = {"manual": (1e-3, 1e-6), "keras": (3e-3, 1e-6)}
"""Seconds per update and per row, by side."""


def sample(cost):
    return Sample(0.1, 0.2, cost, ((0, 0.1), (1, cost), (4, 4 * cost)))


def known_growth(different=None, noise=(1.0, 1.0)):
    """Return the report on variants of known costs; one may be different.

    What a process makes slower it makes slower for all variants.
    """

    def cell(variant, size):
        overhead, row = COSTS[variant.side]
        cost = overhead + row * size.rows * size.features
        if variant.name == different:
            verdict = Verdict(variant.mode, "different", (Note("why"),))
            return Cell(variant.name, size, verdict)
        verdict = Verdict(variant.mode, "identical", (Note("why"),))
        samples = tuple(sample(cost * factor) for factor in noise)
        return Cell(variant.name, size, verdict, samples)

    cells = [cell(variant, size) for variant in VARIANTS for size in SIZES]
    return growth_of(VARIANTS, cells, ())


def test_what_has_no_time_has_no_trend():
    """No exponent or crossing names a variant that was not timed."""
    name = "keras repeat"
    found = known_growth(different=name)
    assert name not in {exponent.variant for exponent in found.exponents}
    assert name not in {crossing.variant for crossing in found.crossings}
    assert len({exponent.variant for exponent in found.exponents}) == 8


def test_trends_against_known_costs():
    """1 ms and 3 ms, plus 1 µs a row, are within 1.1 before 100,000."""
    found = known_growth()
    line = Line("rows", 1, (5, 100, 1000, 10_000, 100_000, 1_000_000))
    crossings = {c.variant: c for c in found.crossings if c.line == line}
    repeat = crossings["keras repeat"]
    assert repeat.against == "manual graph"
    assert repeat.outcome == "reached"
    assert 10_000 < repeat.at < 100_000
    assert (repeat.low, repeat.high) == (None, None)  # of two processes
    assert dict(repeat.ratios)[1000].value == pytest.approx(2.0)
    assert crossings["fastest keras"].at == pytest.approx(repeat.at)
    (exponent,) = [
        e
        for e in found.exponents
        if (e.variant, e.line) == ("manual graph", line)
    ]
    assert (exponent.first, exponent.last) == (10_000, 1_000_000)
    assert 0.9 < exponent.value < 1


def test_what_slows_a_whole_process_widens_no_ratio():
    """Variants share processes, so their ratio has an interval of a point."""
    found = known_growth(noise=(1.0, 1.3, 0.8, 1.1, 2.0, 0.9))
    for crossing in found.crossings:
        for _, ratio in crossing.ratios:
            assert ratio.low == pytest.approx(ratio.high)
        if crossing.at:
            assert crossing.low == pytest.approx(crossing.at)
            assert crossing.high == pytest.approx(crossing.at)


def test_an_uncertain_ratio_gives_an_uncertain_crossing():
    """Where the upper ends stay above the limit the size is open upwards."""
    line = Line("rows", 1, (10, 100, 1000))

    def cells(name, *costs):
        verdict = Verdict("graph", "identical", ())
        return [
            Cell(name, size, verdict, tuple(map(sample, each)))
            for size, each in zip(line.sizes, costs, strict=True)
        ]

    one = cells("manual graph", *[[1e-3] * 6] * 3)
    noisy = [f * 1e-3 for f in (0.9, 1.0, 1.0, 1.05, 1.1, 1.2)]
    other = cells("keras repeat", [5e-3] * 6, [2e-3] * 6, noisy)
    variants = [GRAPH, BY_NAME["keras repeat"]]
    found = growth_of(variants, [*one, *other], ()).crossings[0]
    assert found.outcome == "reached" and 100 < found.low < found.at < 1000
    assert found.high is None


def test_too_few_tables_to_compare_is_one_sentence(tmp_path, capsys):
    """A limit that leaves no line of tables is refused before the work."""
    assert main(["grow", "--largest", "10", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "--largest 10" in error


@pytest.mark.parametrize("name", ["manual graph_loop", "manual xla_loop"])
def test_a_call_of_many_updates_is_timed_by_the_update(name):
    """A thousand in a call take far less than a thousand calls do."""
    many, one = BY_NAME[name], BY_NAME["manual eager"]
    job = Job("x", time_by_turns, ((many, one), partial(table_of, SMALL), 0.0))
    (found,) = run_jobs([job], 1, 120.0)
    assert found[name].per_epoch < found[one.name].per_epoch / 3
    assert found[name].first_call > 0


SETTING = """
import tensorflow as tf

def variant(problem):
    # TensorFlow refuses this once it has started.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    weight = tf.Variable(0.0)
    def run(updates):
        for _ in range(updates):
            with tf.GradientTape() as tape:
                loss = weight * weight
            weight.assign_sub(0.1 * tape.gradient(loss, weight))
    return {}, run
"""


def test_a_variant_may_set_what_tensorflow_reads_as_it_starts(tmp_path):
    """Else switching the graph optimiser off would change nothing."""
    path = tmp_path / "setting.py"
    path.write_text(SETTING)
    variant = replace(GRAPH, function=f"{path}:variant")
    job = Job("x", time_by_turns, ((variant,), partial(table_of, SMALL), 0.0))
    (found,) = run_jobs([job], 1, 120.0)
    assert found[variant.name].per_epoch > 0


def test_tables_are_the_same_in_every_process():
    """A size names its table; calls hold fewer updates where rows are many."""
    one, other = table_of(SMALL), table_of(SMALL)
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, other.y)
    assert (one.x.shape, one.x.dtype) == ((8, 2), np.float32)
    assert one.y.dtype == np.float32
    assert one.steps_per_call == 1000
    assert table_of(Size(10_000, 64)).steps_per_call == 15


def test_lines_join_sizes_that_differ_in_one_number():
    """Rows at 1 and 64 features, features on 1e4 and 1e5 rows."""
    lines = {(line.axis, line.fixed): line for line in lines_of(SIZES)}
    assert set(lines) == {
        ("rows", 1),
        ("rows", 64),
        ("features", 10_000),
        ("features", 100_000),
    }
    assert lines["rows", 1].values[0] == 5
    assert lines["rows", 1].values[-1] == 1_000_000
    assert lines["features", 10_000].values == (1, 8, 64, 256, 1024)
    for line in lines.values():
        assert set(line.sizes) <= set(SIZES)


@pytest.fixture
def report():
    """Return a report of known costs."""
    found = known_growth(different="manual xla_loop")
    environment = Environment(
        "3", "2", "3", "2", "Linux", 2, ("CPU",), 1.0, 10**8
    )
    return Report(environment, "python -m compare grow", growth=found)


def test_growth_survives_json(report):
    """The whole section comes back equal, raw samples and all."""
    text = json.dumps(to_json(report), allow_nan=False)
    assert from_json(Report, json.loads(text)).growth == report.growth
    assert isinstance(report.growth, Growth)


def test_the_chart_tells_the_variants_apart_without_colour(report):
    """Each has its own marker and fill; every label is legible."""
    figure = growth_chart(report.growth, speaker())
    assert_legible(figure)
    lines = figure.axes[0].lines
    assert len({line.get_marker() for line in lines}) == len(VARIANTS)
    hollow = {line.get_markerfacecolor() == "white" for line in lines}
    assert hollow == {True, False}
