"""What the sides of a pair cost: time, traces, graphs."""

from __future__ import annotations

import time
from typing import Any

from compare.pairs import keras_watch
from compare.pairs.pair import Pair
from compare.pairs.sides import Reference, load
from compare.records import Mode
from compare.records.pairs import SideCost
from compare.records.problem import Problem
from compare.running.processes import Advance, Broken, Job, Progress, run_jobs
from compare.running.worker import call, prepare_user_side


def side_cost(
    reference: Reference,
    name: str,
    problem: Problem,
    mode: Mode,
    epochs: int,
    advance: Advance,
) -> SideCost:
    """Time a side at two lengths in this fresh process, and count traces.

    The slope between the lengths is the cost of an update; what the short one
    takes beyond its updates is the start (build, trace, compile).
    """
    import tensorflow as tf

    prepare_user_side(problem)
    made: list[Any] = []
    graphs: list[Any] = []
    function = tf.function
    make_graph = tf.Graph.__init__

    def noted_graph(graph: Any, *args: Any, **kwargs: Any) -> None:
        make_graph(graph, *args, **kwargs)
        graphs.append(graph)

    def noted(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if not hasattr(result, "experimental_get_tracing_count"):
            return lambda body: _kept(result(body), made)
        return _kept(result, made)

    tf.function = noted
    tf.Graph.__init__ = noted_graph
    side = load(reference)
    times = []
    traces = []
    fits = 0
    eager = False
    for length in (1, epochs):
        job = problem.replace(epochs=length).astype("float32")
        made.clear()
        with keras_watch.watch_fit() as calls:
            start = time.perf_counter()
            call(side, job, mode, None)
            times.append(time.perf_counter() - start)
        traces.append(sum(f.experimental_get_tracing_count() for f in made))
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


def _kept(made: Any, kept: list[Any]) -> Any:
    kept.append(made)
    return made


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
