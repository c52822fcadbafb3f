"""Live processes that take turns: costs that are known, and early ends."""

from __future__ import annotations

import contextlib

import pytest

from compare.judging.ratios import centre
from compare.records.timing import Effort
from compare.running import duos
from compare.running.apart import in_each_mode, take_duos_apart, take_part
from compare.running.processes import Job, Silent


@contextlib.contextmanager
def costing(seconds, what):
    """Hold what says that each update costs so much."""
    if seconds is None:
        raise ValueError("it has no cost")
    yield lambda updates: updates * (seconds if what == "graph" else 1.0)


@pytest.fixture(autouse=True)
def brief(monkeypatch):
    """Make as few duos as a median needs."""
    monkeypatch.setattr(duos, "BRIEF", 0.0)


def timed(*costs):
    players = [
        Job(f"player {number}", take_part, (costing, (cost,)), bare=True)
        for number, cost in enumerate(costs)
    ]
    plan = in_each_mode, ({"graph": (3, 1), "xla": (1, 1)},)
    modes = "graph", "xla"
    return take_duos_apart(
        "costs", players, *plan, modes, Effort(6), 60.0, Silent()
    )


def test_a_slow_environment_is_found_and_equal_ones_are_not_different():
    """Against costs that are known, over six sets of processes."""
    found, broken = timed(0.01, 0.0123, 0.01)
    graph, xla = found
    assert not broken
    assert centre(graph.factors).value == pytest.approx(1.23)
    assert centre(graph.factors).answer == "slower"
    for equal in (graph.floor, xla.factors, xla.floor):
        assert list(equal) == pytest.approx([1.0] * 6)
        assert centre(equal).answer == "no clear difference"


def test_a_process_that_ends_tells_why_and_the_others_end_with_it():
    """Nobody waits for an answer that cannot come."""
    found, broken = timed(0.01, None, 0.01)
    assert not found[0].factors
    (said,) = set(broken)
    assert said.startswith("player 1: raised ValueError: it has no cost")
