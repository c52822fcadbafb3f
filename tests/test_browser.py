"""The page in a real browser: it works, stays put, and asks for nothing."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import expect
from test_page import HOSTILE
from whole_report import whole_report

from compare.lessons.problems import LESSONS

WIDTHS = (320, 768, 1280)  # 320 is a phone, and 640 at 200 %
PLACES = ("", "#lesson-linear_regression", "#lesson-minibatch")
UNDONE = re.compile(r"[A-Za-z][a-z]{2,}")
NAMES = {
    "Tensor", "Flow", "Keras", "Num", "Python", "Linux", "Dense", "Adam",
    "Dropout", "Tab", "Esc", "EarlyStopping",
    "eager", "graph", "xla", "float", "kernel", "bias", "gzip", "fit",
    "compile", "mse", "bill", "length", "depth", "flipper", "body", "mass",
    "way", "long", "name", "scikit", "learn", "Torch", "fori", "jit",
    "Regressor", "tape", "jax",
    *(word for lesson in LESSONS for word in lesson.split("_")),
}  # fmt: skip
"""Names that stay as they are in every language."""

MADE_UP = {
    "why", "something", "function", "train", "not", "installed", "sklearn",
    "process", "died", "round",
    "matrix", "one", "down", "across", "curve", "line", "dots", "text",
}  # fmt: skip
"""Data of the made-up report: reasons, and titles in no catalogue."""


def drawn(page, stage, chart):
    """Return what moves in a chart of the first lesson."""
    box = page.locator(f"{stage} [data-chart={chart}]").first
    return box.locator("svg").inner_html()


def test_the_slider_moves_all_charts_together(visit):
    """Line, path and loss follow one slider, and the readout tells it."""
    page = visit()
    stage = "#learn"
    before = [drawn(page, stage, c) for c in ("line", "path", "loss")]
    slider = page.locator(f"{stage} .slider")
    slider.focus()
    page.keyboard.press("Home")
    after = [drawn(page, stage, c) for c in ("line", "path", "loss")]
    assert all(a != b for a, b in zip(before, after, strict=True))
    readout = page.locator(f"{stage} .readout")
    expect(readout).to_contain_text("Update 0 of 20")
    page.keyboard.press("End")
    expect(readout).to_contain_text("Update 20 of 20")
    expect(readout).to_contain_text("0 ULP")
    assert slider.get_attribute("aria-valuetext") == readout.inner_text()
    page.keyboard.press("ArrowLeft")
    expect(readout).to_contain_text("Update 19 of 20")


def test_several_features_have_charts_of_their_own(visit, small_report):
    """Predicted against true, and the parameters by their columns."""
    page = visit(at="#learn-1")
    before = drawn(page, "#learn-1", "predictions")
    page.locator("#learn-1 .slider").focus()
    page.keyboard.press("Home")
    assert drawn(page, "#learn-1", "predictions") != before
    names = page.locator("#learn-1 [data-chart=parameters] text")
    columns = small_report.lessons[1].scaling.features
    expect(names.filter(has_text=columns[2])).to_have_count(1)


def test_a_picture_is_drawn_pixel_by_pixel(visit):
    """Shades with names at their axes, a line, and a dot that stands alone."""
    page = visit()
    images = page.locator(".stage.images").first
    shades = images.locator(".pixel").evaluate_all(
        "pixels => pixels.map((p) => +p.getAttribute('fill-opacity'))"
    )
    assert shades == [0.25, 0.5, 1]
    words = images.locator("text").all_text_contents()
    assert set(words) == {"one", "a", "b", "c", "d", "down", "across"}
    curves = page.locator(".stage.curves").first
    expect(curves.locator("path.course")).to_have_count(1)
    expect(curves.locator("circle.marker")).to_have_count(1)
    assert "to be <or> not" in page.locator("#picture").text_content()


def test_play_runs_to_the_end_and_can_be_paused(visit):
    """The button starts, pauses, and comes back at the end."""
    page = visit()
    button = page.locator("#learn .play")
    slider = page.locator("#learn .slider")
    page.clock.install()
    button.click()
    expect(button).to_have_text("Pause")
    page.clock.run_for(3000)
    button.click()
    expect(button).to_have_text("Play")
    paused = int(slider.input_value())
    assert 0 < paused < 20
    page.clock.run_for(3000)
    assert int(slider.input_value()) == paused
    button.click()
    page.clock.run_for(10_000)
    assert int(slider.input_value()) == 20
    expect(button).to_have_text("Play")


def test_reduced_motion_is_honoured(visit):
    """Where motion is unwanted the button makes one step, and stops."""
    page = visit(reduced_motion="reduce")
    button = page.locator("#learn .play")
    expect(button).to_have_text("Next step")
    for step in ("0", "1"):  # it began at the end
        button.click()
        assert page.locator("#learn .slider").input_value() == step
    page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    assert page.locator("#learn .slider").input_value() == "1"


def test_a_section_lights_up_its_twin(visit):
    """By keyboard and by pointer: both sides, and what Keras wrote."""
    page = visit()
    rows = page.locator("#code .twin-row")
    inspector = page.locator("#code .inspector")
    expect(inspector).to_be_hidden()
    page.locator("#code .copy").last.focus()
    for _ in range(3):
        page.keyboard.press("Tab")  # two twins of the imports, then the model
    expect(rows.nth(1)).to_have_class("twin-row lit")
    rows.nth(2).locator(".twin.keras").hover()
    expect(rows.nth(2)).to_have_class("twin-row lit")
    expect(rows.nth(1)).to_have_class("twin-row")
    expect(inspector).to_contain_text("forward pass")
    expect(inspector).to_contain_text("y_pred")
    colours = {
        rows.nth(2).locator(f".twin.{side}").evaluate(
            "node => getComputedStyle(node).borderTopColor"
        )
        for side in ("manual", "keras")
    }  # fmt: skip
    assert len(colours) == 1


def test_copy_copies_the_source(visit, small_report):
    """A button copies a file to the letter; else it is selected."""
    page = visit()
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: {writeText: "
        "async (text) => { window.taken = text; }}})"
    )
    button = page.locator("#code .copy[data-side=manual]")
    button.click()
    expect(button).to_contain_text("Copied")
    source = small_report.lessons[0].sources["manual"]
    assert page.evaluate("window.taken") == source
    page.evaluate(
        "void (navigator.clipboard.writeText = () => Promise.reject())"
    )
    page.locator("#code .copy[data-side=keras]").click()
    expect(page.locator("#code .source[data-side=keras]")).to_be_focused()


def test_the_explorer_tells_what_a_rate_does(visit):
    """From far too small to overshooting, in words; the limit is marked."""
    page = visit()
    slider, words = (
        page.locator(f"#rates {name}") for name in (".slider", ".words")
    )
    assert int(slider.get_attribute("max")) >= 24
    expect(page.locator("#rates .readout")).to_contain_text("0.01")
    slider.focus()
    page.keyboard.press("Home")
    expect(words).to_contain_text("Far too small")
    before = drawn(page, "#rates", "path")
    page.keyboard.press("End")
    expect(words).to_contain_text("Overshoots")
    assert drawn(page, "#rates", "path") != before
    expect(page.locator("#rates [data-chart=ends]")).to_contain_text("0.08452")


@pytest.mark.parametrize("name", ["en", "ko", "hostile"])
def test_nothing_is_wider_than_the_page(visit, name):
    """No sideways scrolling, from a phone to a desktop, nor at 200 %."""
    for width, at in itertools.product(WIDTHS, PLACES):
        page = visit(name, width, at=at)
        assert page.evaluate("document.documentElement.scrollWidth") == width


OVERLAPS = """() => {
const charts = [...document.querySelectorAll('.chart svg')];
return charts.flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')]
    .filter(text => text.textContent)
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], n) => boxes.slice(n + 1)
    .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1
      && a.top < b.bottom - 2 && b.top < a.bottom - 2)
    .map(([other]) => `${one} / ${other}`));
});
}"""


@pytest.mark.parametrize("width", WIDTHS)
def test_labels_never_overlap(visit, width):
    """In no chart does a text lie on another, in either language."""
    for name, at in itertools.product(("en", "ko"), PLACES):
        assert visit(name, width, at=at).evaluate(OVERLAPS) == []


@pytest.mark.parametrize(("width", "keyed"), [(380, True), (1280, False)])
def test_growth_names_every_line(visit, width, keyed):
    """Each variant has markers and a label: its name, or a number."""
    page = visit("en", width, at="#growth")
    stage = page.locator("#growth .stage").first
    growth = whole_report().growth
    names = [variant.name for variant in growth.variants]
    expect(stage.locator(".chart .course")).to_have_count(len(names))
    expect(stage.locator(".ways")).to_be_visible(visible=keyed)
    label = str(len(names)) if keyed else names[-1]
    expect(stage.locator(".chart svg")).to_contain_text(label)


def test_a_wide_table_can_be_scrolled_by_keyboard(visit):
    """What is wider than the page takes the focus, and shows it."""
    page = visit("en", 320, at="#growth")
    table = page.locator("#growth .scroll").first
    table.focus()
    expect(table).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(table).to_have_css("outline-style", "solid")


def test_hostile_texts_stay_texts(visit):
    """A script in a column's name or in a source is shown, not run."""
    page = visit("hostile")
    assert page.evaluate("typeof hacked") == "undefined"
    attack = HOSTILE.partition("\x1b")[0]
    expect(page.locator("h1").first).to_contain_text(attack)
    expect(page.locator("#code .twin.keras").last).to_contain_text(attack)


