"""The timer: its arithmetic under a fake clock, its order, its answers."""

from __future__ import annotations

import statistics
import types
from dataclasses import replace

import pytest

from compare.records.timing import Effort, Sample
from compare.running import probes, timing
from compare.running.processes import Broken


class Clock:
    """A clock that only moves when told."""

    now = 100.0

    def perf_counter(self):
        return self.now


def sample(per_epoch, build=0.1):
    return Sample(build, 0.2, per_epoch, ((0, build),))


def test_phases_against_known_costs(monkeypatch, line):
    """Start-up, build, first call and slope are told apart, per mode."""
    clock = Clock()
    calls = []

    def train(problem, mode):
        start_up = 5.0 if not calls else 0.0
        calls.append((mode, problem.epochs))
        first = 0.25 if problem.epochs and mode == "xla" else 0.0
        clock.now += start_up + 0.5 + first + 0.125 * problem.epochs

    fake = types.SimpleNamespace(perf_counter=clock.perf_counter)
    monkeypatch.setattr(probes, "time", fake)
    monkeypatch.setattr(probes, "load_exhibit", lambda reference: train)
    taken, memory = probes.time_side(
        "x", line, {"xla": 101, "eager": 11}, lambda done, total: None
    )
    assert memory >= 0
    for mode, first_call in (("xla", 0.25), ("eager", 0.0)):
        assert taken[mode].build == pytest.approx(0.5)
        assert taken[mode].first_call == pytest.approx(first_call)
        assert taken[mode].per_epoch == pytest.approx(0.125)
    xla = [("xla", length) for length in (0, 2, 101)]
    eager = [("eager", length) for length in (0, 2, 11)]
    assert calls == [("graph", 0), *xla, *eager]


@pytest.fixture
def fake_jobs(monkeypatch):
    """Replace processes by samples; return the sides in running order."""
    seen = []

    def run(jobs, at_once, timeout, progress):
        assert at_once == 1
        seen.extend(job.label.split()[1] for job in jobs)
        return [({m: sample(1.0) for m in j.arguments[2]}, 7) for j in jobs]

    monkeypatch.setattr(timing, "run_jobs", run)
    return seen


def subjects_of(line, make_run, modes=("graph", "xla")):
    return [
        timing.Subject("ref", side, mode, line, make_run(side))
        for side in ("manual", "keras")
        for mode in modes
    ]


def test_each_round_gives_every_side_one_process(fake_jobs, line, make_run):
    """Both sides equally often, alternating in mixed order."""
    effort = Effort(20)
    subjects = subjects_of(line, make_run)
    timed = timing.time_subjects(subjects, effort, 60.0, None)
    assert [len(entry.samples) for entry in timed.timings] == [20] * 4
    assert [len(entry.added_bytes) for entry in timed.memory] == [20, 20]
    rounds = [tuple(fake_jobs[i : i + 2]) for i in range(0, 40, 2)]
    assert {frozenset(pair) for pair in rounds} == {
        frozenset({"manual:", "keras:"})
    }
    assert len(set(rounds)) == 2


def test_a_budget_is_filled_with_whole_rounds(fake_jobs, line, make_run):
    """Rounds of 4 s fit into 30 s seven times; the control is timed too."""
    ticks = iter(range(0, 4000, 2))
    subjects = subjects_of(line, make_run, ["graph"])
    timed = timing.time_subjects(
        subjects,
        Effort(2, 30.0),
        60.0,
        None,
        clock=lambda: float(next(ticks)),
    )
    counts = {
        (entry.side, entry.control): len(entry.samples)
        for entry in timed.timings
    }
    assert set(counts) == {
        ("manual", False),
        ("manual", True),
        ("keras", False),
    }
    (rounds,) = set(counts.values())
    assert 3 <= rounds <= 7


def test_a_broken_process_is_told_and_gives_no_sample(
    monkeypatch, line, make_run
):
    """A failed process is named with its reason, not counted as zero."""
    results = iter([[Broken("killed")], [({"graph": sample(1.0)}, 5)]])
    monkeypatch.setattr(timing, "run_jobs", lambda *given: next(results))
    subject = timing.Subject("ref", "manual", "graph", line, make_run())
    timed = timing.time_subjects([subject], Effort(2), 60.0, None)
    assert len(timed.timings[0].samples) == 1
    assert timed.memory[0].added_bytes == (5,)
    assert timed.broken == ("linear_regression manual: time: killed",)


def test_nothing_to_time_takes_no_time():
    """Without a pair that agrees no process is started."""
    timed = timing.time_subjects([], Effort(3, 1e9), 60.0, None)
    assert timed.timings == ()


def test_the_long_training_follows_the_recorded_pace(line, make_run):
    """Fast sides run many epochs, slow ones few, within limits."""

    def epochs(seconds):
        run = replace(make_run(), seconds_per_update=seconds)
        return timing.Subject("ref", "manual", "graph", line, run).epochs

    assert epochs(1.0) == timing.EPOCHS[0]
    assert epochs(0.0) == timing.EPOCHS[1]
    assert epochs(timing.LONG_SECONDS / 100) == 100


SLEEPER = """
import time

def train(problem, mode, on_step=None):
    time.sleep(problem.build)
    if problem.epochs:
        time.sleep(problem.first_call)
    for _ in range(problem.epochs):
        time.sleep(problem.update)
"""
"""An exhibit of known cost. It sleeps because its cost is what is measured;
nothing here waits for anything."""

COSTS = {"build": 0.05, "first_call": 0.1, "update": 0.01}
"""Seconds; long against the 0.1 ms by which a sleep is late."""


def test_phases_against_a_sleeping_process(exhibit_file, line, make_run):
    """What costs twice as much takes twice as long, in each phase."""
    # A sleep never ends early, so every training takes at least its cost. It
    # ends late, the more so on a busy machine: so phases are compared with
    # each other, as medians over processes, and may be off by a third.
    reference = exhibit_file(SLEEPER)
    subjects = [
        timing.Subject(
            reference,
            side,
            "graph",
            line.replace(
                hyper={name: factor * cost for name, cost in COSTS.items()}
            ),
            replace(make_run(), seconds_per_update=factor * COSTS["update"]),
        )
        for side, factor in (("manual", 1), ("keras", 2))
    ]
    timed = timing.time_subjects(subjects, Effort(3), 60.0, None)
    assert not timed.broken
    medians = {}
    for entry, factor in zip(timed.timings, (1, 2), strict=True):
        build, first_call, update = (factor * x for x in COSTS.values())
        for sample in entry.samples:
            for epochs, spent in sample.runs:
                cost = build + bool(epochs) * first_call + epochs * update
                assert spent >= cost
        medians[entry.side] = [
            statistics.median(
                getattr(sample, phase) for sample in entry.samples
            )
            for phase in ("build", "first_call", "per_epoch")
        ]
    manual, keras = medians["manual"], medians["keras"]
    for less, more in zip(manual, keras, strict=True):
        assert more / less == pytest.approx(2, rel=1 / 3)
    for side in (manual, keras):
        assert [x / side[1] for x in side] == pytest.approx(
            [x / COSTS["first_call"] for x in COSTS.values()], rel=1 / 3
        )
