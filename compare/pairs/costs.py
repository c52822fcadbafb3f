"""What the sides of a pair cost: time, traces, graphs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from functools import partial
from types import GeneratorType
from typing import Any

from compare.judging.ratios import FEWEST
from compare.pairs import keras_watch
from compare.pairs.pair import Pair
from compare.pairs.sides import Reference, load
from compare.records import Mode
from compare.records.pairs import Costs, SideCost
from compare.records.problem import Problem
from compare.records.timing import Effort
from compare.running.apart import Player
from compare.running.duos import Factors, Run, duos, take_duos
from compare.running.paced import Paced, pacing, stopping
from compare.running.processes import (
    Advance,
    Broken,
    Job,
    Progress,
    RunError,
    run_jobs,
    why_broken,
)
from compare.running.slope import Slope, timed
from compare.running.worker import call, prepare_user_side

MANY = 100_000
"""Updates of a training that is stopped long before."""

MOST_SECONDS = 30.0
"""For further processes, while the interval is not narrow."""


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
            seconds, _ = timed(_train, side, job, mode)
            times.append(seconds)
        traces.append(sum(f.experimental_get_tracing_count() for f in made))
        fits = len(calls)
        eager = any(fit.run_eagerly for fit in calls)
    slope = Slope(tuple(zip((1, epochs), times, strict=True)))
    return SideCost(
        side=name,
        start_seconds=max(slope.start, 0),
        seconds_per_update=slope.each / problem.steps_per_epoch,
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


def time_both(
    references: tuple[Reference, Reference],
    problem: Problem,
    mode: Mode,
    seconds: float,
    advance: Advance,
) -> dict[Mode, Factors]:
    """Time both sides against each other in this fresh process.

    By the update, if that is what is seen of both in a training from start to
    end; else by whole trainings.
    """
    before = _settings()
    left, right = map(load, references)
    problem = problem.astype("float32")
    with pacing():
        seen = {
            Paced(partial(_train, x, problem, mode)).whole()
            for x in (left, right)
        }
    if _settings() != before:
        raise RunError(
            "a side sets something for its whole process, so the sides cannot "
            "share one"
        )
    if seen == {problem.steps}:
        long = problem.replace(epochs=MANY // problem.steps_per_epoch)
        paced = [
            Paced(partial(_train, x, long, mode)) for x in (left, right, left)
        ]
        with pacing(), stopping(paced):
            runs = [each.seconds for each in paced]
            return {mode: duos(runs, seconds, problem.steps_per_epoch)}
    runs = [partial(_trainings, x, problem, mode) for x in (left, right, left)]
    return {mode: duos(runs, seconds)._replace(whole=True)}


@contextlib.contextmanager
def one_side(
    reference: Reference, problem: Problem, mode: Mode, what: str
) -> Iterator[Run]:
    """Hold a side that runs when it is told.

    Args:
        reference: see `sides.reference_of`.
        problem: what it trains.
        mode: as in `time_both`.
        what: "seen" for how many updates can be seen in a training, "whole"
            to time whole trainings, else single updates.
    """
    side = load(reference)
    problem = problem.astype("float32")
    if what == "whole":
        yield partial(_trainings, side, problem, mode)
    elif what == "seen":
        with pacing():
            once = Paced(partial(_train, side, problem, mode))
            yield lambda count: once.whole()
    else:
        long = problem.replace(epochs=MANY // problem.steps_per_epoch)
        paced = Paced(partial(_train, side, long, mode))
        with pacing(), stopping([paced]):
            yield paced.seconds


def sides_by_turns(
    players: Sequence[Player], problem: Problem, mode: Mode, seconds: float
) -> dict[Mode, Factors]:
    """Do what `time_both` does, with sides in processes of their own."""
    seen = {player.ask("seen", 1) for player in players}
    whole = seen != {problem.steps}
    what, epoch = (
        ("whole", 1) if whole else ("update", problem.steps_per_epoch)
    )
    runs = [partial(player.ask, what) for player in players]
    return {mode: duos(runs, seconds, epoch)._replace(whole=whole)}


def _settings() -> tuple[Any, ...]:
    """Return what one side could set and the other would run with."""
    import keras
    import tensorflow as tf

    return (
        tf.config.functions_run_eagerly(),
        tf.config.optimizer.get_experimental_options(),
        keras.config.floatx(),
    )


def _train(side: Any, problem: Problem, mode: Mode) -> None:
    prepare_user_side(problem)
    returned = call(side, problem, mode, None)
    if isinstance(returned, GeneratorType):
        for _ in returned:
            pass


def _trainings(side: Any, problem: Problem, mode: Mode, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        _train(side, problem, mode)
    return time.perf_counter() - start


def costs(pair: Pair, progress: Progress) -> Costs:
    """Time each side alone, then both by turns."""
    sides, problem = pair.sides, pair.problem
    jobs = [
        Job(
            f"{name}: time",
            side_cost,
            (ref, name, problem, sides.mode, max(problem.epochs, 2)),
        )
        for ref, name in zip(sides.references, sides.names, strict=True)
    ]
    alone = run_jobs(jobs, 1, sides.timeout, progress)
    (paired,), broken = take_duos(
        " and ".join(sides.names),
        time_both,
        (sides.references, problem, sides.mode),
        [sides.mode],
        Effort(FEWEST, MOST_SECONDS),
        sides.timeout,
        progress,
    )
    return Costs(
        tuple(cost for cost in alone if not isinstance(cost, Broken)),
        paired if paired.factors else None,
        tuple(dict.fromkeys([*why_broken(jobs, alone), *broken])),
    )
