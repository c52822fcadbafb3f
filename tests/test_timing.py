"""The timer: its arithmetic under a fake clock, its order, its answers."""

from __future__ import annotations

import statistics
import types
from dataclasses import replace

import pytest

from compare.records.problem import Settings
from compare.records.request import Request
from compare.records.timing import Effort, Paired, Start
from compare.records.verdicts import Verdict
from compare.running import slope, timing
from compare.running.processes import Broken, RunError, Silent
from compare.studies.lesson import speed
from compare.studies.lesson.aspect import Lesson
from compare.studies.lesson.speed import time_sides


def ignored(done, total):
    """Be told how far it is."""


class Clock:
    """A clock that only moves when told."""

    now = 100.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """Replace the clock of all that is timed in a process."""
    fake = Clock()
    monkeypatch.setattr(
        slope, "time", types.SimpleNamespace(perf_counter=fake.perf_counter)
    )
    return fake


def test_phases_against_known_costs(monkeypatch, clock, line):
    """Start-up, build, first call and slope are told apart, per mode."""
    calls = []

    def train(problem, mode):
        start_up = 5.0 if not calls else 0.0
        calls.append((mode, problem.epochs))
        first = 0.25 if problem.epochs and mode == "xla" else 0.0
        clock.now += start_up + 0.5 + first + 0.125 * problem.epochs

    monkeypatch.setattr(timing, "load_exhibit", lambda reference: train)
    given = "x", line
    for mode, first_call in (("xla", 0.25), ("eager", 0.0)):
        calls.clear()
        start, memory = timing.time_start(*given, mode, ignored)
        assert memory >= 0
        assert calls == [(mode, length) for length in (0, 0, 1)]
        assert start.build == pytest.approx(0.5)
        assert start.first_call == pytest.approx(first_call + 0.125)
        calls.clear()
        taken = timing.time_training(*given, mode, 101, 0.1, ignored)
        assert calls == [(mode, length) for length in (0, 0, 2, 101)]
        assert taken.build == pytest.approx(0.5)
        assert taken.first_call == pytest.approx(first_call)
        assert taken.per_epoch == pytest.approx(0.125)


def test_a_slope_is_measured_over_a_long_enough_gap():
    """Lengths grow until the difference is large; start and slope are told."""
    taken = slope.measure_slope(lambda n: 0.5 + 0.01 * n, 2, gap=1.0, long=10)
    assert [length for length, _ in taken.runs] == [2, 10, 40, 160]
    assert taken.each == pytest.approx(0.01)
    assert taken.start == pytest.approx(0.5)


def test_what_takes_no_time_is_refused():
    """A training without updates would be lengthened without end."""
    with pytest.raises(RunError, match="takes no time"):
        slope.measure_slope(lambda length: 0.5, 2, gap=0.1)


@pytest.fixture
def fake_jobs(monkeypatch):
    """Replace processes by samples; return the sides in running order."""
    seen = []

    def run(jobs, at_once, timeout, progress):
        assert at_once == 1
        seen.extend(job.label.removesuffix(": start") for job in jobs)
        return [(Start(0.1, 0.2), 7)] * len(jobs)

    monkeypatch.setattr(timing, "run_jobs", run)
    return seen


@pytest.fixture
def timed(line, small_report):
    """Return a function that times sides whose verdicts are made up."""

    def time(effort, modes=("graph", "xla"), exhibits=None):
        lesson = Lesson(line, request(effort, modes))
        lesson.exhibits |= exhibits or {}
        report = replace(
            small_report.lessons[0],
            verdicts=tuple(Verdict(m, "identical", "why") for m in modes),
            timings=(),
            memory=(),
            left_out=(),
        )
        return time_sides(lesson, report, Silent())

    return time


def request(effort, modes=("graph",)):
    return Request(
        ("linear_regression",), Settings(), modes, effort, False, 60.0, "x"
    )


@pytest.fixture(autouse=True)
def fake_duos(monkeypatch):
    """Replace what both sides give by turns."""
    seen = []

    def take(label, function, arguments, modes, effort, *rest):
        seen.append(effort)
        paired = Paired("", (2.0,) * effort.rounds, ())
        paired = replace(paired, seconds=(0.1,) * effort.rounds)
        return tuple(replace(paired, mode=m) for m in modes), ()

    monkeypatch.setattr(speed, "take_duos", take)
    return seen


