"""What the page opens with: a training that plays, and three answers."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from whole_report import whole_report

from compare.records.timing import Opening, Paired
from compare.records.verdicts import Verdict
from compare.showing.language import speaker
from compare.showing.page.hero import hero
from compare.showing.page.scenes import learning
from compare.showing.reading import read_report

DOCS = Path(__file__).parent.parent / "compare" / "docs"

SLIDER, PLAY = ".opening .slider >> nth=0", ".opening .play >> nth=0"
READOUT = ".opening .readout >> nth=0"


def drag(page, handle, right, down):
    """Drag a handle by so many pixels."""
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()


def own_line(page):
    """Return w, b, and the loss that the page says they have."""
    w, b = (
        float(page.locator(f".hand[data-axis={name}]").input_value())
        for name in "wb"
    )
    said = page.locator(READOUT).inner_text()
    return w, b, float(re.search(r"^Your line: .* loss ([\d.]+)$", said)[1])


def loss_of(report, w, b):
    """Return the mean squared error of a line over the report's points."""
    points = report.lessons[0].points
    return np.mean((points.y.ravel() - w * points.x.ravel() - b) ** 2)


def test_it_plays_by_itself_once_and_stops(visit):
    """From the start to the end, and then it stands still."""
    page = visit(clock=True)
    expect(page.locator(PLAY)).to_have_text("Pause")
    page.clock.run_for(3000)
    assert 0 < int(page.locator(SLIDER).input_value()) < 20
    page.clock.run_for(8000)
    expect(page.locator(READOUT)).to_contain_text("Update 20 of 20")
    expect(page.locator(READOUT)).to_contain_text("0 ULP")
    expect(page.locator(PLAY)).to_have_text("Play")
    page.clock.run_for(20_000)
    assert page.locator(SLIDER).input_value() == "20"


def test_it_can_be_paused_and_goes_on(visit):
    """The button stops it where it is, and plays the rest."""
    page = visit(clock=True)
    expect(page.locator(PLAY)).to_have_text("Pause")
    page.clock.run_for(4000)
    page.locator(PLAY).click()
    paused = int(page.locator(SLIDER).input_value())
    page.clock.run_for(3000)
    assert int(page.locator(SLIDER).input_value()) == paused
    page.locator(PLAY).click()
    page.clock.run_for(200)
    assert int(page.locator(SLIDER).input_value()) >= paused
    page.clock.run_for(8000)
    assert page.locator(SLIDER).input_value() == "20"


def test_the_address_keeps_its_sliders(visit):
    """Whoever opens it finds one's own line, else the update, at rest."""
    page = visit(reduced_motion="reduce")
    page.locator(SLIDER).focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("at=19"))
    page.reload()
    expect(page.locator(READOUT)).to_contain_text("Update 19 of 20")
    page.locator(".hand[data-axis=w]").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("own="))
    mine = own_line(page)
    page.reload()
    assert own_line(page) == pytest.approx(mine, rel=1e-4)
    page.locator(SLIDER).focus()
    page.keyboard.press("ArrowLeft")
    expect(page).not_to_have_url(re.compile("own="))


def test_the_slider_moves_all_charts_together(visit):
    """Line and bowl follow it, and the readout tells it to all."""
    page = visit(reduced_motion="reduce")
    charts = page.locator(".opening").first.locator("svg[role=img]")
    before = charts.evaluate_all("all => all.map((svg) => svg.innerHTML)")
    page.locator(SLIDER).focus()
    page.keyboard.press("Home")
    after = charts.evaluate_all("all => all.map((svg) => svg.innerHTML)")
    assert len(before) == 2
    assert all(a != b for a, b in zip(before, after, strict=True))
    readout = page.locator(READOUT)
    expect(readout).to_contain_text("Update 0 of 20")
    said = page.locator(SLIDER).get_attribute("aria-valuetext")
    assert said == readout.inner_text()


def test_where_motion_is_unwanted_a_press_makes_one_update(visit):
    """Nothing moves by itself; the button goes one update on."""
    page = visit(reduced_motion="reduce", clock=True)
    page.clock.run_for(5000)
    assert page.locator(SLIDER).input_value() == "20"
    expect(page.locator(PLAY)).to_have_text("Next step")
    for step in ("0", "1", "2"):
        page.locator(PLAY).click()
        page.clock.run_for(1000)
        assert page.locator(SLIDER).input_value() == step


def test_on_paper_it_is_a_still(visit):
    """The end of the run, without controls."""
    page = visit(clock=True)
    expect(page.locator(PLAY)).to_have_text("Pause")
    page.clock.run_for(1000)
    page.emulate_media(media="print")
    expect(page.locator(READOUT)).to_contain_text("Update 20 of 20")
    expect(page.locator(PLAY)).to_be_hidden()


