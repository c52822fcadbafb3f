"""Pictures of what single lessons are about, from their runs."""

from __future__ import annotations

import math

import numpy as np

from compare.records.note import marked
from compare.records.picture import Curve, Curves, Picture
from compare.records.problem import Problem
from compare.records.runs import Trajectory


def over(
    across: np.ndarray, up: np.ndarray, name: str, dots: bool = False
) -> Curve:
    """Return a curve through numbers over others, both of shape (points,)."""
    return Curve(name, np.column_stack([across, up]).astype(float), dots)


def validation_curve(problem: Problem, run: Trajectory) -> Picture:
    """Show the error on held-out rows, and the epoch that was kept."""
    losses = run.results["val_loss"]
    epochs = np.arange(1, len(losses) + 1)
    best = int(np.argmin(losses))
    return _one(
        marked("The error on the held-out rows"),
        marked("epoch"),
        marked("mean squared error"),
        over(epochs, losses, marked("after each epoch")),
        over(epochs[[best]], losses[[best]], marked("kept: the best"), True),
    )


def falling_rate(problem: Problem, run: Trajectory) -> Picture:
    """Show the learning rate of each update: half a cosine."""
    done = np.arange(problem.steps)
    angles = math.pi * done / problem.decay_steps
    rates = problem.learning_rate * 0.5 * (1 + np.cos(angles))
    return _one(
        marked("The learning rate of each update"),
        marked("update"),
        marked("learning rate"),
        over(done + 1, rates, marked("learning rate")),
    )


def moving_statistics(problem: Problem, run: Trajectory) -> Picture:
    """Show how the moving statistics follow those of all rows."""
    path = run.parameters
    hidden = np.einsum(
        "rf,ufh->urh", problem.x.astype(float), path["hidden_kernel"]
    )
    updates = np.arange(len(hidden))
    return _one(
        marked("The variance of the first hidden unit"),
        marked("update"),
        marked("variance"),
        over(updates, hidden.var(axis=1)[:, 0], marked("of all rows")),
        over(updates, path["moving_variance"][:, 0], marked("moving average")),
    )


def _one(title: str, across: str, up: str, *curves: Curve) -> Picture:
    return Picture(curves=(Curves(title, across, up, curves),))
