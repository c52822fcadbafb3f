"""The regression suite: every lesson, in every mode, both sides."""

from __future__ import annotations

from functools import partial

import jobs
import numpy as np
import pytest

from compare.judging.parity import judge
from compare.judging.theory import distance, pack, theory_of
from compare.lessons.exhibits import exhibit
from compare.lessons.problems import LESSONS, problem_of
from compare.records import MODES, SIDES
from compare.records.problem import Settings
from compare.running.multiprocess import record
from compare.running.processes import Job, run_jobs

STEPS = 20
PAIRS = [
    (lesson, mode)
    for lesson in LESSONS
    for mode in problem_of(lesson, Settings()).modes
]


def runs_of(lessons, steps, modes=MODES, dtype="float32", function=record):
    """Run lessons x modes x sides; return (lesson, mode, side) -> run."""
    keys = [
        (lesson, mode, side)
        for lesson, mode in PAIRS
        for side in SIDES
        if lesson in lessons and mode in modes
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
        2,
        240.0,
    )
    return dict(zip(keys, found, strict=True))


@pytest.fixture(scope="module")
def runs():
    return runs_of(LESSONS, STEPS)


@pytest.mark.parametrize(("lesson", "mode"), PAIRS)
def test_both_sides_have_the_same_bits(runs, lesson, mode):
    """Manual and Keras agree to the bit after every update, in float32."""
    left, right = (runs[lesson, mode, side] for side in SIDES)

    def rerun():
        found = runs_of([lesson], STEPS, [mode], "float64")
        return tuple(found[lesson, mode, side] for side in SIDES)

    verdict = judge(left, right, rerun)
    assert verdict.outcome == "identical", verdict.reason
    assert verdict.updates[0] >= STEPS


def test_linear_regression_against_numpy_in_float64():
    """The loop's float64 path is that of the formula in numpy."""
    run = runs_of(["linear_regression"], STEPS, ["graph"], "float64")
    x = np.arange(1.0, 6.0)
    w = b = float(np.float32(0.7))
    rate = float(np.float32(0.01))
    for _ in range(STEPS):
        slope = 2 * (w * x + b - (x + 1))
        w, b = w - rate * np.mean(slope * x), b - rate * np.mean(slope)
    for side in SIDES:
        end = pack(run["linear_regression", "graph", side].results)
        np.testing.assert_allclose(end, [w, b], rtol=1e-13)


GRADIENTS = {
    "linear_regression": {},
    "minibatch": {},
    "regularization": {"clip_norm": 1e6},
    "classification": {},
    "dropout_mlp": {"rate": 0.0},
    "batch_norm": {},
}
"""Lessons of plain gradient descent, with what would blur a gradient off."""


@pytest.mark.parametrize("lesson", GRADIENTS)
def test_first_update_against_finite_differences(lesson):
    """On all rows the first step is the learning rate times the slope."""
    rows = {} if lesson == "linear_regression" else {"batch_size": 1000}
    problem = problem_of(lesson, Settings(steps=1, **rows))
    problem = problem.replace(hyper={**problem.hyper, **GRADIENTS[lesson]})
    work = [
        Job(
            side,
            record,
            (exhibit(side, lesson), side, problem, "eager", "float64"),
        )
        for side in SIDES
    ]
    exact = problem.astype("float64")
    for run in run_jobs(work, 2, 60.0):
        for name, path in run.parameters.items():
            if name.startswith("moving"):
                continue  # a statistic has no slope
            slopes = finite_differences(exact, name)
            steps = (path[0] - path[1]) / exact.learning_rate
            np.testing.assert_allclose(steps, slopes, rtol=1e-6, atol=1e-8)


LARGE = 1e4
"""Beside so large an epsilon Adam's first step goes with the gradient."""


