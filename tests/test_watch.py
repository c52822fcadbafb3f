"""The watch sees every update of any loop, and the mode is turned."""

from __future__ import annotations

import jobs
import numpy as np
import pytest

from compare.lessons.exhibits import exhibit
from compare.lessons.problems import problem_of
from compare.records.problem import Settings
from compare.running.processes import Job, run_jobs
from compare.running.worker import record

COMPILED = """
import tensorflow as tf
def train(problem):
    w, b = tf.Variable(problem.kernel), tf.Variable(problem.bias)
    x, y = problem.x, problem.y
    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - (w * x + b)))
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(problem.learning_rate * dw)
        b.assign_sub(problem.learning_rate * db)
    for _ in range(problem.epochs):
        step()
    return w, b
"""
EAGER = COMPILED.replace("    @tf.function\n", "")
OWN_MODEL = """
import keras
import tensorflow as tf
def train(problem):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([problem.kernel.reshape(1, 1), problem.bias.reshape(1)])
    optimizer = keras.optimizers.SGD(problem.learning_rate)
    x, y = problem.x.reshape(-1, 1), problem.y.reshape(-1, 1)
    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x, training=True)))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    for _ in range(problem.epochs):
        step(x, y)
    return model
"""
WITH_METRIC = COMPILED.replace(
    "        step()\n",
    "        step()\n        loss()\n",
).replace(
    "    for _",
    "    @tf.function\n    def loss():\n        return w + b\n    for _",
)
BY_FORMULA = """
import tensorflow as tf
def train(problem):
    w, b = tf.Variable(problem.kernel), tf.Variable(problem.bias)
    @tf.function
    def step(x, y):
        error = 2 * (w * x + b - y)
        dw, db = tf.reduce_mean(error * x), tf.reduce_mean(error)
        w.assign_sub(problem.learning_rate * dw)
        b.assign_sub(problem.learning_rate * db)
    for _ in range(problem.epochs):
        step(problem.x, problem.y)
    return w, b
"""
SUBCLASS = """
import keras
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)
    def call(self, x):
        return self.dense(x)
def train(problem):
    model = Own()
    x = problem.x.reshape(-1, 1)
    model(x)
    model.set_weights([problem.kernel.reshape(1, 1), problem.bias.reshape(1)])
    model.compile(keras.optimizers.SGD(problem.learning_rate), loss="mse")
    seen = []
    note = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(epoch)
    )
    model.fit(x, problem.y, None, problem.epochs, 0, note, shuffle=False)
    assert len(seen) == problem.epochs
    return model
"""
LOOPS = {
    "a compiled step": COMPILED,
    "an eager loop": EAGER,
    "a compiled step with its gradient written out": BY_FORMULA,
    "a compiled step around a Keras model": OWN_MODEL,
    "a compiled step and a metric beside it": WITH_METRIC,
    "fit on a model of one's own, arguments by place": SUBCLASS,
}


@pytest.fixture(scope="module")
def exact():
    """Return the path of the first lesson's exhibit."""
    problem = problem_of("linear_regression", Settings(steps=8))
    arguments = (
        exhibit("manual", "linear_regression"), "manual", problem, "graph",
        "float32",
    )  # fmt: skip
    (run,) = run_jobs([Job("exact", record, arguments)], 1, 60.0)
    return problem, run.parameters["kernel"]


@pytest.mark.parametrize("kind", LOOPS)
def test_every_update_of_a_loop_is_seen(exact, exhibit_file, kind):
    """Whatever a loop is made of, each of its updates has a row."""
    problem, kernel = exact
    arguments = (exhibit_file(LOOPS[kind]), "a", problem, "graph", "float32")
    (run,) = run_jobs([Job(kind, record, arguments)], 1, 60.0)
    assert run.updates == problem.epochs
    np.testing.assert_allclose(run.parameters["kernel"], kernel, rtol=1e-6)


def test_a_loop_that_takes_no_gradient_is_not_guessed_at(exact, exhibit_file):
    """Where no update can be seen, that is said."""
    problem, _ = exact
    source = "import tensorflow as tf\ndef train(problem):\n return 1.0, 2.0\n"
    arguments = (exhibit_file(source), "a", problem, "graph", "float32")
    (run,) = run_jobs([Job("none", record, arguments)], 1, 60.0)
    assert "made no update that could be seen" in run.reason


@pytest.mark.parametrize("kind", LOOPS)
def test_copies_that_take_too_much_are_let_go(exact, exhibit_file, kind):
    """A watch without room says that it saw nothing; it shows no half."""
    problem, _ = exact
    arguments = (exhibit_file(LOOPS[kind]), "a", problem, "graph", "float32")
    job = Job(kind, jobs.record_with_little_room, arguments)
    (run,) = run_jobs([job], 1, 60.0)
    assert "made no update that could be seen" in run.reason


def test_xla_is_asked_for_by_hand_and_only_while_it_is_turned_on():
    """The stand-in adds jit_compile, unless the code says otherwise."""
    (found,) = run_jobs([Job("xla", jobs.xla_asked_for, ())], 1, 60.0)
    assert found == [True, False, False]
