"""What the samples of a `FitReport` say: where an epoch goes."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from compare.records.fit import PARTS, Breakdown, FitReport

REST = "the rest"


@dataclass(frozen=True)
class Row:
    """One part of an epoch over all processes.

    Attributes:
        title: what it is, for people.
        calls: per epoch; None for what is not called.
        seconds: per epoch, one value per process.
        share: of the epoch, the median over processes.
    """

    title: str
    calls: float | None
    seconds: list[float]
    share: float


def rows(breakdown: Breakdown) -> list[Row]:
    """Return the parts of an epoch in a fixed order, and what is left."""
    samples = breakdown.samples

    def row(title: str, calls: float | None, seconds: list[float]) -> Row:
        shares = [
            part / sample.seconds
            for part, sample in zip(seconds, samples, strict=True)
        ]
        return Row(title, calls, seconds, statistics.median(shares))

    return [
        *(
            row(
                title,
                samples[0].parts[name].calls,
                [sample.parts[name].seconds for sample in samples],
            )
            for name, title in PARTS.items()
            if all(name in sample.parts for sample in samples)
        ),
        row(REST, None, [sample.rest for sample in samples]),
    ]


def graph_optimiser(report: FitReport) -> float | None:
    """Return what the graph optimiser takes of opening iterators.

    The difference of the medians with and without it, in seconds per epoch;
    None where one is missing or noise is larger than the difference.
    """
    opening = {
        breakdown.graph_optimiser: statistics.median(
            sample.parts["opening"].seconds for sample in breakdown.samples
        )
        for breakdown in report.breakdowns
        if all("opening" in sample.parts for sample in breakdown.samples)
    }
    if len(opening) < 2 or opening[True] <= opening[False]:
        return None
    return opening[True] - opening[False]
