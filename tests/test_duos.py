"""Two trainings by turns: arithmetic under a fake clock, and real ones."""

from __future__ import annotations

import math
import statistics
import types

import numpy as np
import pytest

from compare.lessons.problems import problem_of
from compare.records.problem import Settings
from compare.records.timing import Effort
from compare.running import duos, paced
from compare.running.paced import Paced, pacing, stopping
from compare.running.processes import Broken, Job, RunError, run_jobs


class Machine:
    """A clock that trainings move, and that gets slower all the time."""

    def __init__(self, drift=0.0):
        self.now, self.drift = 0.0, drift

    def run(self, seconds):
        def train(updates):
            spent = updates * seconds * (1 + self.drift * self.now)
            self.now += spent
            return spent

        return train

    def clock(self):
        return self.now


@pytest.mark.parametrize("drift", [0.0, 0.02, -0.02])
def test_a_steady_drift_cancels(drift):
    """AB BA: what gets slower with time meets both alike."""
    machine = Machine(drift)
    runs = [machine.run(s) for s in (1e-3, 1.05e-3, 1e-3)]
    factor, floor, each, *_ = duos.duos(runs, 0.0, 10, 2)
    assert factor == pytest.approx(1.05, rel=1e-3)
    assert floor == pytest.approx(1, rel=1e-3)
    assert each == pytest.approx(1e-3 / 2, rel=0.1)


def test_late_blocks_make_equal_code_neither_faster_nor_slower():
    """Noise with a long tail: as many processes are above 1 as below."""
    noise = np.random.default_rng(0).lognormal(0, 1, (4000, 6, 3))
    found = np.log([duos.against_both(one, 1) for one in 0.02 * noise])
    assert abs(np.mean(found > 0) - 0.5) < 0.025
    to_their_mean = noise[..., 1] - (noise[..., 0] + noise[..., 2]) / 2
    assert np.mean(np.median(to_their_mean, axis=1) > 0) < 0.42


def test_blocks_are_whole_epochs_and_long_enough():
    """20 ms of 1 ms updates in epochs of 7; a long epoch is a block."""
    lengths = []

    def train(updates):
        lengths.append(updates)
        return updates * 1e-3

    def slow(updates):
        assert updates == 7
        return 7.0

    duos.by_turns([train, slow], [7, 7], 0.0)
    assert lengths[0] == 7
    assert set(lengths[1:]) == {21}


def test_seconds_are_filled_with_rounds():
    """Three at least; more while there is time; all take part equally."""
    machine = Machine()
    runs = [machine.run(1e-3)] * 2
    assert len(duos.by_turns(runs, [1, 1], 0.0, machine.clock)) == 3
    assert len(duos.by_turns(runs, [1, 1], 0.795, machine.clock)) == 10


def test_a_planted_5_percent_is_found_in_one_noisy_process_in_ten():
    """Blocks vary by 5 %, one in ten is twice as long: the median holds."""
    import random

    generator = random.Random(0)

    def noisy(seconds):
        def train(updates):
            factor = generator.gauss(1, 0.05)
            return updates * seconds * factor * generator.choice([1] * 9 + [2])

        return train

    machine = Machine()
    found = []
    for _ in range(8):
        runs = [noisy(s) for s in (1e-3, 1.05e-3, 1e-3)]
        rounds = duos.by_turns(
            runs,
            [1] * 3,
            40.0,
            lambda: setattr(machine, "now", machine.now + 1) or machine.now,
        )
        found.append(math.exp(statistics.median(b - a for a, b, _ in rounds)))
    assert statistics.median(found) == pytest.approx(1.05, rel=0.03)


@pytest.fixture
def clock(monkeypatch):
    """Replace the clock of paced trainings."""
    fake = types.SimpleNamespace(now=0.0)
    monkeypatch.setattr(
        paced, "time", types.SimpleNamespace(perf_counter=lambda: fake.now)
    )
    return fake


