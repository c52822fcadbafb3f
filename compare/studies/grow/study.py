"""What an update costs by rows and features, for every way to write it."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from compare.judging.differences import first_divergence
from compare.judging.parity import judge
from compare.judging.proof import Run
from compare.judging.trends import UPPER, crossing, exponent
from compare.records import SIDES, Dtype, Failure, Trajectory, Verdict, note
from compare.records.growth import (
    Axis,
    Cell,
    Crossing,
    Exponent,
    Growth,
    Line,
    Size,
    Way,
)
from compare.records.timing import Effort, Sample
from compare.running.processes import (
    Broken,
    Job,
    Progress,
    run_jobs,
    why_broken,
)
from compare.running.timing import goes_on
from compare.studies.grow import probe
from compare.studies.grow.ways import NUMPY, WAYS

THRESHOLD = 1.1
"""Keras / manual at which the gap counts as vanished: about the noise between
two processes on a shared machine."""

AT_ONCE = 2
"""Processes that check beside each other: the largest table is a gigabyte in
float64, with TensorFlow's copy of it."""

Key = tuple[str, Size]


def measure_growth(
    sizes: Sequence[Size],
    effort: Effort,
    timeout: float,
    progress: Progress,
    ways: Sequence[Way] = WAYS,
) -> Growth:
    """Check every way at every size, time those that agree, fit the trends.

    Args:
        sizes: the tables; those that differ in one number form lines.
        effort: rounds of timing; in each every cell gets one process.
        timeout: seconds that one process may take.
        progress: told of every process.
        ways: what to measure; "manual graph" has to be among them.
    """
    verdicts = check_ways(sizes, ways, timeout, progress)
    agreed = [
        (way, size)
        for way in ways
        for size in sizes
        if verdicts[way.name, size].agree
    ]
    samples, broken = time_ways(agreed, effort, timeout, progress)
    cells = tuple(
        Cell(
            way.name,
            size,
            verdicts[way.name, size],
            tuple(samples.get((way.name, size), ())),
        )
        for way in ways
        for size in sizes
    )
    lines = tuple(lines_of(sizes))
    costs = costs_of(cells)
    return Growth(
        ways=tuple(ways),
        cells=cells,
        lines=lines,
        exponents=tuple(_exponents(ways, lines, costs)),
        crossings=tuple(_crossings(ways, lines, costs)),
        threshold=THRESHOLD,
        left_out=tuple(dict.fromkeys(broken)),
    )


def check_ways(
    sizes: Sequence[Size],
    ways: Sequence[Way],
    timeout: float,
    progress: Progress,
) -> dict[Key, Verdict]:
    """Judge every way against the one of the same compilation, by size."""
    everyone = {way.name: way for way in (NUMPY, *ways)}
    keys = [(name, size) for size in sizes for name in everyone]
    runs = _record(everyone, keys, "float32", timeout, progress)
    pairs = {
        (way.name, size): (way.against, size) for way in ways for size in sizes
    }
    unequal = dict.fromkeys(
        key
        for pair in pairs.items()
        if _differ(*(runs[key] for key in pair))
        for key in pair
    )
    exact = _record(everyone, list(unequal), "float64", timeout, progress)

    def verdict(key: Key, other: Key) -> Verdict:
        found = judge(
            runs[other], runs[key], lambda: (exact[other], exact[key])
        )
        calls = note(
            "in calls of {updates} updates:", updates=probe.CHECKED_UPDATES
        )
        return replace(
            found, mode=everyone[key[0]].mode, why=(calls, *found.why)
        )

    return {key: verdict(key, other) for key, other in pairs.items()}


