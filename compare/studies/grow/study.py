"""What an update costs by rows and features, for every variant."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from compare.judging.trends import growth_of
from compare.records.growth import Cell, Growth, Size
from compare.records.timing import Effort
from compare.records.variants import Variant
from compare.records.verdicts import Verdict
from compare.running.contest import Contest
from compare.running.processes import Job, Progress
from compare.running.timing import take_turns
from compare.studies.grow.tables import VARIANTS, table_of
from compare.studies.variants.trials import pairs_of, time_by_turns

COMPARED_AFTER = (4, 8)
"""After how many updates the variants are compared: one call, and two."""

SECONDS = 0.1
"""Filled with turns of all variants, in each process."""

AT_ONCE = 2
"""Processes that are recorded beside each other: the largest table is a
gigabyte in float64, with TensorFlow's copy of it."""

Key = tuple[str, Size]


def measure_growth(
    sizes: Sequence[Size],
    effort: Effort,
    timeout: float,
    progress: Progress,
    variants: Sequence[Variant] = VARIANTS,
) -> Growth:
    """Judge every variant at every size, time those that agree.

    Args:
        sizes: the tables; those that differ in one number form lines.
        effort: rounds of timing; in each every size gets one process, in
            which all its variants take turns.
        timeout: seconds that one process may take.
        progress: told of every process.
        variants: what to measure, with all that they are against.
    """
    verdicts = judge_variants(sizes, variants, timeout, progress)
    agreeing = {
        size: [v for v in variants if verdicts[v.name, size].agree]
        for size in sizes
    }
    jobs = {
        size: Job(
            f"all by turns{_suffix(size)}",
            time_by_turns,
            (timed, partial(table_of, size), SECONDS),
        )
        for size, timed in agreeing.items()
        if timed
    }
    turns = take_turns(jobs, effort, timeout, progress)
    cells = [
        Cell(
            *key,
            verdict,
            tuple(
                found[key[0]] for found in turns.of(key[1]) if key[0] in found
            ),
        )
        for key, verdict in verdicts.items()
    ]
    return growth_of(variants, cells, turns.broken)


def judge_variants(
    sizes: Sequence[Size],
    variants: Sequence[Variant],
    timeout: float,
    progress: Progress,
) -> dict[Key, Verdict]:
    """Judge every variant against the one compiled alike, size by size."""
    pairs = {
        (name, size): pair
        for size in sizes
        for name, pair in pairs_of(
            variants,
            partial(table_of, size, COMPARED_AFTER[0]),
            COMPARED_AFTER,
            _suffix(size),
        ).items()
    }
    verdicts = Contest(AT_ONCE, timeout, progress).judge([*pairs.values()])
    return {key: verdicts[pair] for key, pair in pairs.items()}


def _suffix(size: Size) -> str:
    return f", {size.rows:,} x {size.features:,}"
