"""The same training with other learning rates, from useless to overshooting.

The sides may part in the last bits: `w * x + b` and Keras's matrix product sum
in another order. Where training overshoots that difference grows with it.

Only where it is plain gradient descent on all rows does the largest
eigenvalue of the Hessian tell at which rate a training tips over (see
`compare.judging.theory`); there the rates are tried on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from compare.lessons.exhibits import exhibit
from compare.records import SIDES, Side, Theory
from compare.records.problem import Problem
from compare.records.rates import RateOutcome, RateRun
from compare.running.processes import Job

UPDATES = 100
"""Updates for each rate."""

SHARES = (
    *np.geomspace(1e-4, 0.5, 13),
    *(0.65, 0.8, 0.9, 0.95, 0.98, 1.0, 1.01, 1.02, 1.05, 1.1, 1.2, 1.3),
)
"""Rates as shares of the largest that converges, densest where it tips."""

SMALL, NEAR = 0.5, 0.01
"""Shares of the avoidable loss that may remain: a rate that leaves more than
the first is far too small, one that leaves more than the second is slow."""


def rates_to_try(problem: Problem, theory: Theory | None) -> tuple[float, ...]:
    """Return the rates in ascending order, the lesson's own among them.

    Empty where the largest rate that converges is not known for this
    training, or where a lesson shows something else than the training.
    """
    limit = theory.largest_learning_rate if theory else None
    if problem.lesson != "linear_regression" or limit is None:
        return ()
    own = float(problem.learning_rate)
    rates = {float(np.float32(share * limit)) for share in SHARES}
    return tuple(sorted({*rates, float(np.float32(own))}))


def jobs(problem: Problem, rates: tuple[float, ...]) -> dict[Side, Job]:
    """Return a job per side that tries all rates."""
    return {
        side: Job(
            f"{problem.lesson} {side}: {len(rates)} learning rates",
            sweep,
            (exhibit(side, "fused_steps"), side, problem, rates),
        )
        for side in SIDES
    }


def sweep(
    reference: str,
    side: Side,
    problem: Problem,
    rates: tuple[float, ...],
    report: Any,
) -> dict[str, np.ndarray]:
    """Train with each rate from the same start; runs in a fresh process.

    Tracing takes longer than the updates, so the exhibit trains once, at a
    learning rate that is a variable. After the last update with a rate the
    start and the rate for the next are set, from outside.

    Args:
        reference: of an exhibit whose one update costs little.
        side: whose it is: Keras takes a varying rate as a function.
        problem: what to train.
        rates: float32 values.
        report: called with (rates done, rates in all).

    Returns:
        Parameter name -> array of shape (rates, updates + 1, *its shape).
    """
    import tensorflow as tf

    from compare.running.modes import turned
    from compare.running.watch import Watch
    from compare.running.worker import load_exhibit

    rate = tf.Variable(rates[0], dtype=tf.float32)
    hyper = {
        **problem.hyper,
        "learning_rate": rate if side == "manual" else lambda: rate,
        "steps_per_call": 1,
    }
    start = {name: np.array(v) for name, v in problem.initial.items()}
    rows: dict[str, list[np.ndarray]] = {name: [] for name in start}

    def on_update(update: int, began: float) -> None:
        # An exhibit makes its parameters before anything else.
        parameters = dict(zip(start, watch.variables, strict=False))
        for name, value in parameters.items():
            rows[name].append(value.numpy().reshape(start[name].shape))
        done = update // UPDATES
        if update % UPDATES == 0 and done < len(rates):
            report(done, len(rates))
            rate.assign(rates[done])
            for name, value in parameters.items():
                value.assign(start[name].reshape(value.shape))

    watch = Watch(on_update)
    job = problem.replace(epochs=UPDATES * len(rates), hyper=hyper)
    with turned("graph"), watch.watching():
        load_exhibit(reference)(job)
    return {
        name: np.stack(
            [
                [start[name], *rows[name][first : first + UPDATES]]
                for first in range(0, len(rates) * UPDATES, UPDATES)
            ]
        )
        for name in start
    }


def judge_rates(
    problem: Problem,
    theory: Theory | None,
    rates: tuple[float, ...],
    found: Mapping[tuple[Any, ...], Any],
) -> tuple[RateRun, ...]:
    """Turn what the sweeps found into records, both sides of each rate.

    Args:
        problem: the lesson's problem.
        theory: its theory.
        rates: that were tried.
        found: ("rates", side) -> the result of `sweep`, or `Broken`.

    Returns:
        The records; empty unless both sides have run.
    """
    swept: dict[Side, Any] = {
        side: found.get(("rates", side)) for side in SIDES
    }
    whole = all(isinstance(result, dict) for result in swept.values())
    if theory is None or not whole:
        return ()
    least = problem.loss(theory.closed_form, problem.x, problem.y)
    runs = []
    for place, rate in enumerate(rates):
        paths = {
            side: {name: values[place] for name, values in swept[side].items()}
            for side in SIDES
        }
        for side, path in paths.items():
            losses = _losses(problem, path)
            same = all(
                values.tobytes() == paths["manual"][name].tobytes()
                for name, values in path.items()
            )
            outcome = _outcome(path, losses - least)
            runs.append(RateRun(side, rate, path, losses, outcome, same))
    return tuple(runs)


def _losses(problem: Problem, path: dict[str, np.ndarray]) -> np.ndarray:
    return np.array(
        [
            problem.loss(
                {name: values[row] for name, values in path.items()},
                problem.x,
                problem.y,
            )
            for row in range(UPDATES + 1)
        ]
    )


def _outcome(path: dict[str, np.ndarray], excess: np.ndarray) -> RateOutcome:
    """Say what a rate does, from the run itself.

    Args:
        path: parameters after every update.
        excess: how far the loss is above the least one can reach.
    """
    if not excess[-1] < excess[0]:
        return "overshoots"
    rows = [values.reshape(len(excess), -1) for values in path.values()]
    steps = np.diff(np.concatenate(rows, axis=1).astype(float), axis=0)
    if steps[0] @ steps[1] < 0:  # the second update goes back
        return "zigzags"
    if excess[-1] > SMALL * excess[0]:
        return "far too small"
    return "slow" if excess[-1] > NEAR * excess[0] else "converges"
