"""The page's frame in a real browser: lessons, languages, slides, paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from compare.showing.page.course import write_course

LINE, BATCHES = "#lesson-linear_regression", "#lesson-minibatch"


def open_lessons(page):
    """Return the ids of the lessons and lists that are to be seen."""
    return page.locator(".lesson:visible, .index:visible").evaluate_all(
        "found => found.map((node) => node.id)"
    )


def test_one_lesson_is_open_at_a_time(visit):
    """The list, a lesson, the next, and back, each with its title."""
    page = visit(at="")
    assert open_lessons(page) == ["index"]
    expect(page.locator("#growth")).to_be_visible()
    expect(page).to_have_title("Gradient twins")
    page.get_by_role("link", name="Fit a line").click()
    assert open_lessons(page) == [LINE[1:]]
    expect(page).to_have_title(re.compile("Fit a line.* · Gradient twins"))
    expect(page.locator(f"{LINE} h2").first).to_be_focused()
    expect(page.locator("#growth")).to_be_hidden()
    page.locator(f"{LINE} [rel=next]").click()
    assert open_lessons(page) == [BATCHES[1:]]
    assert page.locator(f"{BATCHES} [rel=next]").count() == 0
    page.go_back()
    assert open_lessons(page) == [LINE[1:]]
    page.go_back()
    assert open_lessons(page) == ["index"]


def test_an_address_opens_the_lesson_that_it_is_in(visit):
    """A section's address opens its lesson, and draws it."""
    page = visit(at="#learn-1")
    assert open_lessons(page) == [BATCHES[1:]]
    charts = page.locator("#learn-1 [data-chart=parameters] svg > *")
    expect(charts.first).to_be_attached()
    page = visit(at="#%E0%A4%A")  # a broken escape
    assert open_lessons(page) == ["index"]


def test_the_language_changes_and_the_place_stays(visit):
    """A link shows the other language where the reader was."""
    page = visit(at=BATCHES)
    page.locator(".language").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    assert open_lessons(page) == [BATCHES[1:]]
    expect(page.locator("#learn-1 .play")).to_have_text("재생")
    assert "lang=ko" in page.url
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    page.locator(".language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert open_lessons(page) == [BATCHES[1:]]


def test_slides_turn_by_keyboard_and_end_by_escape(visit):
    """One section at a time; a slider keeps its arrows."""
    page = visit()
    button = page.locator(".show-slides")
    button.focus()
    page.keyboard.press("Enter")
    at = page.locator(".slide-at")
    expect(at).to_contain_text("Slide 1 of ")
    page.keyboard.press("ArrowRight")
    expect(at).to_contain_text("What is this about?")
    expect(page.locator(".hero:visible, .part:visible")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    slider = page.locator("#learn .slider")
    slider.focus()
    before = slider.input_value()
    page.keyboard.press("ArrowLeft")
    assert slider.input_value() != before
    expect(at).to_contain_text("Slide 3 of ")
    expect(page).to_have_url(re.compile(r"\?slide=3#"))
    page.reload()
    expect(at).to_contain_text("Slide 3 of ")
    page.keyboard.press("Escape")
    expect(page.locator(".slide-bar")).to_be_hidden()
    expect(page.locator("#code")).to_be_visible()
    expect(page.locator(".show-slides")).to_be_focused()


@pytest.mark.parametrize("at", ["?only=size", "#only=size", "?only=learn-1"])
def test_a_section_can_stand_alone(visit, at):
    """Nothing else of the page is to be seen."""
    page = visit(at=at)
    expect(page.locator(".part:visible")).to_have_count(1)
    expect(page.locator(f"#{at.partition('=')[2]}")).to_be_visible()
    for other in (".frame", ".hero", ".contents", ".index"):
        expect(page.locator(f"{other}:visible")).to_have_count(0)


def test_the_address_keeps_what_scripts_set(visit):
    """What is set is in the address, and is there when it is opened."""
    page = visit(at=f"?rate=0.5{LINE}")
    assert page.evaluate("state.get('rate')") == "0.5"
    assert page.evaluate("state.get('nothing')") is None
    page.evaluate("state.set('rate', 0.25), state.set('other', 'a&b')")
    expect(page).to_have_url(re.compile(rf"rate=0.25&other=a%26b{LINE}$"))
    page.evaluate("state.set('rate', null), state.set('other', null)")
    expect(page).to_have_url(re.compile(rf"html{LINE}$"))


def test_a_word_is_explained_beside_it(visit):
    """By keyboard: it opens, stays on the screen, and closes by Escape."""
    for width in (320, 1280):
        page = visit(width=width)
        term = page.locator(f"{LINE} a.term").last
        term.focus()
        page.keyboard.press("Enter")
        note = page.locator(".note")
        expect(note).to_contain_text(": ")
        box = note.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert term.get_attribute("aria-expanded") == "true"
        page.keyboard.press("Escape")
        expect(note).to_be_hidden()
        expect(term).to_be_focused()


def test_without_scripts_everything_is_there(visit):
    """Lessons stand one after the other, words at their end."""
    page = visit(at="", java_script_enabled=False)
    assert open_lessons(page) == ["index", LINE[1:], BATCHES[1:]]
    expect(page.locator("h1:visible")).to_have_count(1)
    for name in ("#code", "#learn-1", "#words", "#growth"):
        expect(page.locator(name)).to_be_visible()
    for name in (".show-slides", ".language", ".slide-bar"):
        expect(page.locator(name)).to_be_hidden()


def test_a_printed_lesson_is_two_pages(visit):
    """Opening, code, proof, sizes and words; no control, nothing folded."""
    page = visit()
    page.emulate_media(media="print")
    for name in ("#code", "#same", "#size", "#words"):
        expect(page.locator(name)).to_be_visible()
    for name in ("#speed", "#exercises", ".frame", ".contents", "#method"):
        expect(page.locator(name).first).to_be_hidden()
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2


def test_landmarks_have_names_of_their_own(visit):
    """No two regions or lists of links that are open share a name."""
    for at in ("", LINE):
        page = visit(at=at)
        names = page.locator("section:visible, nav:visible").evaluate_all(
            """found => found.map((node) => node.ariaLabel ?? document
              .getElementById(node.getAttribute("aria-labelledby"))
              .textContent)"""
        )
        assert len(names) == len(set(names))


def test_what_scrolls_sideways_takes_the_focus(visit):
    """On a phone every such box, or something in it, can be reached."""
    for at in ("", LINE, BATCHES):
        page = visit(width=380, at=at)
        stuck = page.evaluate(
            """() => [...document.querySelectorAll("main *")].filter((node) =>
              node.scrollWidth > node.clientWidth + 1
              && ["auto", "scroll"].includes(getComputedStyle(node).overflowX)
              && node.tabIndex < 0 && !node.closest("[hidden], textarea"))
              .map((node) => node.outerHTML.slice(0, 80))"""
        )
        assert stuck == []


def test_a_course_works_from_a_double_click(browser, small_report, tmp_path):
    """Files beside each other, moved to by links, in the chosen language."""
    write_course([small_report], "en", tmp_path)
    noise = []
    page = browser.new_page()
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.goto((tmp_path / "index.html").as_uri())
    page.locator(".language").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    page.locator(".card a").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("#learn [data-chart=loss] svg")).to_be_visible()
    page.locator("[rel=next]").click()
    assert "minibatch.html" in page.url
    page.locator(".frame a").first.click()
    expect(page.locator(".card")).to_have_count(2)
    page.close()
    assert noise == []
