"""The regression suite: every lesson, in every mode, both sides."""

from __future__ import annotations

import json
from functools import partial

import jobs
import numpy as np
import pytest
from together import run_together

from compare.judging.parity import judge
from compare.judging.soundness.lesson import check_picture
from compare.judging.theory import distance, pack, theory_of
from compare.lessons.exhibits import exhibit, source_of
from compare.lessons.problems import LESSONS, problem_of
from compare.records import MODES, SIDES
from compare.records.json_form import to_json
from compare.records.problem import Settings
from compare.running.contest import Contest
from compare.running.multiprocess import record
from compare.running.processes import Job, run_jobs
from compare.studies.lesson.aspect import contestant

STEPS = 20
PAIRS = [
    (lesson, mode)
    for lesson in LESSONS
    for mode in problem_of(lesson, Settings()).modes
]


def runs_of(
    lessons,
    steps,
    modes=MODES,
    dtype="float32",
    function=record,
    run=run_together,
):
    """Run lessons x modes x sides; return (lesson, mode, side) -> run."""
    keys = [
        (lesson, mode, side)
        for lesson, mode in PAIRS
        for side in SIDES
        if lesson in lessons and mode in modes
    ]
    found = run(
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


PICTURED = [
    lesson for lesson in LESSONS if problem_of(lesson, Settings()).picture
]


@pytest.mark.parametrize("lesson", PICTURED)
def test_both_sides_have_the_same_picture(runs, lesson):
    """What a lesson draws of its runs is sound, and alike on both sides."""
    problem = problem_of(lesson, Settings(steps=STEPS))
    drawn = [
        problem.picture(problem, runs[lesson, "graph", side]) for side in SIDES
    ]
    assert json.dumps(to_json(drawn[0])) == json.dumps(to_json(drawn[1]))
    for picture in drawn:
        assert picture.images or picture.curves or picture.texts
        check_picture(picture, "picture")


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


def both_sides(problem, mode, dtype):
    """Record both exhibits of a problem that may have been changed."""
    work = [
        Job(
            side,
            record,
            (exhibit(side, problem.lesson), side, problem, mode, dtype),
        )
        for side in SIDES
    ]
    return run_jobs(work, 2, 60.0)


GRADIENTS = {
    "linear_regression": {},
    "minibatch": {},
    "regularization": {"clip_norm": 1e6},
    "classification": {},
    "weighted": {},
    "two_heads": {},
    "convolution": {},
    "fine_tuning": {"head_epochs": 0, "fine_rate": 0.3},
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
    found = both_sides(problem, "eager", "float64")
    exact = problem.astype("float64")
    for name in problem.initial:
        if name.startswith("moving"):
            continue  # a statistic has no slope
        slopes = finite_differences(exact, name)
        for run in found:
            first, second = run.parameters[name]
            steps = (first - second) / exact.learning_rate
            np.testing.assert_allclose(steps, slopes, rtol=1e-6, atol=1e-8)


def test_a_discriminators_first_update_against_finite_differences():
    """It descends its own loss; a generator deaf to noise makes that known."""
    problem = problem_of("gan", Settings(steps=1, batch_size=1000))
    deaf = {
        "g_hidden_kernel": np.zeros_like(problem.g_hidden_kernel),
        "g_output_bias": np.full_like(problem.g_output_bias, 0.5),
    }
    problem = problem.replace(initial={**problem.initial, **deaf})
    found = both_sides(problem, "eager", "float64")
    exact = problem.astype("float64")
    for name in (name for name in problem.initial if name.startswith("d_")):
        slopes = finite_differences(exact, name)
        for run in found:
            first, second = run.parameters[name]
            steps = (first - second) / exact.learning_rate
            np.testing.assert_allclose(steps, slopes, 1e-6, 1e-8)


LARGE = 1e4
"""Beside so large an epsilon Adam's first step goes with the gradient."""


@pytest.mark.parametrize("lesson", ["recurrent", "gpt"])
def test_adams_first_update_against_finite_differences(lesson):
    """With a large epsilon the first step is a known part of the slope."""
    problem = problem_of(lesson, Settings(steps=1, batch_size=1000))
    problem = problem.with_hyper(epsilon=LARGE, learning_rate=1.0)
    problem = problem.replace(x=problem.x[:50], y=problem.y[:50])
    found = both_sides(problem, "eager", "float64")
    exact = problem.astype("float64")
    part = np.sqrt(1 - exact.beta_2) / exact.epsilon
    generator = np.random.default_rng(0)
    for name, start in problem.initial.items():
        places = [tuple(generator.integers(start.shape)) for _ in range(4)]
        slopes = finite_differences(exact, name, places)
        expected = [slopes[place] for place in places]
        for run in found:
            first, second = run.parameters[name]
            steps = [(first - second)[place] / part for place in places]
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
    train = partial(
        runs_of, steps=STEPS, function=jobs.record_plainly, run=run_jobs
    )
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
    found = both_sides(problem, "graph", "float32")
    left, right = found
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


@pytest.mark.parametrize("side", SIDES)
def test_four_small_batches_make_the_update_of_a_large_one(side):
    """Accumulated over full batches, gradients are those of all the rows."""
    runs = []
    for lesson, rows in (("gradient_accumulation", 16), ("minibatch", 64)):
        problem = problem_of(lesson, Settings(batch_size=rows))
        problem = problem.replace(
            x=problem.x[:320], y=problem.y[:320], epochs=2
        )
        work = (exhibit(side, lesson), side, problem, "eager", "float64")
        runs.append(Job(lesson, record, work))
    small, large = run_jobs(runs, 2, 60.0)
    for name, path in large.parameters.items():
        for batch in range(4):  # none moves until the fourth
            rows = small.parameters[name][batch::4]
            np.testing.assert_allclose(rows, path[: len(rows)], rtol=1e-12)


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


def test_float16_skips_what_overflows_and_nothing_else():
    """Both sides skip two updates, go on, and overflow again as it grows."""
    found = runs_of(["mixed_precision"], None, ["graph"])
    for run in found.values():
        still = [
            (path[1:] == path[:-1]).reshape(run.updates, -1).all(axis=1)
            for path in run.parameters.values()
        ]
        skipped = 1 + np.flatnonzero(np.all(still, axis=0))
        first, second, *later = skipped
        assert (first, second) == (1, 2)  # 2^17 and 2^16; then 2^15
        assert later
        # 10 good updates double the scale; it can grow more than once.
        assert all(gap % 10 == 1 for gap in np.diff([second + 1, *later]))
        assert run.losses[-1] < run.losses[0] / 5


def test_float16s_first_update_against_finite_differences():
    """The scale is undone: a step is the slope, to the bits of float16."""
    problem = problem_of("mixed_precision", Settings(steps=1, batch_size=1000))
    problem = problem.with_hyper(initial_scale=1024.0)
    for side in SIDES:
        work = exhibit(side, "mixed_precision"), side, problem, "graph"
        (run,) = run_jobs([Job(side, record, (*work, "float32"))], 1, 60.0)
        for name, path in run.parameters.items():
            slopes = finite_differences(problem.astype("float64"), name)
            steps = (path[0] - path[1]) / problem.learning_rate
            # 11 bits, and sums of 342 numbers.
            bound = 2**-8 * np.abs(slopes).max()
            np.testing.assert_allclose(steps, slopes, atol=bound)


def test_float16_in_another_order_is_not_called_the_same(tmp_path):
    """What differs by rounding alone is different: nothing could prove it."""
    source = source_of(exhibit("manual", "mixed_precision"))
    product = "hidden @ output_kernel"
    assert source.count(product) == 1
    other = "tf.reduce_sum(hidden * output_kernel[:, 0], 1, True)"
    path = tmp_path / "in_another_order.py"
    path.write_text(source.replace(product, other))
    problem = problem_of("mixed_precision", Settings(steps=12))
    left, right = (
        contestant(side, reference, side, problem, "graph")
        for side, reference in (
            ("manual", f"{path}:train"),
            ("keras", exhibit("keras", "mixed_precision")),
        )
    )
    verdict = Contest(2, 60.0).judge([(left, right)])[left, right]
    assert verdict.outcome == "different"
    assert "float16" in verdict.reason
    assert verdict.largest_difference < 1e-3


def test_classification_tells_the_species_apart():
    """Softmax regression learns three kinds of penguins on both sides."""
    found = runs_of(["classification"], None, ["graph"])
    for run in found.values():
        assert run.results["accuracy"][-1] > 0.95
        assert run.losses[-1] < run.losses[0] / 5


def test_a_convolution_reads_digits_it_never_saw():
    """Most of the held-out images are read, on both sides alike."""
    y_test = problem_of("convolution", Settings()).y_test
    for run in runs_of(["convolution"], None, ["graph"]).values():
        read = run.results["predictions"].argmax(axis=1)
        assert np.mean(read == y_test) > 0.85


def test_a_frozen_layer_stays_until_it_thaws():
    """The base moves in the second phase only, the head in both."""
    problem = problem_of("fine_tuning", Settings())
    thawed = problem.head_epochs * problem.steps_per_epoch
    for run in runs_of(["fine_tuning"], None, ["graph"]).values():
        for name in ("hidden_kernel", "hidden_bias"):
            path = run.parameters[name]
            assert (path[: thawed + 1] == path[0]).all()
            assert (path[thawed] != path[thawed + 1]).any()
        for name in ("kernel", "bias"):
            assert (run.parameters[name][1] != run.parameters[name][0]).any()
        assert run.losses[0] > 1.5 * run.losses[thawed]
        assert run.losses[thawed] > 1.5 * run.losses[-1]


def test_class_weights_find_the_rare_class():
    """Nearly all penguins of the rare species are found."""
    for run in runs_of(["weighted"], None, ["graph"]).values():
        assert run.results["recall"][-1] > 0.95
        assert run.results["weighted_accuracy"][-1] > 0.95


def test_two_heads_learn_two_tasks():
    """The species are told apart, and the masses are predicted."""
    for run in runs_of(["two_heads"], None, ["graph"]).values():
        assert run.results["species_accuracy"][-1] > 0.95
        assert run.results["mass_mae"][-1] < 0.5


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
