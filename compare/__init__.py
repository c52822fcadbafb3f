"""Run one training job written twice, and prove whether both are the same.

`python -m compare` is the command; the README explains it. In Python:

>>> import compare
>>> problem = compare.problem(
...     x=[1, 2, 3, 4, 5], y=[2, 3, 4, 5, 6], initial={"w": 0.7, "b": 0.7},
...     learning_rate=0.01, steps=100)
>>> verdict = compare.check(by_hand, with_keras, problem)  # doctest: +SKIP
>>> print(verdict.explain())  # doctest: +SKIP

Importing this package imports neither TensorFlow nor anything else that is
slow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from compare.records import Mode
    from compare.records.problem import Problem
    from compare.records.verdicts import Verdict

__all__ = ["check", "problem"]


def problem(
    x: ArrayLike,
    y: ArrayLike,
    initial: Mapping[str, ArrayLike] | None = None,
    learning_rate: float = 0.01,
    steps: int = 100,
    batch_size: int | None = None,
    **hyper: Any,
) -> Problem:
    """Return a training job that both sides of a pair get.

    A side reads it as `problem.x`, `problem.y`, `problem.initial["w"]`,
    `problem.steps`, `problem.epochs`, `problem.batch_size`,
    `problem.learning_rate` and whatever is in `hyper`.

    Args:
        x: numbers, shape (rows, ...). The sides get float32, and float64
            where rounding has to be told from mistakes.
        y: numbers, shape (rows, ...), likewise; class numbers too.
        initial: first parameters by name; they name the parameters of sides
            that return them in order, and tell where both sides start.
        learning_rate: above 0.
        steps: updates; a whole number of epochs.
        batch_size: rows per update; all rows by default.
        **hyper: other hyper-parameters, such as `momentum` or `seed`.

    Raises:
        compare.records.UsageError: something is not as said here.

    Example:
        >>> problem([1, 2, 3], [2, 3, 4], {"w": 0.7}, steps=20).steps
        20
    """
    from compare.pairs.api import make_problem

    return make_problem(
        x, y, initial, learning_rate, steps, batch_size, **hyper
    )


def check(
    left: str | Callable[..., Any],
    right: str | Callable[..., Any],
    problem: Problem | None = None,
    *,
    names: tuple[str, str] | None = None,
    mode: Mode = "graph",
    timeout: float = 300.0,
) -> Verdict:
    """Say whether two functions are the same training, and if not, why.

    Two whole scripts, "file.py" each, are compared as well, without a problem.

    Args:
        left: a function of the problem, or its name as "file.py:function".
            It returns its parameters as a dict by name, a tuple, a list,
            arrays, variables or a keras.Model, or yields them after every
            update. If it takes `on_step`, it is given a function to call as
            on_step(update, parameters), update 1 first; if it takes `mode`,
            that is given too. One that does neither is run with fewer steps
            until the first update that differs is found.
        right: likewise.
        problem: what `compare.problem` returns; None for scripts.
        names: what the sides are called; their functions' names by default.
        mode: for sides that take it: "eager", "graph" or "xla".
        timeout: seconds that one run of a side may take.

    Returns:
        The verdict; `verdict.explain()` says it in words, and
        `verdict.outcome` is "identical", "same mathematics", "different" or
        "could not run".

    Raises:
        compare.records.UsageError: a side is no function, or cannot be sent
            to a process of its own.
    """
    from compare.pairs.api import check_pair

    verdict, _ = check_pair(
        left, right, problem, names=names, mode=mode, timeout=timeout
    )
    return verdict
