"""Evidence on a pair that takes further runs: losses, seeds, costs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from compare.pairs import keras_watch
from compare.pairs.pair import Pair
from compare.pairs.sides import Reference, SideRun, load, prepare_user_side
from compare.records import Mode, Note
from compare.records.pairs import SideCost
from compare.records.problem import Problem
from compare.running.processes import Broken, Job, Progress, run_jobs
from compare.running.recording import Report
from compare.running.worker import call

OTHER_SEED = 12_345

NOISE = 1e-5
"""Change with the seed, relative to the largest parameter, up to which it is
the rounding of rows summed in another order."""


def first_loss(
    reference: Reference, problem: Problem, mode: Mode, report: Report
) -> float | None:
    """Return the loss that a side differentiates first, or None.

    Everything runs eagerly, so that the loss is a number when
    `GradientTape.gradient` is asked for its gradient.
    """
    import tensorflow as tf

    prepare_user_side(problem)
    tf.config.run_functions_eagerly(True)
    seen: list[float] = []
    gradient = tf.GradientTape.gradient

    def watched(self: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(TypeError, ValueError, AttributeError):
            seen.append(float(np.mean(target.numpy())))  # a list has none
        return gradient(self, target, *args, **kwargs)

    tf.GradientTape.gradient = watched
    side = load(reference)
    call(side, problem.astype("float32"), mode, lambda update, values: None)
    return seen[0] if seen else None


def loss_facts(pair: Pair, progress: Progress) -> Iterator[Note]:
    """Compare the losses before the first update, where both can be seen."""
    one = pair.problem.replace(epochs=1)
    jobs = [
        Job(f"{name}: its first loss", first_loss, (ref, one, pair.sides.mode))
        for ref, name in zip(
            pair.sides.references, pair.sides.names, strict=True
        )
    ]
    left, right = run_jobs(jobs, 2, pair.sides.timeout, progress)
    if not isinstance(left, float) or not isinstance(right, float):
        return  # a loop in numpy shows no loss
    values = {"loss": f"{left:.6g}", "other": f"{right:.6g}"}
    if np.isclose(left, right, rtol=1e-5):
        yield Note(
            "the loss before the first update is {loss} on both sides.", values
        )
        return
    values |= zip(("left", "right"), pair.sides.names, strict=True)
    values["ratio"] = f"{left / right:.6g}"
    yield Note(
        "the loss before the first update is {loss} in {left} and {other} in "
        "{right}, {ratio} times as large.",
        values,
    )


def seed_facts(pair: Pair, progress: Progress) -> Iterator[Note]:
    """Say whether a side's numbers hang on the random seed, and how much."""
    epochs = pair.shortest
    seeded = pair.problem.replace(
        epochs=epochs, hyper={**pair.problem.hyper, "seed": OTHER_SEED}
    )
    jobs = [pair.job(side, seeded, "float32") for side in (0, 1)]
    found = run_jobs(jobs, 2, pair.sides.timeout, progress)
    gap = _largest_gap(pair, epochs)
    for side, other in enumerate(found):
        own = pair.result(side, epochs)
        if isinstance(other, Broken) or not isinstance(own, SideRun):
            continue
        moved = max(
            float(np.abs(a - b).max())
            for a, b in zip(
                own.final.values.values(),
                other.final.values.values(),
                strict=True,
            )
        )
        size = max(float(np.abs(a).max()) for a in own.final.values.values())
        if moved > NOISE * size:
            yield _random(pair.sides.names[side], moved, gap)


def _random(side: str, moved: float, gap: float) -> Note:
    """Say how far a seed moves a side, and whether that is all the gap."""
    values = {"side": side, "moved": f"{moved:.3g}", "gap": f"{gap:.3g}"}
    if gap <= 2 * moved:
        return Note(
            "{side} is random: with another seed its parameters change by "
            "{moved}; the sides differ by {gap}, no more than chance "
            "explains.",
            values,
        )
    return Note(
        "{side} is random: with another seed its parameters change by "
        "{moved}; the sides differ by {gap}, more than chance explains.",
        values,
    )


