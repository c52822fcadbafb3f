"""The cells that watch the two exhibits from outside, and run them."""

from __future__ import annotations

from compare.records.problem import Problem
from compare.showing.notebook.exhibits import source

IMPORTS = """\
import contextlib
import functools
from unittest import mock

import keras
import tensorflow as tf
"""

BY_HAND = """\
@contextlib.contextmanager
def watched_loop(keep):
    \"\"\"Set the mode of every tf.function; keep what its step has made.\"\"\"
    variables = []
    tf_function = tf.function

    def create(create_next, **options):
        variables.append(create_next(**options))
        return variables[-1]

    def function(run=None, **options):
        if run is None:  # as in @tf.function(input_signature=...)
            return functools.partial(function, **options)
        if run.__module__.startswith("keras."):  # it is asked in Keras's way
            return tf_function(run, **options)
        options.setdefault("jit_compile", mode == "xla")
        compiled = tf_function(run, **options)
        if run.__name__ not in ("step", "many_steps"):
            return compiled  # it computes something, but updates nothing

        def step(*batch):
            result = compiled(*batch)
            keep(variables)
            return result

        return step

    tf.config.run_functions_eagerly(mode == "eager")
    try:
        with (
            mock.patch.object(tf, "function", function),
            tf.variable_creator_scope(create),
        ):
            yield
    finally:
        tf.config.run_functions_eagerly(False)
"""

FIT = """\
@contextlib.contextmanager
def watched_keras(keep):
    \"\"\"Set the mode of every fit; keep the weights after each batch.\"\"\"
    keras_fit = keras.Model.fit

    def fit(model, *args, callbacks=(), **options):
        model.run_eagerly, model.jit_compile = mode == "eager", mode == "xla"
        watch = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: keep(model.weights)
        )
        callbacks = [*callbacks, watch]
        return keras_fit(model, *args, callbacks=callbacks, **options)

    with mock.patch.object(keras.Model, "fit", fit):
        yield
"""

TRAIN_ON_BATCH = """\
@contextlib.contextmanager
def watched_keras(keep):
    \"\"\"Set the mode of every call; keep the weights after it.\"\"\"
    keras_train = keras.Model.train_on_batch

    def train_on_batch(model, *args):
        model.run_eagerly, model.jit_compile = mode == "eager", mode == "xla"
        result = keras_train(model, *args)
        keep(model.weights)
        return result

    with mock.patch.object(keras.Model, "train_on_batch", train_on_batch):
        yield
"""

RECORD = """\
def record(train, problem):
    \"\"\"Run one side; return its parameters after every update, and all else.

    The parameters are the first variables that an exhibit makes.
    \"\"\"
    path = {name: [start] for name, start in problem.initial.items()}

    def keep(variables):
        for values, variable in zip(path.values(), variables):
            values.append(variable.numpy().reshape(values[0].shape))

    with watched_loop(keep), watched_keras(keep):
        returned = train(problem)
    return {name: np.stack(path[name]) for name in path}, returned
"""

RUN = """\
manual, manual_returned = record(train_manual, problem)
keras_path, keras_returned = record(train_keras, problem)
"""

RUN_CALLS = """\
one_by_one = changed(steps_per_call=1)
manual, _ = record(train_manual, one_by_one)
keras_path, _ = record(train_keras, one_by_one)
"""

RUN_HALVES = """\
import tempfile


def record_halves(train):
    \"\"\"Train half-way and save; load, and train to the end.\"\"\"
    half = problem.epochs // 2
    with tempfile.TemporaryDirectory() as folder:
        first, _ = record(train, changed(folder=folder, epochs=half))
        second, _ = record(train, changed(folder=folder))
    # Row 0 is the problem's start, which the second half never had.
    return {
        name: np.concatenate([values, second[name][1:]])
        for name, values in first.items()
    }


manual = record_halves(train_manual)
keras_path = record_halves(train_keras)
"""

PREDICTIONS = """\
same = np.array_equal(manual_returned[-1], keras_returned[-1])
print(f"predictions: {'equal' if same else 'not equal'}")
"""

HISTORY = """\
manual_history, keras_history = manual_returned[-1], keras_returned[-1].history
for name, values in manual_history.items():
    same = np.array_equal(values, keras_history[name])
    print(f"{name}: {'equal' if same else 'not equal'}")
"""


def recording(lesson: str) -> list[str]:
    """Return the cells that record a training: by hand, in Keras, both."""
    calls = "model.train_on_batch(" in source(lesson, "keras")
    keras = TRAIN_ON_BATCH if calls else FIT
    return [f"{IMPORTS}\n\n{BY_HAND}", keras, RECORD]


def run(problem: Problem) -> str:
    """Return the cell that trains both sides."""
    if "steps_per_call" in problem.hyper:
        return RUN_CALLS
    return RUN_HALVES if "folder" in problem.hyper else RUN


def results(problem: Problem) -> list[str]:
    """Return the cell that compares what else is returned, if anything is."""
    if not problem.compared:
        return []
    return [PREDICTIONS if problem.compared == ("predictions",) else HISTORY]
