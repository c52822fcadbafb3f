"""Lessons that fit a plane to several features, in mini-batches."""

from __future__ import annotations

from functools import partial

from compare.lessons.exhibits import exhibit
from compare.lessons.linear import linear_problem
from compare.lessons.losses import ridge_error
from compare.lessons.pictures import (
    clipped_gradients,
    falling_rate,
    moves_in_steps,
    steps_of_each,
    validation_curve,
)
from compare.records import SIDES, Side, UsageError
from compare.records.note import Note
from compare.records.problem import Problem, SameAs, Settings

ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
"""Adam's defaults in Keras."""


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
    return problem.with_hyper(shuffle_buffer=len(problem.x)).replace(
        same_as=SameAs(
            "the run with all rows in memory",
            {
                side: f"compare.studies.stream.in_memory_{side}:train"
                for side in SIDES
            },
            {"files": None},
        )
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
    ).replace(picture=steps_of_each)


def lr_schedule(settings: Settings) -> Problem:
    """Fit the plane with a learning rate that falls to zero."""
    return decaying(
        linear_problem(
            settings,
            "lr_schedule",
            "A learning rate that falls as a cosine",
            truth="minimiser",
        )
    ).replace(picture=falling_rate)


def regularization(settings: Settings) -> Problem:
    """Fit the plane with an L2 penalty and clipped gradients."""
    problem = linear_problem(
        settings,
        "regularization",
        "An L2 penalty and clipped gradients",
        truth="minimiser",
        hyper={"l2": 0.01, "clip_norm": 0.5},
    )
    return problem.replace(
        loss=partial(ridge_error, l2=problem.l2), picture=clipped_gradients
    )


def gradient_accumulation(settings: Settings) -> Problem:
    """Fit the plane with an update for every four batches."""
    problem = linear_problem(
        settings,
        "gradient_accumulation",
        "Large batches in small memory: accumulated gradients",
        truth="minimiser",
        epochs=9,
        batch_size=16,
        hyper={"accumulation_steps": 4},
    )
    if problem.steps < problem.accumulation_steps:
        raise UsageError(
            f"{problem.steps} batches make no update of "
            f"{problem.accumulation_steps}: give more --steps, or a smaller "
            "--batch-size"
        )
    return problem.replace(picture=moves_in_steps)


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
    ).replace(picture=validation_curve)


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


def decaying(problem: Problem) -> Problem:
    """Let the learning rate fall to zero with the last update."""
    return problem.with_hyper(decay_steps=problem.steps)


def _twins(lesson: str) -> dict[Side, str]:
    return {side: exhibit(side, lesson) for side in SIDES}