def test_each_round_gives_every_side_and_mode_one_process(fake_jobs, timed):
    """All equally often, in mixed order."""
    report = timed(Effort(3))
    assert [len(entry.starts) for entry in report.timings] == [3] * 4
    assert [len(entry.added_bytes) for entry in report.memory] == [6, 6]
    rounds = [fake_jobs[i : i + 4] for i in range(0, 12, 4)]
    assert [set(one) for one in rounds] == 3 * [
        {
            f"linear_regression {side} {mode}"
            for side in ("manual", "keras")
            for mode in ("graph", "xla")
        }
    ]


def test_a_budget_goes_to_processes_that_hold_both(
    fake_jobs, fake_duos, timed
):
    """What happens once has three processes a side, whatever the budget."""
    report = timed(Effort(6, 60.0), ["graph"])
    assert [len(entry.starts) for entry in report.timings] == [3, 3]
    assert fake_duos == [Effort(8, 60.0)]
    assert report.paired[0].factors == (2.0,) * 8
    assert [entry.updates for entry in report.timings] == [
        (0.1,) * 8,
        (0.2,) * 8,
    ]


def test_turns_end_early_where_they_are_enough(monkeypatch):
    """A budget is not spent on what is known."""
    monkeypatch.setattr(timing, "run_jobs", lambda jobs, *rest: ["done"])
    turns = timing.take_turns(
        {"one": None},
        Effort(2, 1e9),
        60.0,
        enough=lambda rounds: len(rounds) == 4,
    )
    assert len(turns.rounds) == 4


def test_a_budget_is_filled_with_whole_rounds(monkeypatch):
    """A round of 4 s fits into 30 s at most seven times."""
    monkeypatch.setattr(timing, "run_jobs", lambda jobs, *rest: ["done"])
    ticks = iter(range(0, 4000, 2))
    turns = timing.take_turns(
        {"one": None},
        Effort(2, 30.0),
        60.0,
        None,
        clock=lambda: float(next(ticks)),
    )
    assert 3 <= len(turns.of("one")) <= 7


def test_a_broken_process_is_told_and_gives_no_sample(monkeypatch, timed):
    """A failed process is named with its reason, not counted as zero."""
    good = (Start(0.1, 0.2), 5)
    results = iter([[Broken("killed")] * 2, [good, good]])
    monkeypatch.setattr(timing, "run_jobs", lambda *given: next(results))
    report = timed(Effort(2), ["graph"])
    assert [len(entry.starts) for entry in report.timings] == [1, 1]
    assert report.memory[0].added_bytes == (5,)
    assert "linear_regression manual graph: start: killed" in report.left_out


def test_what_does_not_agree_takes_no_time(timed):
    """Without a pair that agrees, or without effort, nothing is started."""
    report = timed(Effort(3, 1e9), modes=())
    assert report.timings == ()
    report = timed(None)
    assert report.timings == ()


SLEEPER = """
import time

def train(problem, mode, on_step=None):
    time.sleep({build})
    if problem.epochs:
        time.sleep({first_call})
"""
"""An exhibit of known cost. It sleeps because its cost is what is measured;
nothing here waits for anything."""

COSTS = {"build": 0.05, "first_call": 0.1}
"""Seconds; long against the 0.1 ms by which a sleep is late."""


def test_phases_against_a_sleeping_process(tmp_path, timed):
    """What costs twice as much takes twice as long, in each phase."""
    # A sleep never ends early, so every training takes at least its cost. It
    # ends late, the more so on a busy machine: so phases are compared with
    # each other, as medians over processes, and may be off by a third.
    exhibits = {}
    for side, factor in (("manual", 1), ("keras", 2)):
        path = tmp_path / f"{side}_sleeper.py"
        costs = {name: factor * cost for name, cost in COSTS.items()}
        path.write_text(SLEEPER.format(**costs))
        exhibits[side] = f"{path}:train"
    report = timed(Effort(3), ["graph"], exhibits)
    assert not report.left_out
    medians = {}
    for entry, factor in zip(report.timings, (1, 2), strict=True):
        assert all(s.build >= factor * COSTS["build"] for s in entry.starts)
        medians[entry.side] = [
            statistics.median(getattr(start, phase) for start in entry.starts)
            for phase in COSTS
        ]
    manual, keras = medians["manual"], medians["keras"]
    for less, more in zip(manual, keras, strict=True):
        assert more / less == pytest.approx(2, rel=1 / 3)
    for side in (manual, keras):
        assert [x / side[1] for x in side] == pytest.approx(
            [x / COSTS["first_call"] for x in COSTS.values()], rel=1 / 3
        )
