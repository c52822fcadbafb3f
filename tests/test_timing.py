"""The timer: its arithmetic under a fake clock, its order, its answers."""

from __future__ import annotations

import types

import pytest

from compare import probes, timing
from compare.processes import Broken
from compare.records import Sample, Timing


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
    xla = [("xla", length) for length in (0, 1, 101)]
    eager = [("eager", length) for length in (0, 1, 11)]
    assert calls == [("graph", 0), *xla, *eager]


def test_each_side_gets_processes_of_its_own(monkeypatch, line, make_run):
    """One job a time, both sides equally often, in mixed order."""
    seen = []

    def fake_run_jobs(jobs, at_once, timeout, progress):
        assert at_once == 1
        seen.extend(job.label for job in jobs)
        modes = [job.arguments[2] for job in jobs]
        assert {frozenset(m) for m in modes} == {frozenset({"graph", "xla"})}
        return [({m: sample(1.0) for m in x}, 7) for x in modes]

    monkeypatch.setattr(timing, "run_jobs", fake_run_jobs)
    subjects = [
        timing.Subject("ref", side, mode, line, make_run(side))
        for side in ("manual", "keras")
        for mode in ("graph", "xla")
    ]
    timings, memory = timing.time_subjects(subjects, 20, 60.0, None)
    assert [len(entry.samples) for entry in timings] == [20] * 4
    assert [len(entry.added_bytes) for entry in memory] == [20, 20]
    assert len(seen) == 40
    assert seen not in (sorted(seen), sorted(seen, reverse=True))


def test_a_broken_process_gives_no_sample(monkeypatch, line, make_run):
    """A failed process is left out, not counted as zero."""
    results = [Broken("killed"), ({"graph": sample(1.0)}, 5)]
    monkeypatch.setattr(timing, "run_jobs", lambda *given: results)
    subject = timing.Subject("ref", "manual", "graph", line, make_run())
    (found,), (memory,) = timing.time_subjects([subject], 2, 60.0, None)
    assert len(found.samples) == 1
    assert memory.added_bytes == (5,)


def entry(side, *values):
    return Timing(side, "graph", 1, tuple(map(sample, values)))


def test_ratio_is_that_of_the_medians():
    """Keras's median over the manual one's; outliers do not count."""
    pair = [entry("manual", 1.0, 2.0, 90.0), entry("keras", 6.0, 8.0, 7.0)]
    assert timing.ratio(pair, "graph") == pytest.approx(3.5)
    assert timing.ratio(pair, "xla") is None
    assert timing.ratio(pair[:1], "graph") is None
    assert timing.ratio([entry("manual", -1.0), pair[1]], "graph") is None


def test_spread_is_median_smallest_largest():
    """The three numbers that the report prints."""
    assert timing.spread([3.0, 1.0, 2.0]) == (2.0, 1.0, 3.0)


def test_the_long_training_follows_the_recorded_pace(line, make_run):
    """Fast sides run many epochs, slow ones few, within limits."""
    from dataclasses import replace

    def epochs(seconds):
        run = replace(make_run(), seconds_per_update=seconds)
        return timing.Subject("ref", "manual", "graph", line, run).epochs

    assert epochs(1.0) == timing.EPOCHS[0]
    assert epochs(0.0) == timing.EPOCHS[1]
    assert epochs(timing.LONG_SECONDS / 100) == 100
