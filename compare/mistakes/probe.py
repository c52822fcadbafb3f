"""What runs inside a fresh process to see what a mistake does."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

from compare.lessons.rows_on_disk import with_files
from compare.records import Mode
from compare.records.mistakes import Raised
from compare.records.problem import Problem
from compare.running.modes import wrapped
from compare.running.processes import Advance
from compare.running.watch import Watch
from compare.running.worker import load_exhibit, train


def attempt(
    reference: str, problem: Problem, mode: Mode, advance: Advance
) -> Raised | None:
    """Train; return the exception that ended it, or None."""
    exhibit = load_exhibit(reference)
    watch = Watch()
    try:
        with watch.watching():
            train(exhibit, problem, mode)
    except Exception as error:
        # AutoGraph tells first where it happened, and last what.
        text = [line.strip() for line in str(error).splitlines() if line]
        last = text[-1] if text else ""
        message = last.removeprefix(f"{type(error).__name__}: ")
        return Raised(type(error).__name__, message, watch.updates)
    return None


def count_cost(
    reference: str, problem: Problem, mode: Mode, advance: Advance
) -> tuple[int, int, int]:
    """Train; count runs of the update by Python, data iterators, and fits.

    Python runs the body of an update once for each trace of a graph, and for
    every update where there is no graph.
    """
    import keras
    import tensorflow as tf

    counts: Counter[str] = Counter()

    def counting(original: Any, *given: Any, **named: Any) -> Any:
        counts[original.__name__] += 1
        return original(*given, **named)

    methods = (
        (tf.GradientTape, "gradient"),
        (tf.data.Dataset, "__iter__"),
        (keras.Model, "fit"),
    )
    with contextlib.ExitStack() as stack:
        for owner, name in methods:
            stack.enter_context(wrapped(owner, name, counting))
        with with_files(problem) as given:
            train(load_exhibit(reference), given, mode)
    return counts["gradient"], counts["__iter__"], counts["fit"]
