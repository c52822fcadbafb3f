"""The contest: each recorded once, float64 where needed, failures named."""

from __future__ import annotations

from functools import partial

import jobs
import pytest

from compare.records.runs import Failure
from compare.running.contest import Contest, Contestant
from compare.running.processes import Job, Silent

RATES = {"first": 0.1, "twin": 0.1, "wrong": 0.1002, "broken": None}


class Noting(Silent):
    """A progress that notes which jobs were started."""

    def __init__(self):
        self.labels = []

    def started(self, job):
        self.labels.append(job.label)


def job(name, dtype):
    return Job(name, jobs.descend, (RATES[name], dtype))


@pytest.fixture(scope="module")
def judged():
    """Judge all against the first; return contest, verdicts and labels."""
    noting = Noting()
    contest = Contest(2, 60.0, noting)
    members = {
        name: Contestant(name, mode, partial(job, name))
        for name, mode in zip(
            RATES, ("graph", "graph", "xla", "eager"), strict=True
        )
    }
    pairs = {name: (members["first"], members[name]) for name in RATES}
    verdicts = contest.judge([*pairs.values()])
    assert contest.judge([*pairs.values()]) == verdicts  # runs nothing anew
    by_name = {name: verdicts[pair] for name, pair in pairs.items()}
    return contest, members, by_name, noting.labels


def test_each_pair_has_its_verdict_in_the_mode_of_the_second(judged):
    """The same rate is identical, another different, a failure no verdict."""
    _, _, verdicts, _ = judged
    assert {name: (v.outcome, v.mode) for name, v in verdicts.items()} == {
        "first": ("identical", "graph"),
        "twin": ("identical", "graph"),
        "wrong": ("different", "xla"),
        "broken": ("could not run", "eager"),
    }
    assert "first" in verdicts["wrong"].reason
    assert "broken" in verdicts["broken"].reason


def test_each_runs_once_and_in_float64_only_where_bits_differ(judged):
    """All in float32 first, then the two of the pair that differs."""
    _, _, _, labels = judged
    assert sorted(labels[:4]) == sorted(RATES)
    assert sorted(labels[4:]) == ["first in float64", "wrong in float64"]


def test_what_broke_is_a_failure_under_its_own_name(judged):
    """It keeps its mode and the reason that the process gave."""
    contest, members, _, _ = judged
    failure = contest.run(members["broken"])
    assert isinstance(failure, Failure)
    assert (failure.side, failure.mode, failure.dtype) == (
        "broken",
        "eager",
        "float32",
    )
    assert "no rate" in failure.reason


def test_what_cannot_be_proved_is_not_run_in_float64():
    """A difference of a side that computes in float16 is judged without."""
    noting = Noting()
    members = [
        Contestant(name, "graph", partial(job, name), provable=provable)
        for name, provable in (("first", True), ("wrong", False))
    ]
    pair = members[0], members[1]
    verdict = Contest(2, 60.0, noting).judge([pair])[pair]
    assert sorted(noting.labels) == ["first", "wrong"]
    assert verdict.outcome == "different"
    assert "float16" in verdict.reason