def time_ways(
    agreed: Sequence[tuple[Way, Size]],
    effort: Effort,
    timeout: float,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[dict[Key, list[Sample]], tuple[str, ...]]:
    """Time ways in fresh processes, one at a time, in rounds of mixed order.

    Returns:
        Samples by way and size, and why a process gave none.
    """
    samples: dict[Key, list[Sample]] = {}
    broken: list[str] = []
    start, rounds, longest = clock(), 0, 0.0
    while agreed and goes_on(effort, rounds, clock() - start, longest):
        began = clock()
        order = random.sample(agreed, len(agreed))
        jobs = [
            Job(_label("time", way.name, size), probe.time_way, (way, size))
            for way, size in order
        ]
        found = run_jobs(jobs, 1, timeout, progress)
        broken += why_broken(jobs, found)
        for (way, size), result in zip(order, found, strict=True):
            if not isinstance(result, Broken):
                samples.setdefault((way.name, size), []).append(result)
        rounds += 1
        longest = max(longest, clock() - began)
    return samples, tuple(broken)


def lines_of(sizes: Sequence[Size]) -> Iterator[Line]:
    """Yield the lines on which at least `UPPER` of the sizes lie."""
    axes: tuple[tuple[Axis, Axis], ...] = (
        ("rows", "features"),
        ("features", "rows"),
    )
    for axis, other in axes:
        for fixed in sorted({getattr(size, other) for size in sizes}):
            values = sorted(
                getattr(size, axis)
                for size in sizes
                if getattr(size, other) == fixed
            )
            if len(values) >= UPPER:
                yield Line(axis, fixed, tuple(values))


def costs_of(cells: Sequence[Cell]) -> dict[Key, float]:
    """Return median seconds per update, where they could be told from 0."""
    medians = {
        (cell.way, cell.size): statistics.median(
            sample.per_epoch for sample in cell.samples
        )
        for cell in cells
        if cell.samples
    }
    return {key: cost for key, cost in medians.items() if cost > 0}


def _exponents(
    ways: Sequence[Way], lines: Sequence[Line], costs: Mapping[Key, float]
) -> Iterator[Exponent]:
    for line in lines:
        for way in ways:
            found = _along(line, way.name, costs)
            if len(found) >= UPPER:
                values, there = list(found), list(found.values())
                yield Exponent(
                    way.name,
                    line,
                    exponent(values, there),
                    values[-UPPER],
                    values[-1],
                )


def _crossings(
    ways: Sequence[Way], lines: Sequence[Line], costs: Mapping[Key, float]
) -> Iterator[Crossing]:
    pairs = [(w.name, w.against) for w in ways if w.side == "keras"]
    fastest = [f"fastest {side}" for side in SIDES]
    best = {
        (name, size): min(there)
        for side, name in zip(SIDES, fastest, strict=True)
        for size in {size for _, size in costs}
        if (
            there := [
                costs[way.name, size]
                for way in ways
                if way.side == side and (way.name, size) in costs
            ]
        )
    }
    for line in lines:
        for way, against in (*pairs, (fastest[1], fastest[0])):
            left = _along(line, against, {**costs, **best})
            right = _along(line, way, {**costs, **best})
            common = [value for value in left if value in right]
            ratios = [right[value] / left[value] for value in common]
            if ratios:
                yield Crossing(
                    way,
                    against,
                    line,
                    tuple(zip(common, ratios, strict=True)),
                    *crossing(common, ratios, THRESHOLD),
                )


def _along(
    line: Line, way: str, costs: Mapping[Key, float]
) -> dict[int, float]:
    return {
        value: costs[way, size]
        for value, size in zip(line.values, line.sizes, strict=True)
        if (way, size) in costs
    }


def _record(
    ways: Mapping[str, Way],
    keys: Sequence[Key],
    dtype: Dtype,
    timeout: float,
    progress: Progress,
) -> dict[Key, Run]:
    jobs = [
        Job(
            _label(f"check in {dtype}", name, size),
            probe.record_way,
            (ways[name], size, dtype),
        )
        for name, size in keys
    ]
    found = run_jobs(jobs, AT_ONCE, timeout, progress)
    return {
        (name, size): Failure(
            name, ways[name].mode, dtype, result.reason, result.details
        )
        if isinstance(result, Broken)
        else result
        for (name, size), result in zip(keys, found, strict=True)
    }


def _differ(left: Run, right: Run) -> bool:
    return (
        isinstance(left, Trajectory)
        and isinstance(right, Trajectory)
        and first_divergence(left, right) is not None
    )


def _label(what: str, way: str, size: Size) -> str:
    return f"{way}, {size.rows:,} x {size.features:,}: {what}"
