"""One function per lesson -> Problem: data, first parameters, settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from compare.lessons.exhibits import exhibit
from compare.lessons.linear import (
    given,
    linear_problem,
    with_hidden_layer,
    with_normalized_layer,
    with_species,
)
from compare.lessons.losses import ridge_error, squared_error
from compare.records import SIDES, Note, Side, UsageError
from compare.records.problem import Problem, SameAs, Settings

ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
"""Adam's defaults in Keras."""


def linear_regression(settings: Settings) -> Problem:
    """Fit y = x + 1 to x = 1..5 from w = b = 0.7, or a user's one feature."""
    table = settings.table
    if table and table.x.shape[1] != 1:
        raise UsageError(
            "this lesson fits one feature, the table gives "
            f"{table.x.shape[1]}: name one with --features, or run the lesson "
            "minibatch"
        )
    if settings.batch_size is not None:
        raise UsageError(
            "this lesson trains on all rows at once: leave --batch-size out, "
            "or run the lesson minibatch"
        )
    x = table.x.ravel() if table else np.arange(1.0, 6.0)
    return Problem(
        lesson="linear_regression",
        title="Fit a line, y = w * x + b",
        data=table.name if table else "x = 1..5, y = x + 1",
        x=x,
        y=table.y.ravel() if table else x + 1,
        initial={"kernel": np.array(0.7), "bias": np.array(0.7)},
        epochs=given(settings.steps, 1100),
        batch_size=len(x),
        loss=squared_error,
        hyper={"learning_rate": given(settings.learning_rate, 0.01)},
        scaling=table.scaling if table else None,
        notes=table.notes if table else (),
        truth="descent",
    ).astype("float32")


def fused_steps(settings: Settings) -> Problem:
    """Run the 1,100 updates of the classic problem in one call."""
    problem = linear_regression(settings)
    hyper = {**problem.hyper, "steps_per_call": 1100}
    return problem.replace(
        lesson="fused_steps", title="Many updates in one call", hyper=hyper
    )


def minibatch(settings: Settings) -> Problem:
    """Predict a penguin's mass from three lengths, or a user's own table."""
    return linear_problem(
        settings,
        "minibatch",
        "Fit a plane to rows of features in mini-batches",
        epochs=50,
    )


def streaming(settings: Settings) -> Problem:
    """Fit the plane to rows that stay in files."""
    problem = linear_problem(
        settings,
        "streaming",
        "Rows that stay on disk: a table larger than memory",
        hyper={"files": []},  # the harness writes them where it trains
    )
    hyper = {**problem.hyper, "shuffle_buffer": len(problem.x)}
    return problem.replace(
        hyper=hyper,
        same_as=SameAs(
            "the run with all rows in memory",
            {
                side: f"compare.studies.stream.in_memory_{side}:train"
                for side in SIDES
            },
            {"files": None},
        ),
    )


def momentum(settings: Settings) -> Problem:
    """Fit the plane with momentum."""
    return linear_problem(
        settings,
        "momentum",
        "Keep moving: SGD with momentum",
        truth="minimiser",
        hyper={"momentum": 0.9, "nesterov": False},
    )


def adam(settings: Settings) -> Problem:
    """Fit the plane with Adam."""
    return linear_problem(
        settings,
        "adam",
        "A step length for each parameter: Adam",
        truth="minimiser",
        hyper=ADAM,
    )


def lr_schedule(settings: Settings) -> Problem:
    """Fit the plane with a learning rate that falls to zero."""
    return _decaying(
        linear_problem(
            settings,
            "lr_schedule",
            "A learning rate that falls as a cosine",
            truth="minimiser",
        )
    )


def regularization(settings: Settings) -> Problem:
    """Fit the plane with an L2 penalty and clipped gradients."""
    problem = linear_problem(
        settings,
        "regularization",
        "An L2 penalty and clipped gradients",
        truth="minimiser",
        hyper={"l2": 0.01, "clip_norm": 0.5},
    )
    return problem.replace(loss=partial(ridge_error, l2=problem.l2))


def early_stopping(settings: Settings) -> Problem:
    """Fit the plane until the error on held-out rows stops falling."""
    return linear_problem(
        settings,
        "early_stopping",
        "Stop when validation no longer improves; keep the best",
        truth="minimiser",
        batch_size=32,
        holds_out=True,
        hyper={"patience": 3},
        compared=("val_loss",),
    )


