"""Records survive JSON, and what is no record is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from compare.json_form import from_json, to_json
from compare.records import Divergence, Trajectory, UsageError, Verdict


def through_json(value):
    text = json.dumps(to_json(value), allow_nan=False)
    return from_json(type(value), json.loads(text))


def test_a_trajectory_keeps_every_bit(make_run):
    """float32 values come back exactly, as float64."""
    run = make_run()
    back = through_json(run)
    assert isinstance(back, Trajectory)
    np.testing.assert_array_equal(
        back.parameters["kernel"].astype("float32"), run.parameters["kernel"]
    )
    assert back.side == "manual"


def test_values_that_json_lacks_come_back(make_run):
    """NaN and the infinities survive, in arrays and alone."""
    run = make_run(updates=2)
    run.losses[:] = [np.nan, np.inf, -np.inf]
    np.testing.assert_array_equal(through_json(run).losses, run.losses)
    found = Divergence(1, "kernel", (0, 1), float("nan"), float("inf"), 0.0)
    back = through_json(Verdict("graph", "different", "why", (3, 4), found))
    assert np.isnan(back.divergence.left)
    assert back.divergence.right == np.inf
    assert back.divergence.index == (0, 1)
    assert back.updates == (3, 4)


def test_none_stays_none():
    """An optional field may be missing from the run."""
    assert through_json(Verdict("xla", "identical", "why")).divergence is None


@pytest.mark.parametrize(
    "value", [{}, [], {"mode": "graph", "outcome": "fine", "reason": ""}, None]
)
def test_other_json_is_refused(value):
    """What is not the record is an error that names the record."""
    with pytest.raises(UsageError, match="Verdict"):
        from_json(Verdict, value)
