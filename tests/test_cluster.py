"""A lost worker is a reason, never a hang."""

from __future__ import annotations

import jobs
import pytest

from compare.processes import Broken, Job, run_jobs


def run(fault, patience):
    job = Job("cluster", jobs.run_cluster, (fault, patience))
    (result,) = run_jobs([job], 1, 60.0)
    return result


def test_the_chief_answers_when_all_are_done():
    """The result is the chief's; every worker knows every address."""
    assert run(None, 30.0) == (0, 2)


FAULTS = {
    "dies": "worker 1 of 2 was killed by SIGKILL",
    "leaves": "worker 1 of 2 ended by itself with exit code 3",
    "raises": "worker 1 of 2 raised ValueError: bad luck",
    "hangs": "worker 0, 1 of 2 did not join within 2 s",
    "stops": "the workers made no update within 2 s, after update 1",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_worker_is_named(fault):
    """Death, exit, error and silence each end in one sentence."""
    result = run(fault, 2.0)
    assert isinstance(result, Broken)
    assert result.reason == FAULTS[fault]