def _largest_gap(pair: Pair, epochs: int) -> float:
    one, other = (pair.result(side, epochs) for side in (0, 1))
    assert isinstance(one, SideRun)
    assert isinstance(other, SideRun)
    return max(
        float(np.abs(np.ravel(a) - np.ravel(b)).max())
        for a, b in zip(
            one.final.values.values(),
            other.final.values.values(),
            strict=True,
        )
        if a.size == b.size
    )


def mended_gap(
    pair: Pair,
    side: int,
    instead: dict[str, Any],
    progress: Progress,
) -> float | None:
    """Run a side with other arguments for fit; return what still differs.

    Args:
        pair: after its check.
        side: 0 or 1.
        instead: see `keras_watch.watch_fit`.
        progress: told of every process.

    Returns:
        The largest difference to the other side if it is rounding, else None.
    """
    mended = Pair(pair.sides, progress, {side: instead})
    verdict = mended.check_as_far(pair)
    if not verdict.agree:
        return None
    if verdict.float64_difference is not None:
        return verdict.float64_difference
    return verdict.largest_difference or 0.0


def side_cost(
    reference: Reference,
    name: str,
    problem: Problem,
    mode: Mode,
    epochs: int,
    report: Report,
) -> SideCost:
    """Time a side at two lengths in this fresh process, and count traces.

    The slope between the lengths is the cost of an update; what the short one
    takes beyond its updates is the start (build, trace, compile).
    """
    prepare_user_side(problem)
    functions, graphs = _watch_graphs()
    side = load(reference)
    times = []
    traces = []
    fits = 0
    eager = False
    for length in (1, epochs):
        job = problem.replace(epochs=length).astype("float32")
        functions.clear()
        with keras_watch.watch_fit() as calls:
            start = time.perf_counter()
            call(side, job, mode, None)
            times.append(time.perf_counter() - start)
        traces.append(
            sum(f.experimental_get_tracing_count() for f in functions)
        )
        fits = len(calls)
        eager = any(fit.run_eagerly for fit in calls)
    updates = (epochs - 1) * problem.steps_per_epoch
    per_update = (times[1] - times[0]) / max(updates, 1)
    return SideCost(
        side=name,
        start_seconds=max(times[0] - per_update * problem.steps_per_epoch, 0),
        seconds_per_update=per_update,
        updates=epochs * problem.steps_per_epoch,
        traces=traces[1],
        traces_at_first=traces[0],
        graph_nodes=max((len(g.get_operations()) for g in graphs), default=0),
        fits=fits,
        run_eagerly=eager,
    )


def _watch_graphs() -> tuple[list[Any], list[Any]]:
    """Return lists that get each tf.function and graph made from now on."""
    import tensorflow as tf

    functions: list[Any] = []
    graphs: list[Any] = []
    function = tf.function
    make_graph = tf.Graph.__init__

    def kept(made: Any) -> Any:
        functions.append(made)
        return made

    def noted(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if hasattr(result, "experimental_get_tracing_count"):
            return kept(result)
        return lambda body: kept(result(body))  # a decorator, with arguments

    def noted_graph(graph: Any, *args: Any, **kwargs: Any) -> None:
        make_graph(graph, *args, **kwargs)
        graphs.append(graph)

    tf.function = noted
    tf.Graph.__init__ = noted_graph
    return functions, graphs


def costs(pair: Pair, progress: Progress) -> tuple[SideCost, ...]:
    """Time both sides, one after the other; one that fails is left out."""
    epochs = max(pair.problem.epochs, 2)
    jobs = [
        Job(
            f"{name}: time",
            side_cost,
            (ref, name, pair.problem, pair.sides.mode, epochs),
        )
        for ref, name in zip(
            pair.sides.references, pair.sides.names, strict=True
        )
    ]
    found = run_jobs(jobs, 1, pair.sides.timeout, progress)
    return tuple(cost for cost in found if not isinstance(cost, Broken))