@pytest.mark.parametrize("chart", ["line", "path"])
def test_a_dragged_line_has_the_loss_of_its_w_and_b(
    visit, small_report, chart
):
    """By an end of the line or in the bowl: the mean of its squares."""
    page = visit(reduced_motion="reduce")
    handle = page.locator(f".opening [data-chart={chart}] .handle").first
    drag(page, handle, -20, 25)
    w, b, loss = own_line(page)
    assert loss == pytest.approx(loss_of(small_report, w, b), rel=1e-3)


def test_w_and_b_can_be_moved_by_keyboard(visit, small_report):
    """An arrow key moves one of them; the next press of Play ends that."""
    page = visit(reduced_motion="reduce")
    before, b = (
        float(page.locator(f".hand[data-axis={name}]").input_value())
        for name in "wb"
    )
    page.locator(".hand[data-axis=w]").focus()
    page.keyboard.press("ArrowLeft")
    w, same, loss = own_line(page)
    assert w < before
    assert same == pytest.approx(b)
    assert loss == pytest.approx(loss_of(small_report, w, b), rel=1e-3)
    expect(page.locator(READOUT)).to_contain_text("Your line")
    page.locator(PLAY).press("Enter")
    expect(page.locator(READOUT)).to_contain_text("Update 0 of 20")


def test_the_loss_is_seen_as_the_mean_of_squares(visit):
    """Each square's side is a distance; one more has their mean area."""
    page = visit(reduced_motion="reduce")
    page.locator(SLIDER).focus()
    page.keyboard.press("Home")
    sides = page.locator(".opening .square").evaluate_all(
        "all => all.map((r) => [r.getAttribute('width'), "
        "r.getAttribute('height'), r.classList.contains('mean')])"
    )
    assert all(width == height for width, height, _ in sides)
    areas = [float(width) ** 2 for width, _, mean in sides if not mean]
    (mean,) = (float(width) ** 2 for width, _, mean in sides if mean)
    assert len(areas) == 5
    assert mean == pytest.approx(np.mean(areas))


def test_the_picture_is_on_the_first_screen(visit):
    """All of it on a desktop; on a phone it begins there."""
    stage = visit(width=1440).locator(".opening .stage").first
    box = stage.bounding_box()
    assert box["y"] + box["height"] < 900
    chart = visit(width=380).locator(".opening .chart").first
    assert chart.bounding_box()["y"] < 450


def test_a_loss_with_a_penalty_is_not_shown_as_squares(small_report):
    """The bowl is there only where the recorded loss is the bowl's."""
    lesson = small_report.lessons[0]
    assert learning(lesson)["bowl"]
    runs = tuple(
        replace(run, losses=run.losses * 1.1) for run in lesson.trajectories
    )
    assert learning(replace(lesson, trajectories=runs))["bowl"] is None


def answers(lesson, fit=None):
    """Return all that the three answers say."""
    found = hero(lesson, speaker(), fit)["answers"]
    return " ".join(f"{each.short} {each.long}" for each in found)


def timed(factor):
    """Return a lesson whose Keras side takes so many times as long."""
    return replace(
        whole_report().lessons[0],
        verdicts=(Verdict("graph", "identical", (), (6, 6)),),
        paired=(Paired("graph", (factor,) * 8, (1.0,) * 8),),
    )


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (75.3, "Keras is 75 times slower."),
        (1.62, "Keras is 1.6 times slower."),
        (0.5, "Keras is 2 times faster."),
        (1.0, "neither side is clearly faster."),
    ],
)
def test_a_speed_carries_its_direction_in_words(factor, said):
    """Slower or faster, never a bare ratio."""
    text = answers(timed(factor))
    assert said in text
    assert "×" not in text


def test_the_time_is_explained_by_what_was_measured():
    """Iterators only where they were counted, the cure where it was run."""
    lesson = timed(75.3)
    assert "iterators" not in answers(lesson)
    update = 0.03  # of Keras in graph mode, in whole_report

    def opened(share):
        (pair,) = lesson.paired
        opening = Opening(2.0, update * share)
        pair = replace(pair, opening=(opening,) * 8)
        return replace(lesson, paired=(pair,))

    assert "93% of its time goes into opening 2 data" in answers(opened(0.93))
    assert "iterators" not in answers(opened(0.1))
    assert "iterators" not in answers(opened(1.1))  # the machine was busy
    report = read_report(DOCS / "fit.json")
    assert ".repeat()` cures it: 668 µs" in answers(lesson, report.fit)
    other = replace(lesson, lesson="minibatch")
    assert "cures" not in answers(other, report.fit)


def test_what_fit_holds_is_read_from_the_source():
    """The gradients are Keras's only where no tape is in sight."""
    lesson = timed(2.0)
    sizes = dict(lesson.sizes)
    sizes["manual"] = replace(sizes["keras"], statements=99)
    lesson = replace(lesson, sizes=sizes)

    def said(source):
        sources = {**lesson.sources, "keras": source}
        return answers(replace(lesson, sources=sources))

    assert "holds the loops, the gradients" in said("model.fit(x)")
    gan = said("with tf.GradientTape() as tape:\n    pass\nmodel.fit(x)")
    assert "holds the loops." in gan
    assert "holds" not in said("model.train_on_batch(x)")
