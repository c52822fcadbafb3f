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
    "Dropout", "Tab", "Shift", "Esc", "EarlyStopping",
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


def test_several_features_have_charts_of_their_own(visit, small_report):
    """Predicted against true, and the parameters by their columns."""
    page = visit(at="#lesson-minibatch")
    opening = page.locator(".opening").nth(1)
    chart = opening.locator("[data-chart=predictions] svg")
    before = chart.inner_html()
    opening.locator(".slider").focus()
    page.keyboard.press("End")
    assert chart.inner_html() != before
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
    expect(curves.locator(".legend svg > *")).to_have_count(2)
    assert "to be <or> not" in page.locator("#picture").text_content()


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
@pytest.mark.parametrize("name", ["en", "ko", "hostile"])
def test_all_has_its_room(visit, name, width):
    """Nothing is wider than the page, and no text in a chart on another."""
    for at in PLACES:
        page = visit(name, width, at=at)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert name == "hostile" or page.evaluate(OVERLAPS) == []


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


def test_print_has_every_line_and_note_and_no_control(visit):
    """On paper what was folded away is there again."""
    page = visit()
    page.locator("#code .fold-next").click()
    page.emulate_media(media="print")
    expect(page.locator("#code .notes").first).to_be_visible()
    line = page.locator("#code .line.gone .source-line").first
    expect(line).to_have_css("opacity", "1")
    for control in ("#learn .play", "#code .fold-bar", "#code .copy"):
        expect(page.locator(control).first).to_be_hidden()