def test_no_english_is_left_on_the_korean_page(visit):
    """All that is not code or data is Korean, labels for readers too."""
    page = visit("ko")
    assert page.locator("html").get_attribute("lang") == "ko"
    text = page.evaluate(
        """() => {
          for (const data of document.querySelectorAll(
            'code, pre, samp, textarea, script, style, template, [lang=en]'
          )) data.remove();
          const said = [document.title];
          for (const node of document.querySelectorAll('[aria-label]')) {
            said.push(node.getAttribute('aria-label'));
          }
          const texts = document.createTreeWalker(document.body, 4);
          while (texts.nextNode()) said.push(texts.currentNode.data);
          return said.join(' ');
        }"""
    ).replace("Gradient twins", "")
    assert set(UNDONE.findall(text)) - NAMES - MADE_UP == set()


def test_all_can_be_named_and_reached(visit):
    """Charts, sliders and buttons have names; headings are in order."""
    page = visit(at="")
    unnamed = page.evaluate(
        """() => {
          const named = (node) => node.getAttribute('aria-label')
            || node.textContent.trim()
            || node.labels?.[0]?.textContent.trim();
          return [...document.querySelectorAll('svg[role=img],input,button')]
            .filter(node => !named(node)).length;
        }"""
    )
    assert unnamed == 0
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()


