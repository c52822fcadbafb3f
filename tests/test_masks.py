"""Dropout's masks, drawn by numpy and borne out by the runs."""

from __future__ import annotations

import numpy as np
import pytest

from compare.lessons.exhibits import exhibit
from compare.lessons.masks import SHOWN, _philox, first_masks, kept
from compare.lessons.problems import problem_of
from compare.records import MODES, SIDES
from compare.records.problem import Settings
from compare.running.processes import run_jobs
from compare.studies.lesson.aspect import recording

PROBLEM = problem_of("dropout_mlp", Settings(steps=6))


@pytest.fixture(scope="module")
def runs():
    """Return the runs of both sides in every mode."""
    jobs = [
        recording(exhibit(side, "dropout_mlp"), side, PROBLEM, mode, "float32")
        for mode in MODES
        for side in SIDES
    ]
    return run_jobs(jobs, 2, 240.0)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ([0] * 4, [0] * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (
            [0xFFFFFFFF] * 4,
            [0xFFFFFFFF] * 2,
            "408f276d 41c83b0e a20bc7c6 6d5451fd",
        ),
    ],
)
def test_the_generator_against_published_answers(counter, key, answer):
    """Philox 4x32 with ten rounds, as Random123 has tested it."""
    words = np.array([counter], np.uint32), np.array(key, np.uint32)
    assert " ".join(f"{n:08x}" for n in _philox(*words)[0]) == answer


def test_every_run_bears_the_first_masks_out(runs):
    """The masks of numpy give each side's own updates, in every mode."""
    for run in runs:
        (images,) = first_masks(PROBLEM, run).images
        assert images.captions == tuple(map(str, range(1, SHOWN + 1)))
        share = images.values.mean()
        assert share == pytest.approx(1 - PROBLEM.rate, abs=0.05)


def test_masks_that_a_run_has_not_used_are_not_shown(runs):
    """With another seed or rate than the run's there is nothing to show."""
    for planted in ({"seed": 2}, {"rate": 0.5}):
        assert first_masks(PROBLEM.with_hyper(**planted), runs[0]) is None


def test_each_update_has_a_mask_of_its_own():
    """Another count of masks gives another mask, a longer one other rows."""
    first, second = (kept(1, drawn, 0.25, (9, 3), "graph") for drawn in (0, 1))
    assert (first != second).any()
    assert (kept(1, 0, 0.25, (5, 3), "graph") == first[:5]).all()
