"""The calibration: what is planted, what is counted, what is said."""

from __future__ import annotations

import json

import numpy as np
import pytest

from compare.commands.main import main
from compare.lessons.problems import problem_of
from compare.records import UsageError
from compare.records.calibration import Planted
from compare.records.json_form import from_json
from compare.records.problem import Settings
from compare.records.report import Environment, Report
from compare.running import timing
from compare.running.duos import Factors, time_exhibits
from compare.running.processes import Broken, Job, run_jobs
from compare.studies.calibrate import burden
from compare.studies.calibrate import study as calibration
from compare.studies.calibrate.study import (
    assess,
    binomial_interval,
    calibrate,
)

ENVIRONMENT = Environment(
    "3.11", "2.21", "3.15", "2.4", "Linux", 2, ("CPU",), 2.5, 2**29
)


def simulated(rounds, noise=0.017, lie=1.0):
    """Assess noisy processes; `lie` slows down what should be the same."""
    generator = np.random.default_rng(0)

    def drawn(factor):
        return tuple(factor * np.exp(generator.normal(0, noise, rounds)))

    planted = [
        Planted(percent, 0, drawn((1 + percent / 100) * extra))
        for percent, extra in ((0, lie), (2, 1), (5, 1))
    ]
    return assess(drawn(2e-4), planted, 1.8)


@pytest.fixture(scope="module")
def quiet():
    """Return what 60 processes with 1.7 % of noise say."""
    return simulated(60)


@pytest.mark.parametrize(
    ("found", "trials", "interval"),
    [(0, 10, (0, 0.2775)), (5, 10, (0.2366, 0.7634)), (9, 9, (0.7009, 1))],
)
def test_the_interval_of_a_share_against_wilson(found, trials, interval):
    """Values of the score interval, worked out by hand."""
    assert binomial_interval(found, trials) == pytest.approx(
        interval, abs=5e-5
    )


def test_simulated_noise_gives_few_alarms_and_finds_more_with_more(quiet):
    """Alarms are rare; larger slow-downs and groups are found more often."""
    rates = {(r.percent, r.processes): r for r in quiet.rates}
    trials = {n: rates[0, n].trials for _, n in rates}
    assert trials == {6: 10, 8: 7, 12: 5}
    assert rates[0, 8].low <= 0.05
    assert rates[0, 8].overlapping <= 0.1
    assert rates[5, 8].found == 7
    assert rates[2, 12].overlapping > rates[2, 6].overlapping
    assert rates[5, 8].overlapping > rates[2, 8].overlapping
    assert quiet.variation == pytest.approx(0.017, rel=0.3)


def test_a_timer_that_cries_wolf_is_named():
    """The same code, slower the second time: false alarms, and said so."""
    found = simulated(12, lie=1.2)
    assert found.rates[0].found == found.rates[0].trials == 2
    assert found.rates[0].low > 0.05


def test_small_calibrations_leave_large_experiments_out():
    """Seven processes are one experiment of six, and none of eight."""
    found = simulated(7)
    assert {(r.processes, r.trials) for r in found.rates} == {(6, 1)}
    with pytest.raises(UsageError, match="too few rounds"):
        simulated(5)


def test_turns_are_chosen_and_planted(monkeypatch):
    """2 % of 200 µs are 400 turns of 10 ns; all share every process."""
    seen = []

    def run(jobs, at_once, timeout, progress):
        assert at_once == 1
        return [fake(job) for job in jobs]

    def fake(job):
        if job.function is burden.update_and_turn:
            return 2e-4, 1e-8
        if job.function is burden.alone:
            return {"manual": 2e-4, "keras": 2e-2}[job.arguments[0]]
        if job.function is time_exhibits:
            return {"graph": Factors(99.0, 1.0, 1e-3)}
        _, turns, _ = job.arguments
        seen.append(turns)
        if len(seen) == 2:
            return Broken("killed")
        factors = tuple(1 + 1e-8 * each / 2e-4 for each in turns)
        return burden.Burdens(2e-4, factors, 0.5)

    monkeypatch.setattr(calibration, "run_jobs", run)
    monkeypatch.setattr(timing, "run_jobs", run)
    ticks = iter(range(0, 4000, 2))
    found = calibrate(60.0, 60.0, None, clock=lambda: float(next(ticks)))
    assert set(map(tuple, seen)) == {(0, 400, 1000)}
    assert [group.turns for group in found.planted] == [0, 400, 1000]
    for group in found.planted:
        assert len(group.factors) == len(seen) - 1 >= 6
        assert group.factors == pytest.approx(
            [1 + group.percent / 100] * len(group.factors)
        )
    assert found.together[0] == 99.0
    assert (found.manual_alone[0], found.keras_alone[0]) == (2e-4, 2e-2)
    assert len(found.left_out) == 1
    assert "killed" in found.left_out[0]


def test_a_burden_is_real_work_in_the_timed_process():
    """In a real process an update takes longer with it than without."""
    problem = problem_of("linear_regression", Settings())
    jobs = [
        Job("burdens", burden.burdened, (problem, [300_000], 0.0)),
        Job("costs", burden.update_and_turn, (problem, 0.0)),
        Job("alone", burden.alone, ("manual", problem, 0.0)),
    ]
    burdens, (update, turn), alone = run_jobs(jobs, 1, 120.0)
    assert burdens.factors[0] > 1.2
    assert burdens.more == 0  # an experiment of one saves nothing
    assert 0 < turn < update
    assert alone > 0


def test_the_command_writes_its_report(monkeypatch, capsys, tmp_path, quiet):
    """`calibrate` prints its tables and writes every sample."""
    monkeypatch.setattr(
        "compare.commands.delivery.read_environment",
        lambda *given: ENVIRONMENT,
    )
    monkeypatch.setattr(calibration, "calibrate", lambda *given: quiet)
    assert main(["calibrate", "--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    for expected in (
        "false alarms",
        "2% found",
        "5 % slower",
        "of 7 (",
        "overlapping",
        "14.4 s",
        "each of 60 fresh processes",
    ):
        assert expected in text, expected
    content = json.loads((tmp_path / "calibration.json").read_text())
    report = from_json(Report, content)
    assert report.calibration == quiet
    assert len(report.calibration.reference) == 60