@pytest.mark.parametrize("lesson", ["recurrent", "gpt"])
def test_adams_first_update_against_finite_differences(lesson):
    """With a large epsilon the first step is a known part of the slope."""
    problem = problem_of(lesson, Settings(steps=1, batch_size=1000))
    problem = problem.with_hyper(epsilon=LARGE, learning_rate=1.0)
    work = [
        Job(
            side,
            record,
            (exhibit(side, lesson), side, problem, "eager", "float64"),
        )
        for side in SIDES
    ]
    exact = problem.astype("float64")
    part = np.sqrt(1 - exact.beta_2) / exact.epsilon
    generator = np.random.default_rng(0)
    for run in run_jobs(work, 2, 60.0):
        for name, path in run.parameters.items():
            shape = path[0].shape
            places = [tuple(generator.integers(shape)) for _ in range(4)]
            slopes = finite_differences(exact, name, places)
            steps = [(path[0] - path[1])[place] / part for place in places]
            expected = [slopes[place] for place in places]
            np.testing.assert_allclose(steps, expected, rtol=1e-4, atol=1e-8)


def finite_differences(problem, name, places=None):
    """Return the slope of the loss along entries of one parameter, or all."""
    width = 1e-6
    slopes = np.zeros_like(problem.initial[name])
    for place in places or np.ndindex(slopes.shape):
        losses = []
        for change in (width, -width):
            moved = problem.initial[name].copy()
            moved[place] += change
            parameters = {**problem.initial, name: moved}
            losses.append(problem.loss(parameters, problem.x, problem.y))
        slopes[place] = (losses[0] - losses[1]) / (2 * width)
    return slopes


EVERY_MODE = ("linear_regression", "streaming", "full_loop")
"""The simplest lesson, the one on tf.data, and the one with all features.

What the harness does to a training depends on the lesson and on the mode, but
not on both together: these run plainly in every mode, the others in graph.
"""
PLAIN = [
    (lesson, mode)
    for lesson, mode in PAIRS
    if mode == "graph" or lesson in EVERY_MODE
]


@pytest.fixture(scope="module")
def plain():
    train = partial(runs_of, steps=STEPS, function=jobs.record_plainly)
    found = train(LESSONS, modes=["graph"])
    return found | train(EVERY_MODE, modes=["eager", "xla"])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("lesson", "mode"), PLAIN)
def test_the_harness_changes_no_bit(runs, plain, lesson, mode, side):
    """Watched, with what it switches off, a run ends as it does without."""
    watched, alone = (
        found[lesson, mode, side].results for found in (runs, plain)
    )
    assert set(watched) == set(alone)
    for name, value in watched.items():
        np.testing.assert_array_equal(value, alone[name])


@pytest.mark.parametrize("side", SIDES)
def test_a_watch_that_meddles_is_caught(plain, side):
    """A watch that changes a variable gives other bits than none."""
    found = runs_of(
        ["linear_regression"],
        STEPS,
        ["graph"],
        function=jobs.record_meddling,
    )
    key = ("linear_regression", "graph", side)
    kernels = (run[key].results["kernel"] for run in (found, plain))
    assert not np.array_equal(*kernels)


def judged(left, right):
    """Judge two runs whose float64 is not needed or would be a surprise."""

    def rerun():
        raise AssertionError("the bits differ")

    return judge(left, right, rerun)


def test_nesterov_momentum_has_the_same_bits():
    """The other form of momentum is the same training too."""
    problem = problem_of("momentum", Settings(steps=STEPS))
    problem = problem.replace(hyper={**problem.hyper, "nesterov": True})
    work = [
        Job(
            side,
            record,
            (exhibit(side, "momentum"), side, problem, "graph", "float32"),
        )
        for side in SIDES
    ]
    left, right = run_jobs(work, 2, 60.0)
    assert judged(left, right).outcome == "identical"


@pytest.mark.parametrize("side", SIDES)
def test_a_resumed_run_equals_one_that_never_stopped(runs, side):
    """Weights, velocities and the epochs made survive a restart."""
    resumed = runs["checkpoint_resume", "graph", side]
    straight = runs["momentum", "graph", side]
    assert judged(resumed, straight).outcome == "identical"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("side", SIDES)
