"""`grow`: ways are checked before they are timed, and costs told apart."""

from __future__ import annotations

import dataclasses
import io
import json
import types

import numpy as np
import pytest
from drawn import assert_legible
from rich.console import Console

from compare.commands.main import main
from compare.lessons.exhibits import source_of
from compare.records import Verdict
from compare.records.growth import Growth, Line, Size
from compare.records.json_form import from_json, to_json
from compare.records.report import Environment, Report
from compare.records.timing import Effort, Sample
from compare.running.processes import Broken, RunError, Silent
from compare.showing.figures.growth import growth_chart
from compare.showing.terminal.growth import print_growth
from compare.studies.grow import probe
from compare.studies.grow import study as growth
from compare.studies.grow.probe import table_of
from compare.studies.grow.study import (
    check_ways,
    lines_of,
    measure_growth,
    time_ways,
)
from compare.studies.grow.ways import SIZES, WAYS

SMALL = Size(8, 2)
BY_NAME = {way.name: way for way in WAYS}
GRAPH = BY_NAME["manual graph"]


def planted(tmp_path, before, after):
    """Return the manual graph way with a mistake in it."""
    module, _, function = GRAPH.function.rpartition(":")
    source = source_of(module)
    assert source.count(before) == 1
    path = tmp_path / "planted.py"
    path.write_text(source.replace(before, after))
    return dataclasses.replace(
        GRAPH,
        name="planted",
        function=f"{path}:{function}",
        against="manual graph",
    )


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Check every way, and one with a mistake, at one small size."""
    wrong = planted(
        tmp_path_factory.mktemp("way"),
        "kernel.assign_sub(problem.learning_rate * d_kernel)",
        "kernel.assign_sub(1.002 * problem.learning_rate * d_kernel)",
    )
    return check_ways([SMALL], [*WAYS, wrong], 120.0, Silent())


@pytest.mark.parametrize("name", BY_NAME)
def test_every_way_is_the_same_training(checked, name):
    """Without XLA the bits agree; with it and numpy but for rounding."""
    verdict = checked[name, SMALL]
    assert verdict.agree, verdict.reason
    if BY_NAME[name].mode != "xla" and name != "manual graph":
        assert verdict.outcome == "identical", verdict.reason


def test_a_way_with_another_learning_rate_is_different(checked):
    """A rate off by 0.2 % is caught, and float64 does not excuse it."""
    verdict = checked["planted", SMALL]
    assert verdict.outcome == "different"
    assert "not rounding" in verdict.reason


COSTS = {"manual": (1e-3, 1e-6), "keras": (3e-3, 1e-6)}
"""Seconds per update and per row, by side."""


def sample(cost):
    return Sample(0.1, 0.2, cost, ((0, 0.1), (1, cost), (4, 4 * cost)))


def fake_growth(monkeypatch, different=()):
    """Measure ways with known costs; nothing is run."""
    timed = []

    def check(sizes, ways, timeout, progress):
        return {
            (way.name, size): Verdict(
                way.mode,
                "different" if way.name in different else "identical",
                "why",
            )
            for way in ways
            for size in sizes
        }

    def run(jobs, at_once, timeout, progress):
        assert at_once == 1
        timed.extend(job.arguments for job in jobs)
        found = []
        for way, size in (job.arguments for job in jobs):
            overhead, row = COSTS[way.side]
            found.append(sample(overhead + row * size.rows * size.features))
        return found

    monkeypatch.setattr(growth, "check_ways", check)
    monkeypatch.setattr(growth, "run_jobs", run)
    return measure_growth(SIZES, Effort(2), 60.0, Silent()), timed


def test_a_way_that_is_different_gets_no_time(monkeypatch):
    """No process times it, and no exponent or crossing names it."""
    name = "keras fit(dataset)"
    found, timed = fake_growth(monkeypatch, different=[name])
    assert name not in {way.name for way, _ in timed}
    assert all(not cell.samples for cell in found.cells if cell.way == name)
    assert name not in {exponent.way for exponent in found.exponents}
    assert name not in {crossing.way for crossing in found.crossings}
    rest = [cell for cell in found.cells if cell.way != name]
    assert {len(cell.samples) for cell in rest} == {2}


def test_trends_against_known_costs(monkeypatch):
    """1 ms and 3 ms, plus 1 µs a row, are within 1.1 before 100,000."""
    found, _ = fake_growth(monkeypatch)
    line = Line("rows", 1, (5, 100, 1000, 10_000, 100_000, 1_000_000))
    crossings = {c.way: c for c in found.crossings if c.line == line}
    one = crossings["keras fit(dataset)"]
    assert one.against == "manual graph"
    assert one.outcome == "reached"
    assert 10_000 < one.at < 100_000
    assert one.between == (10_000, 100_000)
    assert dict(one.ratios)[1000] == pytest.approx(2.0)
    assert crossings["fastest keras"].at == pytest.approx(one.at)
    (exponent,) = [
        e for e in found.exponents if (e.way, e.line) == ("manual graph", line)
    ]
    assert (exponent.first, exponent.last) == (10_000, 1_000_000)
    assert 0.9 < exponent.value < 1


def test_each_round_times_every_cell_once_in_mixed_order(monkeypatch):
    """Two rounds, each with all cells, in different orders."""
    _, timed = fake_growth(monkeypatch)
    half = len(WAYS) * len(SIZES)
    rounds = [timed[:half], timed[half:]]
    assert len(timed) == 2 * half
    assert set(rounds[0]) == set(rounds[1])
    assert rounds[0] != rounds[1]


def test_a_broken_process_is_told_and_gives_no_sample(monkeypatch):
    """It is named with its size and reason, not counted as zero."""
    monkeypatch.setattr(growth, "run_jobs", lambda *given: [Broken("killed")])
    samples, broken = time_ways([(GRAPH, SMALL)], Effort(1), 1.0, Silent())
    assert samples == {}
    assert broken == ("manual graph, 8 x 2: time: killed",)


def test_too_few_tables_to_compare_is_one_sentence(tmp_path, capsys):
    """A limit that leaves no line of tables is refused before the work."""
    assert main(["grow", "--largest", "10", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "--largest 10" in error


class Clock:
    """A clock that only moves when told."""

    now = 100.0

    def perf_counter(self):
        return self.now


def time_fake(monkeypatch, way, per_update):
    """Time a way of known costs: 0.5 to build, 0.25 once, 0.01 a call."""
    clock = Clock()

    def function(problem):
        clock.now += 0.5
        calls = []

        def run(updates):
            clock.now += 0.0 if calls else 0.25
            calls.append(updates)
            clock.now += (0.01 + per_update * updates) if per_update else 0.0

        return {}, run

    fake = types.SimpleNamespace(perf_counter=clock.perf_counter)
    monkeypatch.setattr(probe, "time", fake)
    monkeypatch.setattr(probe, "load_exhibit", lambda name: function)
    monkeypatch.setattr(probe, "set_dtype", lambda dtype: None)
    monkeypatch.setattr(probe, "start_tensorflow", lambda: None)
    return probe.time_way(way, SMALL, lambda done, total: None)


@pytest.mark.parametrize("per_update", [1e-5, 1e-3, 1.0])
@pytest.mark.parametrize("name", ["manual graph", "keras + jit_compile"])
def test_the_slope_leaves_start_and_call_out(monkeypatch, name, per_update):
    """Build, first call and cost per update are told apart."""
    found = time_fake(monkeypatch, BY_NAME[name], per_update)
    assert found.build == pytest.approx(0.5)
    assert found.first_call == pytest.approx(0.25)
    assert found.per_epoch == pytest.approx(per_update)
    (few, little), (many, much) = found.runs[1], found.runs[-1]
    assert much - little >= probe.LONG_SECONDS
    if BY_NAME[name].grouped:
        group = table_of(SMALL).steps_per_call
        assert few % group == many % group == 0


def test_a_way_that_takes_no_time_is_no_sample(monkeypatch):
    """It ends with a sentence instead of going on for ever."""
    with pytest.raises(RunError, match="makes no updates"):
        time_fake(monkeypatch, GRAPH, 0.0)


def test_tables_are_the_same_in_every_process():
    """A size names its table; calls hold fewer updates where rows are many."""
    one, other = table_of(SMALL), table_of(SMALL)
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, other.y)
    assert (one.x.shape, one.x.dtype) == ((8, 2), np.float32)
    assert one.y.dtype == np.float32
    assert one.steps_per_call == 100
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
def report(monkeypatch):
    """Return a report of known costs."""
    found, _ = fake_growth(monkeypatch, different=["manual xla loop"])
    environment = Environment(
        "3", "2", "3", "2", "Linux", 2, ("CPU",), 1.0, 10**8
    )
    return Report(environment, "python -m compare grow", growth=found)


def test_growth_survives_json(report):
    """The whole section comes back equal, raw samples and all."""
    text = json.dumps(to_json(report), allow_nan=False)
    assert from_json(Report, json.loads(text)).growth == report.growth
    assert isinstance(report.growth, Growth)


def test_what_is_printed_says_what_was_found(report):
    """Every way, the crossing, the threshold, and what was not timed."""
    out = io.StringIO()
    print_growth(report, Console(file=out, width=100))
    text = out.getvalue()
    for way in WAYS:
        assert way.name in text
    assert "Rows grow, with 1 feature" in text
    assert "(10,000–100,000)" in text
    assert "1.1 from" in text and "exponent" in text
    assert "Not timed: manual xla loop on 5 x 1, different: why." in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_chart_tells_the_ways_apart_without_colour(report):
    """Each has its own marker and fill; every label is legible."""
    figure = growth_chart(report.growth)
    assert_legible(figure)
    lines = figure.axes[0].lines
    assert len({line.get_marker() for line in lines}) == len(WAYS)
    hollow = {line.get_markerfacecolor() == "white" for line in lines}
    assert hollow == {True, False}
