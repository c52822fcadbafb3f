"""A lost worker is a reason, never a hang."""

from __future__ import annotations

from pathlib import Path

import jobs
import pytest

from compare.lessons.problems import problem_of
from compare.records.problem import Settings
from compare.running.processes import Broken, Job, run_jobs


def run(fault, patience):
    job = Job("cluster", jobs.run_cluster, (fault, patience))
    (result,) = run_jobs([job], 1, 60.0)
    return result


def test_the_chief_answers_when_all_are_done():
    """The result is the chief's; every worker knows every address."""
    assert run(None, 30.0) == (0, 2)


FAULTS = {
    "dies": "worker 1 of 2 was killed by SIGKILL (out of memory?)",
    "leaves": "worker 1 of 2 ended by itself with exit code 3",
    "raises": "worker 1 of 2: raised ValueError: bad luck",
    "is absent": "worker 1 of 2 did not join within 2 s",
    "hangs": "the workers made no update within 2 s, after update 1",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_worker_is_named(fault):
    """Death, exit, error and silence each end in one sentence."""
    result = run(fault, 2.0)
    assert isinstance(result, Broken)
    assert result.reason == FAULTS[fault]


REAL = (
    Path(__file__).parent.parent / "manual" / "multi_worker.py"
).read_text()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("os.kill(os.getpid(), 9)", "worker 1 of 2 was killed by SIGKILL"),
        ("time.sleep(1e6)", "worker 1 of 2 did not join within 12 s"),
    ],
)
def test_a_worker_lost_in_tensorflow_is_named(exhibit_file, fault, reason):
    """The real lesson, one of whose processes dies or never joins."""
    first = "    strategy = tf.distribute"
    assert REAL.count(first) == 1
    planted = (
        "    import os, time\n"
        "    if '\"index\": 1' in os.environ['TF_CONFIG']:\n"
        f"        {fault}\n"
    )
    reference = exhibit_file(REAL.replace(first, planted + first))
    problem = problem_of("multi_worker", Settings(steps=6))
    arguments = (reference, "manual", problem, "graph", "float32")
    job = Job("job", jobs.record_impatiently, arguments)
    (result,) = run_jobs([job], 1, 90.0)
    assert isinstance(result, Broken)
    assert reason in result.reason


@pytest.mark.parametrize("bypassed", [{}, {"no_grpc_proxy": "example.org"}])
def test_workers_talk_past_a_proxy(exhibit_file, bypassed):
    """A proxy in the environment is not asked for this very machine."""
    problem = problem_of("multi_worker", Settings(steps=6))
    arguments = (exhibit_file(REAL), "manual", problem, "graph", "float32")
    job = Job("job", jobs.record_behind_a_proxy, (bypassed, *arguments))
    (result,) = run_jobs([job], 1, 90.0)
    assert not isinstance(result, Broken), result
    assert result.updates == 6