def test_rows_from_files_equal_rows_in_memory(runs, side, mode):
    """Streaming makes the updates of rows in memory, in every mode."""
    problem = problem_of("streaming", Settings(steps=STEPS))
    hyper = {k: v for k, v in problem.hyper.items() if k != "files"}
    arguments = (
        problem.same_as.exhibits[side],
        side,
        problem.replace(hyper=hyper),
        mode,
        "float32",
    )
    (held,) = run_jobs([Job("in memory", record, arguments)], 1, 60.0)
    streamed = runs["streaming", mode, side]
    assert judged(streamed, held).outcome == "identical"


@pytest.mark.parametrize("lesson", ["early_stopping", "full_loop"])
def test_stopping_early_restores_the_best_epoch(lesson):
    """The returned weights are those after the best epoch's last update."""
    found = runs_of([lesson], None, ["graph"])
    for side in SIDES:
        run = found[lesson, "graph", side]
        problem = problem_of(lesson, Settings())
        val_loss = run.results["val_loss"]
        best = int(np.argmin(val_loss))
        assert best + problem.patience == len(val_loss) - 1
        assert run.updates == len(val_loss) * problem.steps_per_epoch
        row = (best + 1) * problem.steps_per_epoch
        for name, path in run.parameters.items():
            np.testing.assert_array_equal(run.results[name], path[row])
            assert (path[-1] != path[row]).any()


def test_classification_tells_the_species_apart():
    """Softmax regression learns three kinds of penguins on both sides."""
    found = runs_of(["classification"], None, ["graph"])
    for run in found.values():
        assert run.results["accuracy"][-1] > 0.95
        assert run.losses[-1] < run.losses[0] / 5


def test_the_lstm_is_better_than_to_say_that_nothing_changes():
    """It ends below half the error of this year's value, on both sides."""
    problem = problem_of("recurrent", Settings())
    naive = np.mean((problem.y - problem.x[:, -1]) ** 2)
    found = runs_of(["recurrent"], None, ["graph"])
    for run in found.values():
        assert run.losses[-1] < naive / 2
        assert len(run.results["forecast"]) == problem.horizon


def test_gpt_learns_more_than_how_often_characters_occur():
    """It ends far below the entropy of single characters, on both sides."""
    problem = problem_of("gpt", Settings())
    shares = np.bincount(problem.x.ravel()) / problem.x.size
    entropy = -np.sum(shares * np.log(np.maximum(shares, 1e-9)))
    found = runs_of(["gpt"], None, ["graph"])
    for run in found.values():
        assert run.losses[-1] < entropy - 1
        assert len(run.results["text"]) == problem.text_length


LINEAR = ["momentum", "adam", "lr_schedule", "regularization"]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("lesson", LINEAR)
def test_linear_lessons_against_their_closed_form(lesson, side):
    """With all rows in a batch each optimiser ends at the minimiser."""
    problem = problem_of(lesson, Settings(batch_size=1000, steps=600))
    # The rows 30 times over are 30 batches: Keras needs long for an epoch.
    problem = problem.replace(
        x=np.tile(problem.x, (30, 1)),
        y=np.tile(problem.y, (30, 1)),
        batch_size=len(problem.x),
        epochs=20,
    )
    quiet = {"clip_norm": 10.0, "decay_steps": 600}
    problem = problem.replace(
        hyper={
            **problem.hyper,
            **{k: v for k, v in quiet.items() if k in problem.hyper},
        }
    )
    work = (exhibit(side, lesson), side, problem, "graph", "float64")
    (run,) = run_jobs([Job(lesson, record, work)], 1, 120.0)
    assert distance(run.results, theory_of(problem)) < ENDS[lesson]


ENDS = {
    "momentum": 1e-9,
    "adam": 1e-6,
    "lr_schedule": 0.02,  # a falling rate leaves some of the way
    "regularization": 0.02,  # 600 plain steps along the flat direction
}
"""How near 600 updates come: the optimisers differ, the minimum does not."""


def test_the_tail_batch_is_trained_on():
    """342 rows in batches of 64 make six updates per epoch."""
    problem = problem_of("minibatch", Settings(steps=1))
    assert len(problem.x) % problem.batch_size == 22
    assert problem.steps_per_epoch == 6
