"""Lessons -> problems: data, first parameters, settings.

A lesson's function has the name of its exhibits; what it teaches tells which
file it stands in.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compare.lessons import (
    adversarial,
    images,
    lines,
    networks,
    planes,
    series,
    species,
    text,
)
from compare.records import UsageError
from compare.records.problem import Problem, Settings

LESSONS: dict[str, Callable[[Settings], Problem]] = {
    function.__name__: function
    for function in (
        lines.linear_regression,
        lines.fused_steps,
        planes.minibatch,
        planes.streaming,
        planes.momentum,
        planes.adam,
        planes.lr_schedule,
        planes.regularization,
        planes.early_stopping,
        networks.dropout_mlp,
        networks.batch_norm,
        networks.classification,
        species.weighted,
        species.two_heads,
        images.convolution,
        images.fine_tuning,
        series.recurrent,
        text.gpt,
        planes.gradient_accumulation,
        adversarial.gan,
        networks.mixed_precision,
        planes.checkpoint_resume,
        planes.multi_worker,
        networks.full_loop,
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
