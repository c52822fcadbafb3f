"""The calibration: what is planted, what is counted, what is said."""

from __future__ import annotations

import json
import statistics
import types

import numpy as np
import pytest

from compare.commands.main import main
from compare.lessons.problems import problem_of
from compare.records import UsageError
from compare.records.calibration import Planted
from compare.records.json_form import from_json
from compare.records.problem import Settings
from compare.records.report import Environment, Report
from compare.records.timing import Sample
from compare.running import timing
from compare.running.processes import Broken, Job, run_jobs
from compare.running.timing import time_exhibit
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


def samples(seconds):
    return tuple(Sample(0.1, 0.2, float(s), ((0, 0.1),)) for s in seconds)


def simulated(rounds, noise=0.03, lie=0.0):
    """Assess noisy samples; `lie` slows down what should be the same."""
    generator = np.random.default_rng(0)

    def times(factor):
        return samples(factor * np.exp(generator.normal(0, noise, rounds)))

    reference = times(1)
    planted = [
        Planted(
            percent,
            0,
            (1 + percent / 100,) * 2,
            times(1 + percent / 100 + extra),
        )
        for percent, extra in ((0, lie), (2, 0), (5, 0), (10, 0))
    ]
    return assess(reference, planted, 0.9)


@pytest.fixture(scope="module")
def quiet():
    """Return what 60 rounds with 3 % of noise say."""
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
    assert trials == {5: 12, 10: 6, 20: 3}
    assert rates[0, 5].low <= 0.05
    assert rates[0, 5].overlapping <= 0.1
    assert rates[10, 5].found >= 10
    assert rates[10, 20].found == 3
    shares = [rates[percent, 10].overlapping for percent in (0, 2, 5, 10)]
    assert shares == sorted(shares)
    assert rates[5, 20].overlapping > rates[5, 5].overlapping
    assert quiet.variation == pytest.approx(0.03, rel=0.3)


def test_a_timer_that_cries_wolf_is_named():
    """The same code, slower the second time: false alarms, and said so."""
    found = simulated(10, lie=0.2)
    assert found.rates[0].found == found.rates[0].trials == 2
    assert found.rates[0].low > 0.05


def test_small_calibrations_leave_large_experiments_out():
    """Seven rounds are one experiment of five, and none of ten."""
    found = simulated(7)
    assert {(r.processes, r.trials) for r in found.rates} == {(5, 1)}
    with pytest.raises(UsageError, match="too few rounds"):
        simulated(4)


def test_a_machine_with_nothing_but_noise_is_refused():
    """Slopes below 0 are not divided by."""
    with pytest.raises(UsageError, match="too busy"):
        assess(samples([-1.0] * 5), (), 0.9)


class Clock:
    """A clock that moves with updates and turns of the loop."""

    def __init__(self, update, turn):
        self.now, self.update, self.turn = 0.0, update, turn

    def repeat(self, value, turns):
        self.now += turns * self.turn
        return ()

    def train(self, problem, work):
        self.now += 5.0  # tracing
        for update in range(1, problem.steps + 1):
            self.now += self.update
            work(update)


@pytest.fixture
def clock(monkeypatch):
    """Replace the exhibit, the loop and the clock of a burden."""
    fake = Clock(update=2e-4, turn=1e-8)
    monkeypatch.setattr(
        burden, "time", types.SimpleNamespace(perf_counter=lambda: fake.now)
    )
    monkeypatch.setattr(burden, "repeat", fake.repeat)
    monkeypatch.setattr(burden, "_train", fake.train)
    return fake


def test_blocks_against_known_costs(clock, line):
    """Each burden gets its own cost in every round, without the tracing."""
    found = burden.block_times(line, [0, 400, 1000], lambda *given: None)
    assert len(found) == burden.ROUNDS
    for times in found:
        assert times == pytest.approx([2e-4, 2.04e-4, 2.1e-4])


def test_turns_are_chosen_planted_and_verified(clock, monkeypatch):
    """2 % of 200 µs are 400 turns of 10 ns; every round has every group."""
    labels = []

    def run(jobs, at_once, timeout, progress):
        assert at_once == 1
        labels.append({job.label for job in jobs})
        return [
            job.function(*job.arguments, lambda *given: None)
            if job.function is burden.block_times
            else fake_sample(job)
            for job in jobs
        ]

    def fake_sample(job):
        assert job.function is time_exhibit
        reference, problem, lengths = job.arguments
        assert reference == "compare.studies.calibrate.burden"
        assert lengths == {"graph": 1250}  # a quarter of a second
        if len(labels) == 4 and problem.turns:
            return Broken("killed")
        return {"graph": samples([2e-4 + 1e-8 * problem.turns])[0]}, 7

    monkeypatch.setattr(calibration, "run_jobs", run)
    monkeypatch.setattr(timing, "run_jobs", run)
    ticks = iter(range(0, 4000, 2))
    found = calibrate(40.0, 60.0, None, clock=lambda: float(next(ticks)))
    assert [group.turns for group in found.planted] == [0, 400, 1000, 2000]
    for group in found.planted:
        expected = 1 + group.percent / 100
        assert group.factors == pytest.approx([expected] * 3)
        assert group.samples[0].per_epoch == pytest.approx(2e-4 * expected)
    rounds = labels[2:]
    assert len(set(map(frozenset, rounds))) == 1
    assert len(rounds[0]) == 5
    assert {len(g.samples) for g in found.planted} == {len(rounds) - 1}
    assert len(found.left_out) == 3
    assert all("killed" in line for line in found.left_out)


def test_a_burden_is_real_work_in_the_timed_process():
    """In a real process an update takes longer with it than without."""
    problem = problem_of("linear_regression", Settings())
    slow = problem.replace(hyper={**problem.hyper, "turns": 30_000}, epochs=0)
    jobs = [
        Job("blocks", burden.block_times, (problem, [0, 30_000])),
        Job(
            "timer",
            time_exhibit,
            ("compare.studies.calibrate.burden", slow, {"graph": 50}),
        ),
    ]
    rounds, (taken, _) = run_jobs(jobs, 1, 120.0)
    bare, more = (statistics.median(x) for x in zip(*rounds, strict=True))
    assert more > 1.2 * bare
    assert taken["graph"].runs[2][0] == 50


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
        "2 % found",
        "10 % slower",
        "of 12 (",
        "overlapping",
        "9 s",
        "60 rounds of 5 fresh processes",
    ):
        assert expected in text, expected
    content = json.loads((tmp_path / "calibration.json").read_text())
    report = from_json(Report, content)
    assert report.calibration == quiet
    assert len(report.calibration.reference) == 60
