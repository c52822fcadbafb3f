"""The code on the page: lines that fold, copies that run; and tensors."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect
from test_folding import ROOT, sources

from compare.lessons.problems import LESSONS
from compare.records import SIDES
from compare.records.findings import TensorInfo
from compare.showing.language import speaker
from compare.showing.page import code, folding, tensors
from compare.showing.page.render import page


def test_what_is_no_python_is_shown_without_numbers(small_report):
    """A source that cannot be parsed folds nothing, and the page has it."""
    lesson = replace(
        small_report.lessons[0], sources={"manual": ")(", "keras": "x = 1"}
    )
    assert folding.folding(")(", "x = 1") == folding.Folding()
    text = page([replace(small_report, lessons=(lesson,))], "en")
    assert (
        "data-fold"
        not in text.partition('<div class="twins"')[2].partition("<script>")[0]
    )


@pytest.mark.parametrize(
    ("lesson", "side", "name", "place"),
    [
        # `loss = keras.losses...` is a function, `x = embed(x)` another x.
        ("gpt", "keras", "loss", None),
        ("gpt", "manual", "x", None),
        ("full_loop", "manual", "loss", "loss = compute_loss("),
        ("linear_regression", "manual", "x", "x, y = tf.constant("),
        ("gan", "keras", "fake", "real, fake = "),
    ],
)
def test_shapes_stand_at_values_of_the_step(lesson, side, name, place):
    """A shape belongs to the name in the step, not to any of that name."""
    pair = dict(zip(SIDES, sources(lesson), strict=True))
    info = TensorInfo("loss", name, (7,), "float32")
    rows = code.rows(pair, {side: (info,)}, folding.Folding())
    found = [
        line.html.striptags()
        for row in rows
        for line in row.lines[side]
        if line.shapes
    ]
    assert len(found) == (place is not None)
    assert all(place in line for line in found)


def test_copies_are_whole_and_compile(small_report):
    """What is copied is the file, to the letter."""
    text = page([small_report], "en")
    copied = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", text, re.S)
    names = [lesson.lesson for lesson in small_report.lessons]
    files = [source for name in names for source in sources(name)]
    assert set(map(html.unescape, copied)) == set(files)
    for source in files:
        compile(source, "copied", "exec")


def test_copies_run_as_the_page_says(small_report):
    """Both copies of the first lesson train by the lines shown below them."""
    lesson = small_report.lessons[0]
    calling = code.calling(lesson)
    assert "from compare import problem" in calling
    w = np.ravel(lesson.trajectories[0].parameters["kernel"][-1])[0]
    for name, source in zip(SIDES, sources(lesson.lesson), strict=True):
        told = "trained[0].numpy()" if name == "manual" else (
            "trained.get_weights()[0][0, 0]"
        )  # fmt: skip
        program = f"{source}\n{calling}\nprint(float({told}))"
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        # Without a dtype of its own the loop trains in float64.
        assert float(done.stdout.split()[-1]) == pytest.approx(w, rel=1e-5)


def test_every_lesson_says_how_its_copy_is_called(small_report):
    """But where files are needed, which a copy has not."""
    lesson = small_report.lessons[1]
    for name in LESSONS:
        pair = dict(zip(SIDES, sources(name), strict=True))
        text = code.calling(replace(lesson, lesson=name, sources=pair))
        if name in ("streaming", "checkpoint_resume"):
            assert text == ""
        else:
            assert f"problem_of('{name}', Settings())" in text
            compile(text, "shown", "exec")


def chapter(report, **changed):
    """Return the chapter on tensors of a report's first lesson."""
    return tensors.chapter(
        replace(report.lessons[0], **changed), speaker("en")
    )


def test_the_column_is_explained_where_there_is_one(small_report):
    """(5, 1) against (5,): said of these shapes, and of no others."""
    told = chapter(small_report)
    assert "(5, 1)" in told["why"]["title"]
    assert [shape for _, _, shape in told["product"]] == [
        "(5, 1)", "(1, 1)", "(1,)", "(5, 1)",
    ]  # fmt: skip
    assert "(5, 5)" in told["why"]["said"][-1]
    same = small_report.lessons[0].tensors["keras"]
    told = chapter(small_report, tensors={"manual": same, "keras": same})
    assert told["why"] is None
    assert told["product"] == []


def test_values_are_those_of_the_run(small_report):
    """Loss and parameters at the start, and all five rows."""
    lesson = small_report.lessons[0]
    told = {row["name"]: row["sides"] for row in chapter(small_report)["run"]}
    texts = {
        name: re.findall(r">([^<>]+)</text>", sides["manual"]["drawing"])
        for name, sides in told.items()
    }
    assert texts["data x"] == ["1", "2", "3", "4", "5"]
    first = lesson.trajectories[0]
    assert texts["loss"] == [f"{first.losses[0]:.3g}"]
    assert texts["kernel"] == ["0.7"]
    assert texts["prediction"] == []
    assert told["prediction"]["keras"]["axes"] == "5 rows of (1,)"