def dropout_mlp(settings: Settings) -> Problem:
    """Fit a hidden layer with dropout."""
    problem = linear_problem(
        settings,
        "dropout_mlp",
        "A hidden layer, and dropout in training only",
        truth=None,
        epochs=8,
        hyper={"rate": 0.25},
        compared=("predictions",),
    )
    return with_hidden_layer(problem)


def batch_norm(settings: Settings) -> Problem:
    """Fit a hidden layer that is normalized batch by batch."""
    problem = linear_problem(
        settings,
        "batch_norm",
        "A hidden layer, normalized batch by batch",
        truth=None,
        epochs=8,
        hyper={"decay": 0.99, "epsilon": 1e-3},
        compared=("predictions",),
    )
    return with_normalized_layer(problem)


def classification(settings: Settings) -> Problem:
    """Tell three species of penguins apart by four measurements."""
    if settings.table:
        raise UsageError(
            "classification has data of its own: leave --data out, or run "
            "another lesson"
        )
    problem = linear_problem(
        settings,
        "classification",
        "Softmax regression",
        epochs=15,
        compared=("accuracy",),
    )
    return with_species(problem, given(settings.learning_rate, 0.5))


def checkpoint_resume(settings: Settings) -> Problem:
    """Train momentum half-way and save; go on in a fresh process."""
    problem = linear_problem(
        settings,
        "checkpoint_resume",
        "Stop, save, and go on in a fresh process",
        truth="minimiser",
        epochs=10,
        hyper={"momentum": 0.9, "nesterov": False, "folder": ""},
    )
    return problem.replace(
        epochs=max(problem.epochs, 2),  # one for each process
        same_as=SameAs(
            "the run that never stopped", _twins("momentum"), {"folder": None}
        ),
    )


def multi_worker(settings: Settings) -> Problem:
    """Fit the plane in two processes that share each batch."""
    problem = linear_problem(
        settings,
        "multi_worker",
        "One training on several machines",
        epochs=6,
        hyper={"workers": 2},
    )
    note = Note(
        "two processes on this machine stand for two machines; no xla mode: "
        "XLA has no all-reduce between processes on CPUs"
    )
    return problem.replace(
        notes=(*problem.notes, note),
        modes=("eager", "graph"),
        same_as=SameAs(
            "one process on the whole batch",
            _twins("multi_worker"),
            {"workers": 1},
        ),
    )


def full_loop(settings: Settings) -> Problem:
    """Fit a hidden layer with all that the other lessons show."""
    problem = linear_problem(
        settings,
        "full_loop",
        "All of it at once, as a real project has it",
        truth=None,
        epochs=15,
        batch_size=32,
        holds_out=True,
        hyper={
            **ADAM,
            "l2": 0.001,
            "clip_norm": 0.5,
            "rate": 0.1,
            "patience": 3,
        },
        compared=("val_loss",),
    )
    rate = given(settings.learning_rate, 0.02)
    hyper = {**problem.hyper, "learning_rate": rate}
    return _decaying(with_hidden_layer(problem.replace(hyper=hyper)))


def _twins(lesson: str) -> dict[Side, str]:
    return {side: exhibit(side, lesson) for side in SIDES}


def _decaying(problem: Problem) -> Problem:
    """Let the learning rate fall to zero with the last update."""
    hyper = {**problem.hyper, "decay_steps": problem.steps}
    return problem.replace(hyper=hyper)


LESSONS: dict[str, Callable[[Settings], Problem]] = {
    function.__name__: function
    for function in (
        linear_regression,
        fused_steps,
        minibatch,
        streaming,
        momentum,
        adam,
        lr_schedule,
        regularization,
        early_stopping,
        dropout_mlp,
        batch_norm,
        classification,
        checkpoint_resume,
        multi_worker,
        full_loop,
    )
}
"""Lesson -> its problem, in the order in which they are best read."""


def problem_of(lesson: str, settings: Settings) -> Problem:
    """Return a lesson's problem.

    Raises:
        UsageError: there is no such lesson, or a setting does not suit it.
    """
    if lesson not in LESSONS:
        raise UsageError(
            f"there is no lesson {lesson!r}; the lessons are "
            f"{', '.join(LESSONS)}"
        )
    rate = settings.learning_rate
    if rate is not None and not 0 < float(np.float32(rate)) < np.inf:
        raise UsageError(
            f"the learning rate {rate:g} is {np.float32(rate):g} in float32: "
            "give one between 1e-38 and 1e38"
        )
    return LESSONS[lesson](settings)
