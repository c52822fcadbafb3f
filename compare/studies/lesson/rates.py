"""The same training with other learning rates, from useless to overshooting.

The sides may part in the last bits: `w * x + b` and Keras's matrix product sum
in another order. Where training overshoots that difference grows with it.

Only where it is plain gradient descent on all rows does the largest
eigenvalue of the Hessian tell at which rate a training tips over (see
`compare.judging.theory`); there the rates are tried on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from compare.lessons.exhibits import exhibit
from compare.records import SIDES, Side
from compare.records.findings import Theory
from compare.records.problem import Problem
from compare.records.rates import RateOutcome, RateRun
from compare.records.report import LessonReport
from compare.running.modes import turned
from compare.running.processes import Advance, Job, RunError, why_broken
from compare.running.watch import Watch
from compare.running.worker import load_exhibit
from compare.studies.lesson.aspect import Lesson

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


class Rates:
    """Other learning rates, tried on both sides."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        timed = lesson.request.effort and not lesson.request.quick
        problem, theory = lesson.problem, lesson.theory
        self._rates = rates_to_try(problem, theory) if timed else ()
        self.jobs = [
            Job(
                f"{problem.lesson} {side}: {len(self._rates)} learning rates",
                sweep,
                (exhibit(side, "fused_steps"), side, problem, self._rates),
            )
            for side in SIDES
            if self._rates
        ]

    def add(
        self, report: LessonReport, results: Sequence[Any]
    ) -> LessonReport:
        """Add the runs, if both sides have made them; else why not."""
        broken = why_broken(self.jobs, results)
        report = replace(report, left_out=(*report.left_out, *broken))
        theory = self._lesson.theory
        if broken or not self.jobs or theory is None:
            return report
        swept = dict(zip(SIDES, results, strict=True))
        runs = judge_rates(self._lesson.problem, theory, self._rates, swept)
        return replace(report, rates=runs)


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


def sweep(
    reference: str,
    side: Side,
    problem: Problem,
    rates: tuple[float, ...],
    advance: Advance,
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
        advance: called with (rates done, rates in all).

    Returns:
        Parameter name -> array of shape (rates, updates + 1, *its shape).
    """
    import tensorflow as tf

    rate = tf.Variable(rates[0], dtype=tf.float32)
    start = {name: np.array(v) for name, v in problem.initial.items()}

    def parameters() -> dict[str, Any]:
        """Return the variables: an exhibit makes its parameters first."""
        return dict(zip(start, watch.variables, strict=False))

    def on_update(update: int, began: float) -> None:
        done = update // UPDATES
        if update % UPDATES == 0 and done < len(rates):
            advance(done, len(rates))
            rate.assign(rates[done])
            for name, value in parameters().items():
                value.assign(start[name].reshape(value.shape))

    watch = Watch(on_update)
    job = problem.replace(epochs=UPDATES * len(rates)).with_hyper(
        learning_rate=rate if side == "manual" else lambda: rate,
        steps_per_call=1,
    )
    with turned("graph"), watch.watching():
        load_exhibit(reference)(job)
    return {
        name: _by_rate(start[name], watch.path(variable))
        for name, variable in parameters().items()
    }


def _by_rate(start: np.ndarray, path: list[np.ndarray] | None) -> np.ndarray:
    """Stack a parameter's values by rate, each from the start on."""
    if path is None:
        raise RunError("it made updates that could not be seen")
    by_rate = np.reshape(path, (-1, UPDATES, *start.shape))
    first = np.broadcast_to(start, (len(by_rate), 1, *start.shape))
    return np.concatenate([first, by_rate], axis=1)


def judge_rates(
    problem: Problem,
    theory: Theory,
    rates: tuple[float, ...],
    swept: Mapping[Side, Mapping[str, np.ndarray]],
) -> tuple[RateRun, ...]:
    """Turn what the sweeps found into records, both sides of each rate.

    Args:
        problem: the lesson's problem.
        theory: its theory.
        rates: that were tried.
        swept: side -> the result of `sweep`.
    """
    least = problem.loss(theory.closed_form, problem.x, problem.y)
    runs = []
    for number, rate in enumerate(rates):
        paths = {
            side: {name: values[number] for name, values in by_rate.items()}
            for side, by_rate in swept.items()
        }
        for side, path in paths.items():
            losses = problem.losses(path)
            same = all(
                values.tobytes() == paths["manual"][name].tobytes()
                for name, values in path.items()
            )
            outcome = _outcome(path, losses - least)
            runs.append(RateRun(side, rate, path, losses, outcome, same))
    return tuple(runs)


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
