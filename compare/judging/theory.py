"""What linear algebra says about least squares: where training must end.

For predictions y_hat = x @ kernel + bias the mean squared error is quadratic
in the parameters, with an L2 penalty on the kernel or without. With X = [x, 1]
its Hessian is H = 2 X'X / N (+ 2 l2 for each kernel entry), its minimiser
solves the normal equations H p = 2 X'y / N, and gradient descent with learning
rate r multiplies the error's component along an eigenvector of H with
eigenvalue c by (1 - r c) in every update. (Goodfellow, Bengio, Courville:
Deep Learning, 2016, section 4.3.)
"""

from __future__ import annotations

import numpy as np

from compare.records.findings import Theory
from compare.records.problem import Problem
from compare.records.runs import Trajectory

RESOLUTION = 1e-6
"""Singular values below this share of the largest count as 0: features that
float32 can hardly tell apart are linearly dependent."""

NEVER = 10**9
"""Updates beyond which training is called endless."""


def theory(
    x: np.ndarray,
    y: np.ndarray,
    initial: dict[str, np.ndarray],
    learning_rate: float | None,
    l2: float = 0.0,
) -> Theory:
    """Solve a least-squares problem and predict its gradient descent.

    Args:
        x: float array of shape (N,) or (N, d).
        y: float array of shape (N,) or (N, 1).
        initial: "kernel" of d values and "bias" of one value.
        learning_rate: step length of plain gradient descent on all rows;
            None where training is something else, which is not predicted.
        l2: the loss is the mean squared error + l2 * sum(kernel^2).

    Returns:
        The theory. Where features are linearly dependent there are many
        minimisers; the closed form is then the one that training reaches, the
        nearest to `initial`.
    """
    features, targets = _design(x), y.astype(float).ravel()
    rows, columns = features.shape
    # The penalty is a row per kernel entry: sqrt(rows * l2) * entry = 0.
    penalty = np.sqrt(rows * l2) * np.eye(columns)[:-1]
    features = np.vstack([features, penalty])
    targets = np.concatenate([targets, np.zeros(columns - 1)])
    start = pack(initial)
    gap, *_ = np.linalg.lstsq(features, targets - features @ start, RESOLUTION)
    solution = start + gap
    curvatures, directions = np.linalg.eigh(2 * features.T @ features / rows)
    descends = learning_rate is not None
    return Theory(
        closed_form=_unpack(solution, initial),
        smallest_curvature=_or_zero(curvatures[0], curvatures[-1]),
        largest_curvature=float(curvatures[-1]),
        largest_learning_rate=2 / float(curvatures[-1]) if descends else None,
        updates_within_1_percent=_updates_within(
            directions.T @ gap,
            1 - learning_rate * curvatures,
            0.01 * float(np.linalg.norm(solution)),
        )
        if learning_rate is not None
        else None,
    )


def hessian(x: np.ndarray) -> np.ndarray:
    """Return the Hessian of the mean squared error in (kernel, bias).

    It is 2 X'X / N with X = [x, 1], the same wherever the parameters are.
    """
    design = _design(x)
    return np.asarray(2 * design.T @ design / len(x))


def pack(parameters: dict[str, np.ndarray]) -> np.ndarray:
    """Lay kernel and bias out as one float64 vector, the bias last."""
    both = [np.ravel(parameters[name]) for name in ("kernel", "bias")]
    return np.concatenate(both).astype(float)


def distance(parameters: dict[str, np.ndarray], truth: Theory) -> float:
    """Return the largest absolute difference to the closed form."""
    return float(np.abs(pack(parameters) - pack(truth.closed_form)).max())


def first_within_1_percent(run: Trajectory, truth: Theory) -> int | None:
    """Return the update from which a run stays within 1 %, or None.

    Within 1 % means: the Euclidean distance of all parameters to the closed
    form is at most 1 % of the closed form's length.
    """
    target = pack(truth.closed_form)
    names = ("kernel", "bias")
    flat = [run.parameters[name].reshape(run.rows, -1) for name in names]
    path = np.concatenate(flat, axis=1).astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        distances = np.linalg.norm(path - target, axis=1)
        inside = distances <= 0.01 * np.linalg.norm(target)
    if not inside[-1]:
        return None
    return 0 if inside.all() else int(len(inside) - np.argmin(inside[::-1]))


def updates_to_settle(
    truth: Theory, learning_rate: float, shrink: float
) -> int | None:
    """Return how many updates shrink the slowest error by a factor, or None.

    Args:
        truth: the problem's theory.
        learning_rate: step length.
        shrink: for example 1e-13.
    """
    rate = max(
        abs(1 - learning_rate * truth.smallest_curvature),
        abs(1 - learning_rate * truth.largest_curvature),
    )
    if not 0 < rate < 1:
        return None if rate else 1
    updates = float(np.ceil(np.log(shrink) / np.log(rate)))
    return int(updates) if updates < NEVER else None


def _or_zero(smallest: float, largest: float) -> float:
    return float(smallest) if smallest > RESOLUTION**2 * largest else 0.0


def _design(x: np.ndarray) -> np.ndarray:
    columns = x.astype(float).reshape(len(x), -1)
    return np.hstack([columns, np.ones((len(x), 1))])


def _unpack(
    vector: np.ndarray, like: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    return {
        "kernel": vector[:-1].reshape(np.shape(like["kernel"])),
        "bias": vector[-1:].reshape(np.shape(like["bias"])),
    }


def _updates_within(
    errors: np.ndarray, factors: np.ndarray, radius: float
) -> int | None:
    """Return the first t with |errors * factors^t| <= radius, or None."""

    def inside(t: int) -> bool:
        with np.errstate(over="ignore"):
            return bool(
                np.linalg.norm(errors * np.abs(factors) ** t) <= radius
            )

    moving = np.abs(errors) > 1e-12 * np.linalg.norm(errors)
    if np.any(np.abs(factors[moving]) >= 1) and not inside(0):
        return None
    low, high = -1, 1
    while not inside(high):
        low, high = high, high * 2
        if high > NEVER:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if inside(middle) else (middle, high)
    return high


def theory_of(problem: Problem) -> Theory | None:
    """Return what linear algebra says of a problem, where it is linear."""
    if problem.truth is None:
        return None
    rate = problem.learning_rate if problem.truth == "descent" else None
    return theory(
        problem.x, problem.y, problem.initial, rate, problem.hyper.get("l2", 0)
    )
