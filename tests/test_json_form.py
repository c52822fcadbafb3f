"""Records survive JSON, and what is no record is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from compare.records import UsageError
from compare.records.json_form import from_json, to_json
from compare.records.note import Note
from compare.records.runs import Trajectory
from compare.records.verdicts import Divergence, Verdict


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
    why = (Note("why"),)
    back = through_json(Verdict("graph", "different", why, (3, 4), found))
    assert np.isnan(back.divergence.left)
    assert back.divergence.right == np.inf
    assert back.divergence.index == (0, 1)
    assert back.updates == (3, 4)


def test_none_stays_none():
    """An optional field may be missing from the run."""
    verdict = Verdict("xla", "identical", (Note("why"),))
    assert through_json(verdict).divergence is None


@pytest.mark.parametrize(
    "value", [{}, [], {"mode": "graph", "outcome": "fine", "reason": ""}, None]
)
def test_other_json_is_refused(value):
    """What is not the record is an error that names the record."""
    with pytest.raises(UsageError, match="Verdict"):
        from_json(Verdict, value)


def fault(value, **changes):
    """Return what is said of a verdict with other fields."""
    content = to_json(Verdict("graph", "identical", (Note("why"),), (3, 4)))
    with pytest.raises(UsageError) as error:
        from_json(Verdict, {**content, **changes, **value})
    return str(error.value)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("updates", [1, "2"], "updates[1] is '2', not a whole number"),
        ("updates", [1, True], "updates[1] is True, not a whole number"),
        ("updates", [1, 2.0], "updates[1] is 2.0, not a whole number"),
        ("updates", [1], "updates is [1], not a list of 2"),
        ("updates", 3, "updates is 3, not a list"),
        ("updates", [1, 2**70], "not a whole number of 64 bits"),
        ("why", 5, "why is 5, not a list"),
        ("why", [{"text": None}], "why[0].text is None, not a text"),
        ("why", [{"text": "\ud800"}], "not text in Unicode"),
        ("mode", ["graph"], "mode is ['graph'], not one of 'eager'"),
        ("divergence", [], "divergence is [], not a Divergence"),
        ("divergence", {"step": 1}, "it lacks 'parameter'"),
        ("largest_difference", "1", "is '1', not a number"),
        ("largest_difference", False, "is False, not a number"),
        ("largest_difference", 10**400, "not a number within float64"),
        ("extra", 1, "it has 'extra'"),
    ],
)
def test_every_field_is_held_against_its_type(field, value, said):
    """The message has the path and what stands there."""
    assert said in fault({field: value})


@pytest.mark.parametrize(
    "value", [[1, [2]], "x", ["x"], None, {}, [None], [10**30], [[1], [2, 3]]]
)
def test_what_is_no_array_is_refused(make_run, value):
    """Numbers in lists of equal length, nothing else."""
    content = to_json(make_run())
    content["parameters"]["kernel"] = value
    with pytest.raises(UsageError, match=r"parameters\['kernel'\] is"):
        from_json(Trajectory, content)


def test_a_text_with_format_fields_is_a_text():
    """A note looks into no object, and misses no value."""
    for text in ("{x.__class__}", "{0}", "{x!r:>99999}", "{", "{y}", "{}"):
        assert str(Note(text, {"x": "1"})) == text
    assert str(Note("{x} of {y}", {"x": "1", "y": "{x}"})) == "1 of {x}"