CONTRASTS = """(pairs) => {
  const probe = document.body.appendChild(document.createElement('i'));
  const light = (name) => {
    probe.style.color = `var(--${name})`;
    const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g)
      .map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return pairs.map(([one, other]) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  });
}"""
TEXTS = "ink quiet link good bad keyword string number comment function"
GROUNDS = ("paper", "card", "sunk", "lit")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_suffices(visit, scheme):
    """Texts 4.5 to 1, lines and marks 3 to 1, in light and dark."""
    page = visit(color_scheme=scheme)
    pairs = [(text, g) for text in TEXTS.split() for g in GROUNDS]
    found = page.evaluate(CONTRASTS, pairs)
    weak = [p for p, c in zip(pairs, found, strict=True) if c < 4.5]
    assert weak == []
    edge = "casing" if scheme == "light" else "keras"
    marks = [(m, "card") for m in ("manual", edge, "lit-edge", "contour")]
    assert min(page.evaluate(CONTRASTS, marks)) >= 3


def test_print_shows_what_the_pointer_would(visit):
    """On paper every note on Keras is there, and no control."""
    page = visit()
    notes = page.locator("#code .wrote")
    expect(notes.first).to_be_hidden()
    page.emulate_media(media="print")
    expect(notes.first).to_be_visible()
    expect(page.locator("#learn .play")).to_be_hidden()
