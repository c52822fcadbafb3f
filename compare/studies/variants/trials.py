"""A variant at work in a fresh process: recorded, or timed.

The problem travels as a function that makes it: a table of random rows takes
less time to make than to send.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from functools import partial

from compare.records import Dtype
from compare.records.problem import Problem
from compare.records.runs import Trajectory
from compare.records.timing import Sample
from compare.records.variants import Variant
from compare.running.backends import set_dtype
from compare.running.contest import Contestant, Pair
from compare.running.duos import by_turns
from compare.running.paced import ENDLESS, Paced, pacing, stopping
from compare.running.processes import Advance, Job
from compare.running.recording import Recorder, to_arrays
from compare.running.slope import timed
from compare.running.worker import load_exhibit, prepare
from compare.studies.variants import NUMPY

MakeProblem = Callable[[], Problem]


def pairs_of(
    variants: Sequence[Variant],
    problem: MakeProblem,
    after: Sequence[int],
    suffix: str = "",
) -> dict[str, Pair]:
    """Return each variant by its name, behind the one that it has to equal.

    Args:
        variants: with all that they are against, `NUMPY` excepted.
        problem: what they train.
        after: numbers of updates after which they are compared.
        suffix: what labels say of the problem.
    """

    def job(variant: Variant, dtype: Dtype) -> Job:
        return Job(
            f"{variant.name}{suffix}: compare",
            record,
            (variant, problem, after, dtype),
        )

    contestants = {
        variant.name: Contestant(
            variant.name, variant.mode, partial(job, variant)
        )
        for variant in (NUMPY, *variants)
    }
    return {
        variant.name: (contestants[variant.against], contestants[variant.name])
        for variant in variants
    }


def record(
    variant: Variant,
    make: MakeProblem,
    after: Sequence[int],
    dtype: Dtype,
    advance: Advance,
) -> Trajectory:
    """Train anew for each number of updates; keep the last parameters.

    So a variant is compared as it is timed, without an observer, even where
    one call makes many updates.
    """
    prepare(dtype)
    build = load_exhibit(variant.function)
    problem = make().astype(dtype)
    recorder = Recorder(problem, advance)
    for count, updates in enumerate(after):
        advance(count, len(after))
        per_call = min(updates, problem.steps_per_call)
        parameters, run = build(with_calls_of(per_call, problem))
        for _ in range(updates // per_call):
            run(per_call)
        last = to_arrays(parameters, "it returned")
        recorder.keep(updates, last)
    return recorder.trajectory(variant.name, variant.mode, last, losses=False)


def time_by_turns(
    variants: Sequence[Variant],
    make: MakeProblem,
    seconds: float,
    advance: Advance,
) -> dict[str, Sample]:
    """Time variants against each other in this fresh process.

    Args:
        variants: what to time; none sets anything for the whole process.
        make: makes the problem.
        seconds: to fill with rounds in which each has two blocks.
        advance: called with (variants built, variants in all).

    Returns:
        A sample for each, by its name.
    """
    set_dtype("float32")  # starts Keras
    problem = make()
    updates = {v: problem.steps_per_call if v.fused else 1 for v in variants}
    builds: list[float] = []
    paced: list[Paced] = []
    with pacing(), stopping(paced):
        for variant in variants:
            advance(len(paced), len(variants))
            function = load_exhibit(variant.function)
            build, (_, run) = timed(function, problem)
            builds.append(build)
            paced.append(Paced(partial(run, ENDLESS * updates[variant])))
        firsts = [each.seconds(1) for each in paced]
        rounds = by_turns(
            [p.seconds for p in paced], [1] * len(paced), seconds
        )
    logs = map(statistics.median, zip(*rounds, strict=True))
    return {
        variant.name: Sample(
            build, first, math.exp(log) / updates[variant], ()
        )
        for variant, build, first, log in zip(
            variants, builds, firsts, logs, strict=True
        )
    }


def with_calls_of(updates: int, problem: Problem) -> Problem:
    """Return the problem with another number of updates per call."""
    return problem.replace(hyper={**problem.hyper, "steps_per_call": updates})
