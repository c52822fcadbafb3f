"""Exhibits that break the contract end in a sentence, never in a result."""

from __future__ import annotations

import jobs
import numpy as np
import pytest

from compare.lessons.exhibits import exhibit
from compare.lessons.problems import LESSONS, problem_of
from compare.records import SIDES
from compare.records.problem import Settings
from compare.running.processes import Broken, Job, run_jobs
from compare.running.worker import record
from compare.studies.lesson.tensors import tensor_map

GOOD = """
import tensorflow as tf
def train(problem, mode="graph", on_step=None):
    w, b = (tf.Variable(problem.initial[k]) for k in ("kernel", "bias"))
    for update in range(1, problem.steps + 1):
        w.assign_add(w * 0 + 1)
        on_step(update, {"kernel": w, "bias": b})
    return {"kernel": w, "bias": b, "extra": 3}
"""
PLAIN = """
import tensorflow as tf
def train(problem):
    w, b = tf.Variable(problem.kernel), tf.Variable(problem.bias)
    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = (w * 2 + b) ** 2
        w.assign_sub(tape.gradient(loss, w) * 0.1)
    for _ in range(problem.epochs):
        step()
    return w, b
"""

NONSENSE = {
    "def train(problem, mode, on_step): raise OSError('no disk')": "no disk",
    "def train(*given): return 42": "returned no bias",
    "def train(*given): return {}": "returned no kernel, bias",
    "def train(*given): return 'one', 'two'": "'one' as 'kernel'",
    "def train(problem, *rest): return problem.initial": (
        "made no update that could be seen"
    ),
    PLAIN.replace("return w, b", "return w"): "returned no bias",
    PLAIN.replace("return w, b", "return tf.ones(3), b"): (
        "returned kernel in shape (3,) where the problem has ()"
    ),
    PLAIN.replace("return w, b", "return w, b, w, b"): (
        "returned 4 arrays where kernel, bias, predictions belong"
    ),
    "def train(problem, mode, on_step):\n on_step(2, problem.initial)": (
        "on_step was called for update 2 where 1 was due"
    ),
    "def train(problem, mode, on_step):\n on_step(1, {'w': 1.0})": (
        "on_step was given w; the problem has bias, kernel"
    ),
    "def train(problem, mode, on_step):\n on_step(1, {'kernel': [1, 2], "
    "'bias': 1})": "kernel has shape (2,) where the problem has ()",
    "def train(problem, mode, on_step):\n on_step(1, {'kernel': 'one', "
    "'bias': 1})": "'one' as 'kernel', which is not numbers",
    GOOD.replace('"bias": b, "extra": 3', '"extra": 3'): "returned no bias",
    GOOD.replace(
        '{"kernel": w, "bias": b, "extra": 3}',
        '{"kernel": [1, 2, 3], "bias": b}',
    ): ("returned kernel in shape (3,) where the problem has ()"),
    GOOD.replace(
        "on_step(update, {", "w64 = w.numpy() * 1.0; on_step(update, {"
    )
    .replace(
        '"kernel": w, "bias": b})\n    return',
        '"kernel": np.float64(w64), "bias": b})\n    return',
    )
    .replace(
        "import tensorflow as tf", "import numpy as np, tensorflow as tf"
    ): ("kernel is float64 where the problem is float32"),
    "def other(): pass": "has no function 'train'",
    "def train(: pass": "raised SyntaxError",
    "import nothing_of_this_name": "raised ModuleNotFoundError",
}


def run(line, reference, dtype="float32"):
    arguments = (reference, "manual", line, "eager", dtype)
    (result,) = run_jobs([Job("job", record, arguments)], 1, 60.0)
    return result


def test_a_good_exhibit_is_recorded(line, exhibit_file):
    """Row 0 is the start; every update has its row; extras are left."""
    result = run(line, exhibit_file(GOOD))
    kernel = result.parameters["kernel"]
    assert kernel.dtype == np.float32
    np.testing.assert_allclose(kernel, 0.7 + np.arange(21), rtol=1e-6)
    assert result.updates == 20
    assert result.losses[0] == pytest.approx(
        np.mean((0.3 * line.x + 0.3) ** 2)
    )
    assert set(result.results) == {"kernel", "bias"}


def test_float64_reaches_the_variables(line, exhibit_file):
    """The same exhibit trains in float64 when the problem does."""
    result = run(line, exhibit_file(GOOD), "float64")
    assert result.parameters["kernel"].dtype == np.float64


@pytest.mark.parametrize("source", NONSENSE, ids=NONSENSE.values())
def test_nonsense_is_named(line, exhibit_file, source):
    """Each breach of the contract is told in one line."""
    result = run(line, exhibit_file(source))
    assert isinstance(result, Broken)
    assert NONSENSE[source] in result.reason
    assert "\n" not in result.reason


def test_a_missing_file_is_named(line):
    """A path that is no Python file is named."""
    assert "no Python file" in run(line, "nowhere.py:train").reason


@pytest.fixture(scope="module")
def maps():
    """Return lesson -> side -> role -> shape and dtype, all from runs."""
    keys = [(lesson, side) for lesson in LESSONS for side in SIDES]
    work = [
        Job(
            "shapes",
            tensor_map,
            (exhibit(side, lesson), problem_of(lesson, Settings(steps=1))),
        )
        for lesson, side in keys
    ]
    found = dict(zip(keys, run_jobs(work, 2, 120.0), strict=True))
    return {
        lesson: [{i.role: i for i in found[lesson, side]} for side in SIDES]
        for lesson in LESSONS
    }


def test_tensor_map_reads_shapes_from_the_run(maps):
    """Keras makes a matrix of what the loop keeps a scalar."""
    manual, keras = maps["linear_regression"]
    assert manual["kernel"].shape == ()
    assert manual["gradient of kernel"].shape == ()
    assert keras["kernel"].shape == (1, 1)
    assert keras["gradient of bias"].shape == (1,)
    assert manual["prediction"].shape == (5,)
    assert keras["prediction"].shape == (5, 1)


@pytest.mark.parametrize("lesson", LESSONS)
def test_tensor_map_is_complete_on_both_sides(maps, lesson):
    """Data, prediction, loss, all that has a gradient, and that are there."""
    manual, keras = maps[lesson]
    initial = problem_of(lesson, Settings()).initial
    names = [name for name in initial if not name.startswith("moving_")]
    expected = {"data x", "data y", "prediction", "loss", *names}
    expected |= {f"gradient of {name}" for name in names}
    if lesson == "gan":  # its rows have no targets
        expected.remove("data y")
    assert set(manual) == expected
    assert set(keras) == expected
    for side in (manual, keras):
        assert side["loss"].shape == ()
        whole = lesson == "gpt"  # numbers of characters
        assert side["data x"].dtype == ("int32" if whole else "float32")


def test_what_recording_leaves_out_changes_no_order():
    """Without tf.data's optimisations there is another one; these stay."""
    ways = (False, True), (True, True), (False, False)
    plain, prepared, unoptimised = run_jobs(
        [Job("rows", jobs.orders, given) for given in ways], 2, 60.0
    )
    assert plain == prepared
    assert plain != unoptimised
