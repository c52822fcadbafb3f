"""Charts of what was learnt, in the page's colours and in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn import assert_legible, texts
from test_figures import HOSTILE, lesson_of, report_of

from compare.records.picture import Curve, Curves, Images, Picture
from compare.showing import page
from compare.showing.figures import charts_of, growth, picture, style
from compare.showing.language import speaker

LETTERS = tuple("alice was")
PICTURE = Picture(
    images=(
        Images("The filters", np.arange(54.0).reshape(6, 3, 3)),
        Images(
            "Attention of the second head",
            np.eye(9)[None],
            rows=LETTERS,
            columns=LETTERS,
            across="what it looks at",
        ),
        Images("Those that are misread", np.zeros((2, 8, 8)), HOSTILE[:2]),
    ),
    curves=(
        Curves(
            "Sunspots of the last hundred years, and the forecast",
            "year",
            "sunspots",
            (
                Curve("data", np.array([[1990.0, 1], [2000, 3]])),
                Curve("forecast", np.array([[2001.0, 2]]), dots=True),
            ),
        ),
    ),
    texts=(("What it writes behind the first words of the page:", "a " * 99),),
)


def lesson(manual=PICTURE, keras=PICTURE):
    """Return a lesson whose sides have learnt this."""
    pictures = {"manual": manual, "keras": keras}
    return replace(lesson_of(), pictures=pictures)


def drawn(made, language="en"):
    return dict(picture.picture_charts(made, speaker(language)))


def test_what_was_learnt_is_drawn_once_if_equal():
    """One chart of images, curves and text, legible, years without commas."""
    ((name, figure),) = drawn(lesson()).items()
    assert name == "picture"
    assert_legible(figure)
    said = [text.get_text() for text, _ in texts(figure)]
    assert {"2000", "The filters", "␣", "year"} <= set(said)
    assert "linear_regression-picture" in charts_of(
        report_of(lesson()), speaker()
    )


def test_what_was_learnt_is_drawn_for_each_side_if_not():
    """A number that differs gives two charts, each with its side's name."""
    other = replace(PICTURE, texts=(("title", "another"),))
    made = drawn(lesson(keras=other))
    assert set(made) == {"picture-manual", "picture-keras"}
    assert not drawn(lesson(Picture(), Picture()))


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_inside(words):
    """Whatever a report says, no label meets another."""
    images = replace(
        PICTURE.images[1],
        title=words * 3,
        rows=(words[:4],) * 9,
        across=words,
    )
    curves = replace(PICTURE.curves[0], title=words * 3, up=words)
    made = lesson(
        *[Picture((images,), (curves,), ((words * 3, words * 9),))] * 2
    )
    (figure,) = drawn(replace(made, title=words * 3)).values()
    assert_legible(figure)


def test_charts_have_the_pages_colours():
    """Both sides' and all variants' colours are those of page.css."""
    css = Path(page.__file__).with_name("static") / "page.css"
    light = dict(re.findall(r"--([\w-]+): (#\w+)", css.read_text())[::-1])
    assert style.BLUE.lower() == light["manual"]
    assert style.ORANGE.lower() == light["keras"]
    ways = [light[f"way-{n}"] for n in range(len(growth.COLOURS))]
    assert list(growth.COLOURS) == ways
    for looks in (style.LINES, style.BARS):
        colours = [looks[side]["color"] for side in ("manual", "keras")]
        assert colours == [style.BLUE, style.ORANGE]


def test_charts_are_written_in_korean():
    """Every word of every chart has Hangul, but names and symbols."""
    who = style.chart_speaker("ko")
    if who.language != "ko":
        pytest.skip("no font has Hangul")
    report = report_of(lesson_of(), lesson_of("minibatch"), lesson())
    for figure in charts_of(report, who).values():
        assert_legible(figure)
        said = " ".join(text.get_text() for text, _ in texts(figure))
        assert re.search("[가-힣]", said)
        assert not re.search(r"\b(update|loss|start|after|by hand)\b", said)


def test_charts_stay_english_without_a_font(monkeypatch):
    """A word that no font has is not drawn as boxes."""
    ascii_only = frozenset(range(128))
    monkeypatch.setattr(style, "_characters", lambda: ascii_only)
    assert style.chart_speaker("ko").language == "en"


def test_every_chart_has_a_title():
    """It says what is drawn, and of which lesson."""
    for figure in charts_of(report_of(lesson()), speaker()).values():
        assert figure.get_suptitle().startswith("Fit a line, y = w * x + b: ")


def test_no_tick_shows_its_markup():
    """A label such as $10^2$ is never drawn as it is written."""
    figures = charts_of(report_of(lesson(), lesson_of("minibatch")), speaker())
    for figure in figures.values():
        assert not [
            t for t, _ in texts(figure) if "mathdefault" in t.get_text()
        ]
    axes = figures["linear_regression-loss"].axes[0]
    axes.set_yscale("log")  # its own ticks are written so
    found = texts(figures["linear_regression-loss"])
    assert [t for t, _ in found if "mathdefault" in t.get_text()]
