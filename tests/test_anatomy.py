"""Every stage of an update is seen, and seeing it changes no bit."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from compare.pairs.diagnosis.dissect import Plan, dissect
from compare.pairs.sides import run_side
from compare.running.processes import Broken, Job, run_jobs

FILE = Path(__file__).with_name("stage_sides.py")
SIDES = ("fitted_eagerly", "looped", "by_hand", "in_numpy")


@pytest.fixture(scope="module")
def anatomies(regression):
    """Return what was seen of each side, and its unwatched end."""
    jobs = [
        Job(
            name,
            dissect,
            (f"{FILE}:{name}", name, regression, "float32", PLAN),
        )
        for name in SIDES
    ] + [
        Job(
            name,
            run_side,
            (f"{FILE}:{name}", regression, "eager", "float32", {}),
        )
        for name in SIDES
    ]
    found = run_jobs(jobs, 2, 120)
    for result in found:
        assert not isinstance(result, Broken), result.details
    return {
        name: (found[i], found[i + len(SIDES)]) for i, name in enumerate(SIDES)
    }


PLAN = Plan()


@pytest.mark.parametrize("name", SIDES)
def test_the_hooks_change_no_bit(anatomies, name):
    """A side that is watched stage by stage ends where it ends unwatched."""
    watched, plain = anatomies[name]
    for key, value in plain.final.values.items():
        assert np.array_equal(watched.returned.values[key], value), key


@pytest.mark.parametrize("name", ["fitted_eagerly", "looped", "by_hand"])
def test_every_update_is_seen(anatomies, name):
    """Three batches in three epochs, the last one of four rows."""
    watched, _ = anatomies[name]
    assert len(watched.updates) == 9
    for update in watched.updates:
        (gradient,) = update.gradients
        assert len(gradient.values) == len(watched.keys) == 4
    assert np.isclose(watched.updates[0].gradients[0].loss, LOSS(anatomies))


def LOSS(anatomies):  # noqa: N802
    return anatomies["fitted_eagerly"][0].updates[0].gradients[0].loss


@pytest.mark.parametrize("name", SIDES)
def test_what_is_sent_needs_no_tensorflow(anatomies, name):
    """The process that asked for it imports none, which takes seconds."""
    watched, _ = anatomies[name]
    assert b"tensorflow.python" not in pickle.dumps(watched)
    assert b"keras.src" not in pickle.dumps(watched)


def test_a_side_without_a_tape_shows_no_update(anatomies):
    """What cannot be seen is not guessed."""
    watched, _ = anatomies["in_numpy"]
    assert watched.updates == ()
    assert watched.keys == {}


def test_stages_of_keras_and_of_a_loop_are_the_same_numbers(anatomies):
    """Layers, prediction, its gradient, gradients and settings."""
    one, other = (
        anatomies[n][0].updates[0] for n in ("fitted_eagerly", "looped")
    )
    assert [c.kind for c in one.layers] == [c.kind for c in other.layers]
    for a, b in zip(one.layers, other.layers, strict=True):
        assert np.array_equal(a.output, b.output)
    assert one.training is True
    assert other.training is None
    assert one.rows == other.rows == 8
    heads = [u.gradients[0].prediction for u in (one, other)]
    assert np.array_equal(heads[0].value, heads[1].value)
    assert np.allclose(heads[0].upstream, heads[1].upstream)
    assert one.applied[0].kind == other.applied[0].kind == "SGD"
    assert one.applied[0].learning_rate == pytest.approx(0.02)
    assert (
        anatomies["fitted_eagerly"][0]
        .places["fit"]
        .startswith("stage_sides.py:")
    )


def test_a_start_is_given_right_before_the_first_update(regression):
    """Variables take other first values, whatever their maker gave them."""
    start = {0: np.full((3, 4), 0.25)}
    job = Job(
        "started",
        dissect,
        (f"{FILE}:looped", "looped", regression, "float32", Plan(start=start)),
    )
    (found,) = run_jobs([job], 1, 120)
    assert not isinstance(found, Broken), found.details
    assert (found.updates[0].before[0] == np.float32(0.25)).all()
