"""What the samples of a `FitReport` say, for the terminal and the charts."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from compare.judging import ratios
from compare.records.fit import Breakdown, FitReport, FormReport
from compare.records.timing import Ratio
from compare.studies.fit.forms import TEXTBOOK
from compare.studies.fit.stopwatch import PARTS

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
    found = {
        breakdown.graph_optimiser: statistics.median(
            sample.parts["opening"].seconds for sample in breakdown.samples
        )
        for breakdown in report.breakdowns
        if all("opening" in sample.parts for sample in breakdown.samples)
    }
    if len(found) < 2 or found[True] <= found[False]:
        return None
    return found[True] - found[False]


def how_many_times(left: FormReport, right: FormReport) -> Ratio | None:
    """Return how many times as long the right form takes, or None."""
    if not left.samples or not right.samples:
        return None
    try:
        return ratios.ratio(left.per_update, right.per_update)
    except ValueError:
        return None


def speed_up(report: FitReport, form: FormReport) -> Ratio | None:
    """Return how many times as long the textbook form takes, or None."""
    textbook = report.find(TEXTBOOK)
    if textbook is None or form is textbook:
        return None
    return how_many_times(form, textbook)