@pytest.mark.parametrize(
    ("shape", "cells", "more"),
    [
        ((), 1, 0), ((5,), 5, 0), ((9,), 8, 1), ((2, 3), 6, 0),
        ((3, 2, 2), 12, 0), ((32, 8, 8, 1), 2 * 3 * 5, 3), ((0,), 0, 0),
    ],
)  # fmt: skip
def test_cells_are_as_many_as_in_the_data(shape, cells, more):
    """Up to a limit, and beyond it a sign says that there are more."""
    drawing = str(tensors.drawn(shape))
    grids = re.findall(' d="([^"]+)"', drawing)
    drawn = [d.count("v") * (d.count("h") - 1) for d in grids]
    assert sum(drawn) == cells
    assert len(re.findall("…|⋮", drawing)) == more


def test_gradients_of_another_shape_are_not_called_alike(small_report):
    """That gradients have their parameters' shapes is read, not taken so."""
    alike = "Each gradient has the shape of its parameter."
    assert alike in chapter(small_report)["more"]
    kept = small_report.lessons[0].tensors
    odd = TensorInfo("gradient of kernel", "", (7,), "float32")
    changed = {**kept, "manual": (*kept["manual"], odd)}
    assert alike not in chapter(small_report, tensors=changed)["more"]


def gone(page):
    """Return the numbers of the lines that are folded away."""
    return page.locator("#code .manual .line.gone").evaluate_all(
        "lines => [...new Set(lines.map((line) => +line.dataset.fold))]"
    )


def test_lines_fold_step_by_step_and_back(visit):
    """By keyboard: a line goes, its call and its sentence light up."""
    page = visit()
    said = page.locator("#code .fold-said")
    expect(said).to_contain_text("12 steps")
    page.locator("#code .fold-next").focus()
    for _ in range(6):
        page.keyboard.press("Enter")
    assert gone(page) == [1, 2, 3, 4, 5, 6]
    expect(said).to_contain_text("6 / 12")
    expect(said).to_contain_text("y_hat = w * x + b")
    expect(said).to_contain_text("Dense multiplies")
    expect(page.locator("#code .keras .line .number.now")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    assert gone(page) == [1, 2, 3, 4, 5]
    page.locator("#code .fold-back").click()
    assert gone(page) == [1, 2, 3, 4]
    expect(page.locator("#code .glider")).to_have_count(0, timeout=5000)


def test_all_folds_at_once_and_unfolds(visit):
    """To the end, and from there by hand again; a click in between stops."""
    page = visit()
    page.clock.install()
    button = page.locator("#code .fold-all")
    button.click()
    expect(button).to_have_text("Pause")
    page.clock.run_for(1500)
    button.click()
    assert 1 < len(gone(page)) < 12
    button.click()
    page.clock.run_for(10_000)
    assert len(gone(page)) == 12
    expect(page.locator("#code .fold-next")).to_have_attribute(
        "aria-disabled", "true"
    )
    expect(button).to_have_text("By hand again")
    button.click()
    page.clock.run_for(10_000)
    assert gone(page) == []


def test_nothing_glides_where_motion_is_unwanted(visit):
    """All is folded in one go, and no line moves."""
    page = visit(reduced_motion="reduce")
    page.locator("#code .fold-next").click()
    assert page.locator("#code .glider").count() == 0
    page.locator("#code .fold-all").click()
    assert len(gone(page)) == 12


def test_a_number_lights_up_its_twin(visit):
    """Pointing at a line lights up its note, and the other way round."""
    page = visit()
    page.locator("#code .manual .line[data-fold='7']").hover()
    note = page.locator("#code .notes [data-fold='7']")
    expect(note).to_have_class("lit")
    page.locator("#code .notes [data-fold='8']").hover()
    expect(note).not_to_have_class("lit")
    lines = page.locator("#code .manual .line.lit")
    expect(lines).to_have_count(2)


def test_all_is_there_without_scripts(visit):
    """Numbers and notes are readable; there is no button that does nothing."""
    page = visit(java_script_enabled=False)
    expect(page.locator("#code .notes").first).to_be_visible()
    expect(page.locator("#code .fold-bar")).to_be_hidden()


CUT = """() => [...document.querySelectorAll(
  '#code .twin, #code .source-line, #code .notes')]
  .filter((node) => node.scrollWidth > node.clientWidth + 1
    && getComputedStyle(node).display !== 'inline')
  .map((node) => node.textContent.slice(0, 60))"""
WRAPPED = """() => [...document.querySelectorAll('#code .source-line')]
  .filter((node) => node.offsetHeight
    > 1.7 * parseFloat(getComputedStyle(node).lineHeight))
  .map((node) => node.textContent)"""


@pytest.mark.parametrize("width", [320, 380, 768, 1440])
def test_no_line_is_cut_off(visit, width):
    """Every line is seen whole; on a wide screen all stand in one line."""
    page = visit(width=width)
    assert page.evaluate(CUT) == []
    if width == 1440:
        assert page.evaluate(WRAPPED) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
