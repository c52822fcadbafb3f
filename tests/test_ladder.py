"""The ladder: what features cost, the sum's check, the chart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn import assert_legible

from compare.lessons.problems import LESSONS
from compare.records import MEASURES, SIDES
from compare.showing.figures.ladder import ladder_chart
from compare.showing.language import speaker
from compare.studies.ladder import (
    IN_ALL_AT_ONCE,
    by_size,
    from_short_to_long,
    ladder,
)


def test_rungs_are_the_lessons_and_differences_add_up():
    """Each rung's size is its base's plus what it adds, on both sides."""
    rungs = ladder()
    sizes = {rung.lesson: rung.sizes for rung in rungs.rungs}
    sizes["linear_regression"] = rungs.first
    assert set(sizes) | {"full_loop"} == set(LESSONS)
    for rung in rungs.rungs:
        for side in ("manual", "keras"):
            for name in MEASURES:
                base = getattr(sizes[rung.base][side], name)
                added = getattr(rung.added[side], name)
                assert base + added == getattr(rung.sizes[side], name)


def test_the_running_sum_counts_what_full_loop_has():
    """First lesson plus every counted feature is the last running sum."""
    rungs = ladder()
    counted = [rung for rung in rungs.rungs if rung.counted]
    assert tuple(rung.lesson for rung in counted) == IN_ALL_AT_ONCE
    for side in ("manual", "keras"):
        total = rungs.first[side].statements + sum(
            rung.added[side].statements for rung in counted
        )
        assert counted[-1].running[side].statements == total


@pytest.mark.parametrize("measure", MEASURES)
def test_every_label_of_the_chart_is_legible(measure):
    """Names and numbers are apart from each other, and large enough."""
    assert_legible(ladder_chart(ladder(), measure, speaker()))


def test_lessons_stand_by_their_length_and_the_answer_follows_it():
    """The shares of both halves are told, whichever way they go."""
    found = ladder()
    lengths = [sizes["manual"] for _, sizes in by_size(found)]
    assert lengths == sorted(lengths)
    assert len(lengths) == len(LESSONS)
    said = from_short_to_long(found, "statements")
    assert "the smaller is the part" in said.text
    turned = replace(
        found,
        first=dict.fromkeys(SIDES, found.first["manual"]),
        rungs=tuple(
            replace(
                rung,
                sizes={
                    "manual": rung.sizes["manual"],
                    "keras": replace(
                        rung.sizes["keras"],
                        statements=rung.sizes["manual"].statements ** 2,
                    ),
                },
            )
            for rung in found.rungs
        ),
    )
    said = from_short_to_long(turned, "statements")
    assert "does not fall" in said.text
