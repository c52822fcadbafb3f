"""One training in several frameworks -> terminal."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from compare.judging import ratios
from compare.records.escape import printable
from compare.records.peers import PeerResult, Peers
from compare.records.report import Report
from compare.records.timing import Ratio
from compare.showing.terminal.formats import (
    STYLES,
    environment_line,
    heading,
    number,
    say,
    seconds,
    spread,
    table,
    terminal,
    times,
    values,
)
from compare.studies.peers.catalogue import BACKENDS, SECOND_ORDER


def print_peers(report: Report, console: Console | None = None) -> None:
    """Print every implementation, its verdict and its times."""
    console = console or terminal()
    peers = report.peers
    assert peers is not None
    console.print(Text("One training, several frameworks", style="bold"))
    say(console, environment_line(report.environment))
    if peers.versions:
        say(console, ", ".join(f"{k} {v}" for k, v in peers.versions.items()))
    heading(console, f"{peers.lesson}: {number(peers.updates, 'update')}")
    console.print(_table(peers))
    _print_ends(console, peers)
    for result in peers.results:
        if result.verdict.outcome != "identical":
            _print_reason(console, result)
    if any(result.against == SECOND_ORDER for result in peers.results):
        say(
            console,
            "On JAX and PyTorch fit draws a batch to build the model and then "
            "opens the dataset anew: training sees the second of its shuffled "
            "orders. These are compared with the manual loop on that order.",
        )
    for line in peers.left_out:
        say(console, f"Left out: {line}.")
    _print_conditions(console, peers)
    _print_backends(console, peers)


def slowest_first(peers: Peers) -> tuple[PeerResult, ...]:
    """Sort by time per update; what has none comes last."""
    return tuple(
        sorted(
            peers.results,
            key=lambda result: -_median(result) if result.samples else 1.0,
        )
    )


def _table(peers: Peers) -> Table:
    limit = _limit(peers)
    columns = ["", "verdict", "import", "first call", "per update"]
    grid = table(*columns, *([f"times {limit.name}"] if limit else []))
    for result in slowest_first(peers):
        outcome = result.verdict.outcome
        is_reference = result.name == result.against and result.verdict.agree
        cells = [
            Text(printable(result.name)),
            Text("reference")
            if is_reference
            else Text(outcome, style=STYLES[outcome]),
        ]
        if result.samples:
            cells += map(Text, _times(result))
            if limit:
                cells.append(Text(times(compared(limit, result))))
        grid.add_row(*cells)
    return grid


def _times(result: PeerResult) -> tuple[str, str, str]:
    """Return import, first call and time per update, as shown."""
    samples = result.samples
    return (
        seconds(statistics.median(s.import_seconds for s in samples)),
        seconds(statistics.median(s.first_call for s in samples)),
        spread([s.per_update for s in samples]),
    )


def _print_ends(console: Console, peers: Peers) -> None:
    """Say where the trainings end, those with the same bits together."""
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for result in peers.results:
        if result.ends:
            end = tuple((n, values(v)) for n, v in result.ends.items())
            groups.setdefault(tuple(sorted(end)), []).append(result.name)
    for end, names in groups.items():
        where = ", ".join(
            f"{name} {', '.join(value.splitlines())}" for name, value in end
        )
        who = names[0] if len(names) == 1 else f"{len(names)} of them"
        say(console, f"End of {who}: {where}.")


def _print_reason(console: Console, result: PeerResult) -> None:
    note = f"{result.note}; " if result.note else ""
    say(
        console,
        f"{result.name}: {result.verdict.outcome}; "
        f"{note}{result.verdict.reason}.",
    )
    if result.details:
        lines = result.details.splitlines()[-6:]
        console.print(Text("\n".join(map(printable, lines)), style="dim"))


def _print_conditions(console: Console, peers: Peers) -> None:
    rounds = max((len(result.samples) for result in peers.results), default=0)
    if not rounds:
        return
    processes = (
        f"Median (smallest–largest) of {rounds} fresh processes each"
        if rounds > 1
        else "One fresh process each"
    )
    say(
        console,
        f"{processes}, one at a time, in random order. Import: of NumPy and "
        "the framework. First call: the first training, of one epoch or, "
        "where a call makes all updates, of one call, with all that is built "
        "and compiled for it. Per update: the slope over two lengths. "
        "Another training gets no time."
        + " Intervals need more processes: see --budget."
        * (rounds < ratios.FEWEST),
    )


def _print_backends(console: Console, peers: Peers) -> None:
    """Say what another backend buys the same Keras file."""
    found = {
        result.backend: result
        for result in reversed(peers.results)  # the textbook comes first
        if result.backend and result.samples
    }
    slow = found.pop("tensorflow", None)
    for backend, result in reversed(found.items()):
        if slow is None or backend is None:
            continue
        faster = compared(result, slow)
        amount = times(faster) + " times as fast as"
        if faster.value < 1:
            amount = times(compared(slow, result)) + " times as long as"
        say(
            console,
            f"The same Keras file on {BACKENDS[backend][0]}: "
            f"{seconds(_median(result))} per update, {amount} on TensorFlow "
            f"({seconds(_median(slow))}): one environment variable, "
            f"KERAS_BACKEND={backend}, no other line.",
        )


def compared(left: PeerResult, right: PeerResult) -> Ratio:
    """Return how many times as long `right` takes per update as `left`."""
    return ratios.ratio(_per_update(left), _per_update(right))


def _limit(peers: Peers) -> PeerResult | None:
    found = (r for r in peers.results if r.kind == "limit" and r.samples)
    return next(found, None)


def _per_update(result: PeerResult) -> Sequence[float]:
    return [sample.per_update for sample in result.samples]


def _median(result: PeerResult) -> float:
    return statistics.median(_per_update(result))
