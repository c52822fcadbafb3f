"""Lessons -> problems: data, first parameters, settings.

A lesson's function has the name of its exhibits; what it teaches tells which
file it stands in.
"""

from __future__ import annotations

from importlib import import_module

import numpy as np

from compare.records import UsageError
from compare.records.problem import Problem, Settings

LESSONS = {
    "linear_regression": "lines",
    "fused_steps": "lines",
    "minibatch": "planes",
    "streaming": "planes",
    "momentum": "planes",
    "adam": "planes",
    "lr_schedule": "planes",
    "regularization": "planes",
    "early_stopping": "planes",
    "dropout_mlp": "networks",
    "batch_norm": "networks",
    "classification": "networks",
    "weighted": "species",
    "two_heads": "species",
    "convolution": "images",
    "fine_tuning": "images",
    "recurrent": "series",
    "gpt": "text",
    "gradient_accumulation": "planes",
    "gan": "adversarial",
    "mixed_precision": "networks",
    "checkpoint_resume": "planes",
    "multi_worker": "planes",
    "full_loop": "networks",
}
"""Lesson -> the file here whose function of its name makes its problem, in the
order in which they are best read."""


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
    file = import_module(f"compare.lessons.{LESSONS[lesson]}")
    problem: Problem = getattr(file, lesson)(settings)
    return problem