def counted(clock, updates, seconds):
    """Return a training that tells of its updates itself."""

    def train():
        clock.now += 5.0  # builds and traces
        for _ in range(updates):
            clock.now += seconds
            paced._here.paced.seen()

    return train


def test_trainings_stand_still_while_others_run(clock):
    """Each block has its own updates, without the run-in of a long one."""
    fast, slow = (
        Paced(counted(clock, 10**6, seconds)) for seconds in (0.25, 1.0)
    )
    with stopping([fast, slow]):
        assert fast.seconds(1) == 5.25
        assert slow.seconds(2) == 7.0
        before = clock.now
        assert fast.seconds(100) == 25.0
        assert clock.now - before == 25.5
        assert slow.seconds(3) == 3.0


def test_a_training_that_ends_or_fails_is_told(clock):
    """It cannot be timed, and nothing waits for it."""
    short = Paced(counted(clock, 3, 1.0))
    broken = Paced(lambda: 1 / 0)
    with stopping([short, broken, Paced(list)]):
        assert short.seconds(2) == 7.0
        with pytest.raises(RunError, match="ended before"):
            short.seconds(2)
        with pytest.raises(ZeroDivisionError):
            broken.seconds(1)


def counts(reference, problem, mode, advance):
    """Count the updates that are seen of an exhibit, in a fresh process."""
    from compare.running.modes import turned
    from compare.running.worker import load_exhibit

    exhibit = load_exhibit(reference)
    with turned(mode), pacing():
        return Paced(lambda: exhibit(problem)).whole()


@pytest.mark.parametrize(
    "lesson", ["early_stopping", "fused_steps", "fine_tuning", "gan"]
)
def test_every_update_is_seen_once(lesson):
    """By hand and in Keras, in all modes; validation is no update."""
    problem = problem_of(lesson, Settings()).for_timing()
    epochs = 3
    due = epochs * problem.steps_per_epoch
    if lesson == "fused_steps":
        hyper = {**problem.hyper, "steps_per_call": 2}
        problem, due = problem.replace(hyper=hyper), 2
    problem = problem.replace(epochs=epochs)
    jobs = [
        Job("count", counts, (f"{folder}.{lesson}", problem, mode))
        for folder in ("manual", "keras_impl")
        for mode in problem.modes
    ]
    assert run_jobs(jobs, 1, 120.0) == [due] * len(jobs)


def test_modes_share_a_process_and_do_not_leak(line):
    """Both sides in every mode; TensorFlow is as before afterwards."""
    exhibits = ("manual.linear_regression", "keras_impl.linear_regression")
    pairs, broken = duos.take_duos(
        "x",
        duos.time_exhibits,
        (exhibits, line, line.modes),
        line.modes,
        Effort(1),
        120.0,
        None,
    )
    assert not broken
    assert [pair.mode for pair in pairs] == list(line.modes)
    for pair in pairs:
        assert pair.factors[0] > 1  # a textbook fit takes many times as long
        assert len(pair.floor) == 1


@pytest.mark.parametrize("noise", [0.002, 0.5])
def test_processes_until_the_interval_is_narrow(monkeypatch, line, noise):
    """Eight suffice where they agree; else the budget is spent."""
    made = []

    def run(jobs, *rest):
        made.append(1)
        if len(made) == 2:
            return [Broken("killed")]
        factor = 2 * (1 + noise * (len(made) % 3))
        return [{"graph": duos.Factors(factor, 1.0, 1e-3)}]

    monkeypatch.setattr("compare.running.timing.run_jobs", run)
    ticks = iter(range(10_000))
    monkeypatch.setattr(
        duos,
        "take_turns",
        lambda *given, **more: timing.take_turns(
            *given, clock=lambda: float(next(ticks)), **more
        ),
    )
    from compare.running import timing

    (pair,), broken = duos.take_duos(
        "x", print, (), ["graph"], Effort(8, 100.0), 60.0, None
    )
    assert broken == ("x: both by turns: killed",)
    assert len(pair.factors) == len(made) - 1
    assert (len(made) == 8) is (noise < 0.1)
