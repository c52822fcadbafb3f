"""The regression suite: every lesson, in every mode, both sides."""

from __future__ import annotations

import jobs
import numpy as np
import pytest

from compare.parity import first_divergence, judge
from compare.problems import LESSONS, Settings, problem_of
from compare.processes import Job, run_jobs
from compare.records import MODES, SIDES
from compare.report import exhibit
from compare.theory import pack
from compare.worker import record

STEPS = 40


def runs_of(lessons, steps, modes=MODES, dtype="float32", function=record):
    """Run lessons x modes x sides; return (lesson, mode, side) -> run."""
    keys = [
        (x, mode, side) for x in lessons for mode in modes for side in SIDES
    ]
    found = run_jobs(
        [
            Job(
                " ".join(key),
                function,
                (
                    exhibit(key[2], key[0]),
                    key[2],
                    problem_of(key[0], Settings(steps=steps)),
                    key[1],
                    dtype,
                ),
            )
            for key in keys
        ],
        3,
        240.0,
    )
    return dict(zip(keys, found, strict=True))


@pytest.fixture(scope="module")
def runs():
    return runs_of(LESSONS, STEPS)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lesson", LESSONS)
def test_both_sides_have_the_same_bits(runs, lesson, mode):
    """Manual and Keras agree to the bit after every update, in float32."""
    left, right = (runs[lesson, mode, side] for side in SIDES)

    def rerun():
        found = runs_of([lesson], STEPS, [mode], "float64")
        return tuple(found[lesson, mode, side] for side in SIDES)

    verdict = judge(left, right, rerun)
    assert verdict.outcome == "identical", verdict.reason
    assert verdict.updates[0] >= STEPS


@pytest.mark.parametrize("lesson", ["linear_regression", "minibatch"])
def test_what_the_harness_switches_off_changes_no_bit(runs, lesson):
    """With autotuner and graph optimiser left on the bits are the same."""
    plain = runs_of([lesson], STEPS, function=jobs.record_unprepared)
    for key, run in plain.items():
        assert first_divergence(run, runs[key]) is None, key


def test_linear_regression_against_numpy_in_float64():
    """The loop's float64 path is that of the formula in numpy."""
    run = runs_of(["linear_regression"], STEPS, ["graph"], "float64")
    x = np.arange(1.0, 6.0)
    w = b = float(np.float32(0.7))
    for _ in range(STEPS):
        error = w * x + b - (x + 1)
        w, b = w - 0.01 * 2 * np.mean(error * x), b - 0.02 * np.mean(error)
    for side in SIDES:
        end = pack(run["linear_regression", "graph", side].results)
        np.testing.assert_allclose(end, [w, b], rtol=1e-13)


def test_first_update_against_finite_differences():
    """The first step is the learning rate times the loss's slope."""
    problem = problem_of("linear_regression", Settings(steps=1)).astype(
        "float64"
    )
    run = runs_of(["linear_regression"], 1, ["eager"], "float64")
    for side in SIDES:
        moved = run["linear_regression", "eager", side].results
        for name, start in problem.initial.items():
            width = 1e-6
            high, low = (
                problem.loss(
                    {**problem.initial, name: start + change},
                    problem.x,
                    problem.y,
                )
                for change in (width, -width)
            )
            slope = (high - low) / (2 * width)
            step = (start - moved[name].ravel()[0]) / problem.learning_rate
            assert step == pytest.approx(slope, rel=1e-8)


def test_the_tail_batch_is_trained_on():
    """342 rows in batches of 64 make six updates per epoch."""
    problem = problem_of("minibatch", Settings(steps=1))
    assert len(problem.x) % problem.batch_size == 22
    assert problem.steps_per_epoch == 6
