"""From which time per update on Keras has caught up: planted reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import whole_report

from compare.judging.crossing import crossing, paces
from compare.records import LANGUAGES
from compare.records.report import Report
from compare.records.timing import Paired, Start, Timing
from compare.showing.blocks import Paragraph, Table
from compare.showing.language import speaker
from compare.showing.page.render import page
from compare.showing.telling.lessons import tell_lessons
from compare.showing.telling.overview import overview

FASTER = (0.97, 0.98, 0.99, 1.0, 1.01, 1.02)
SLOWER = (2.9, 2.95, 3.0, 3.05, 3.1, 3.15)
NOISY = (0.3, 0.5, 0.9, 1.1, 2.0, 3.0)


@pytest.fixture(scope="module")
def template():
    """Return a report on a lesson; what was timed is put into it."""
    return whole_report.lesson("minibatch")


def timed(template, planted, mode="graph"):
    """Return a report on each of (lesson, seconds of an update, factors).

    An epoch has four updates.
    """
    return tuple(
        replace(
            template,
            lesson=name,
            timings=tuple(
                Timing(side, mode, 4, (Start(0.1, 0.1),), (update,))
                for side in ("manual", "keras")
            ),
            paired=(Paired(mode, factors, ()),),
        )
        for name, update, factors in planted
    )


def found(template, *planted):
    """Return what such lessons say in graph mode."""
    lessons = timed(template, planted)
    return crossing(paces(lessons).get("graph", []))


def names(of):
    """Return the lessons of some paces."""
    return [pace.lesson for pace in of]


def told(lessons, language="en"):
    """Return the paragraphs and the table that are told of lessons."""
    blocks = list(tell_lessons(lessons, speaker(language)))
    texts = [b.text for b in blocks if isinstance(b, Paragraph)]
    return texts, [b for b in blocks if isinstance(b, Table)]


def test_lessons_are_ordered_by_the_time_of_an_update(template):
    """The fastest first; an epoch has four updates here."""
    lessons = timed(template, [("b", 0.02, SLOWER), ("a", 0.01, SLOWER)])
    (of_graph,) = paces(lessons).values()
    assert names(of_graph) == ["a", "b"]
    assert [pace.epoch for pace in of_graph] == pytest.approx([0.04, 0.08])


def test_where_all_slower_lessons_have_caught_up_it_tips(template):
    """The crossing is the fastest update from which on none is behind."""
    tip = found(
        template,
        ("d", 0.04, FASTER),
        ("c", 0.03, FASTER),
        ("b", 0.02, SLOWER),
        ("a", 0.01, FASTER),
    )
    assert names(tip.beyond) == ["c", "d"]
    assert tip.lessons == 4


@pytest.mark.parametrize("last", [SLOWER, NOISY, FASTER[:5]])
def test_a_slow_lesson_that_does_not_bear_it_out_breaks_it(template, last):
    """Slower, too noisy to tell or without an interval, at the very end."""
    tip = found(
        template,
        ("a", 0.01, SLOWER),
        ("b", 0.02, FASTER),
        ("c", 0.03, last),
    )
    assert not tip.beyond
    assert (tip.slowest.lesson, tip.nearest.lesson) == ("c", "b")


def test_the_whole_interval_counts(template):
    """A ratio below 1.1 whose interval reaches beyond is not caught up."""
    wide = (1.0, 1.02, 1.04, 1.06, 1.1, 1.2)
    tip = found(template, ("a", 0.01, SLOWER), ("b", 0.02, wide))
    assert tip.slowest.ratio.value < 1.1 < tip.slowest.ratio.high
    assert not tip.beyond


def test_a_single_lesson_says_nothing(template):
    """One has no order, nor have two of which one has no interval."""
    assert found(template, ("a", 0.01, FASTER)) is None
    assert found(template) is None
    short = FASTER[:2]
    assert found(template, ("a", 0.01, short), ("b", 0.02, FASTER)) is None
    assert told(timed(template, [("a", 0.01, FASTER)])) == ([], [])


def test_modes_are_told_apart(template):
    """Each has its order and its sentence."""
    planted = [("a", 0.01, SLOWER), ("b", 0.02, FASTER)]
    lessons = timed(template, planted) + timed(template, planted, "xla")
    texts, (table,) = told(lessons)
    assert [text.split(":")[0] for text in texts[:2]] == ["graph", "xla"]
    assert len(table.rows) == 4


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (FASTER, "slow, whose update is the slowest (20 ms by hand)"),
        (SLOWER[:3] * 2, "It comes nearest in slow, whose update"),
        (NOISY, "cannot be told: slow, whose update"),
        (tuple(2 * f for f in SLOWER), "it comes nearest in fast: 3.02 ("),
    ],
)
def test_terminal_and_page_say_the_same_sentence(template, last, words):
    """The overview, the page and the whole telling have it, word by word."""
    lessons = timed(template, [("fast", 0.01, SLOWER), ("slow", 0.02, last)])
    (sentence, *_), _ = told(lessons)
    assert words in sentence
    report = Report(whole_report.environment(), "", lessons)
    last_section = overview(report, speaker("en"))[-1]
    assert sentence in [b.text for b in last_section.blocks[:1]]
    assert sentence in page([report], "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crossing_over_several_lessons_is_told(template, language):
    """The sentence has the time, the lesson and how many bear it out."""
    planted = [("a", 0.01, SLOWER), ("b", 0.02, FASTER), ("c", 0.03, FASTER)]
    (sentence, *_), _ = told(timed(template, planted), language)
    assert all(text in sentence for text in ("20 ms", "b", "10%", "2", "3"))


def test_too_few_processes_are_named(template):
    """Without intervals there is a table, no sentence, and what to do."""
    planted = [("a", 0.01, SLOWER[:1]), ("b", 0.02, FASTER[:1])]
    texts, tables = told(timed(template, planted))
    assert len(tables) == 1
    assert "--budget" in texts[-1]
    assert np.all(["caught up" not in text for text in texts])
