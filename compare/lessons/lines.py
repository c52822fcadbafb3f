"""Lessons that fit a line to one feature, on all rows at once."""

from __future__ import annotations

import numpy as np

from compare.lessons.linear import given
from compare.lessons.losses import squared_error
from compare.records import UsageError
from compare.records.problem import Problem, Settings


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
    problem = linear_regression(settings).with_hyper(steps_per_call=1100)
    return problem.replace(
        lesson="fused_steps", title="Many updates in one call"
    )
