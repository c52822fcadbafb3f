"""Pictures of lessons, held against trainings by numpy."""

from __future__ import annotations

import numpy as np

from compare.lessons.pictures import clipped_gradients, steps_of_each
from compare.lessons.problems import problem_of
from compare.records.problem import Settings
from compare.records.runs import Trajectory


def trained(problem):
    """Return penalised descent with clipped gradients, and their lengths."""
    kernel, bias = problem.kernel.astype(float), problem.bias.astype(float)
    paths, lengths = {"kernel": [kernel], "bias": [bias]}, []
    for update in range(problem.steps):
        start = update % problem.steps_per_epoch * problem.batch_size
        x, y = (
            array[start : start + problem.batch_size].astype(float)
            for array in (problem.x, problem.y)
        )
        error = x @ kernel + bias - y
        steps = [
            2 * x.T @ error / len(x) + 2 * problem.l2 * kernel,
            2 * error.mean(axis=0),
        ]
        lengths.append(np.linalg.norm(steps[0]))
        steps = [
            step * min(1, problem.clip_norm / np.linalg.norm(step))
            for step in steps
        ]
        kernel = kernel - problem.learning_rate * steps[0]
        bias = bias - problem.learning_rate * steps[1]
        paths["kernel"].append(kernel)
        paths["bias"].append(bias)
    stacked = {name: np.stack(path) for name, path in paths.items()}
    ends = {name: path[-1] for name, path in stacked.items()}
    run = Trajectory("manual", "graph", "float64", stacked, ends, np.array([]))
    return run, np.array(lengths)


def test_clipped_gradients_against_numpy():
    """One curve is the gradient, the other no longer than the bound."""
    problem = problem_of("regularization", Settings(steps=60))
    run, lengths = trained(problem)
    (chart,) = clipped_gradients(problem, run).curves
    whole, used = (curve.points[:, 1] for curve in chart.curves)
    np.testing.assert_allclose(whole, lengths)
    assert lengths.min() < problem.clip_norm < lengths.max()
    np.testing.assert_allclose(used, np.minimum(lengths, problem.clip_norm))


def test_the_steps_of_each_parameter_are_its_own():
    """A curve per number, over the updates that were made."""
    problem = problem_of("regularization", Settings(steps=12))
    run, _ = trained(problem)
    (chart,) = steps_of_each(problem, run).curves
    names = [curve.name for curve in chart.curves]
    assert names == ["kernel[0]", "kernel[1]", "kernel[2]", "bias[0]"]
    moved = np.abs(np.diff(run.parameters["bias"][:, 0]))
    np.testing.assert_allclose(chart.curves[-1].points[:, 1], moved)
