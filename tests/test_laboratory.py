"""The laboratory: what the browser computes is what TensorFlow computed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from compare.showing.language import speaker
from compare.showing.page.laboratory import laboratory
from compare.showing.page.render import page as page_of

LAB = "#laboratory"
PROOF, WORDS, WRONG, READOUT = (
    f"{LAB} .{name}" for name in ("proof", "words", "wrong", "readout")
)
RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
SCENE = re.compile(r'(id="laboratory-scene">)(.*?)(</script>)', re.S)


def number(shown):
    """Read a number as pages show it: 1.2·10⁻⁷, 10⁻⁷, −0.5."""
    plain = shown.replace("−", "-")
    found = re.fullmatch(r"(?:([-\d.]+)·)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", plain)
    if not found:
        return float(plain)
    exponent = found[2].translate(str.maketrans(RAISED, "-0123456789"))
    return float(f"{found[1] or 1}e{exponent}")


def stated(page):
    """Return the largest difference that the page states, 0 for none."""
    text = page.locator(PROOF).inner_text()
    if "the same bits" in text:
        return 0.0
    return number(re.search(r"computes is ([^,]+),", text)[1])


def test_the_browser_computes_what_tensorflow_computed(visit, small_report):
    """At no recorded rate is the difference larger than is stated."""
    page = visit(reduced_motion="reduce")
    made = page.evaluate(
        """() => {
          const scene = JSON.parse(
            document.getElementById('laboratory-scene').textContent);
          const descent = new Descent(scene);
          return scene.tried.map((run) =>
            descent.path(run.rate, run.manual[0], scene.updates));
        }"""
    )
    largest = 0.0
    pairs = small_report.lessons[0].rate_pairs
    for (run, _), path in zip(pairs, made, strict=True):
        real = np.stack(
            [run.parameters[n].ravel() for n in ("kernel", "bias")], axis=1
        )
        size = np.maximum.accumulate(np.abs(real).max(axis=1))[:, None]
        largest = max(largest, float((np.abs(real - path) / size).max()))
    assert stated(page) == pytest.approx(largest, rel=0.02)
    assert largest < 1e-5  # rounding, grown by 100 updates; 0 in order


def test_a_run_that_was_changed_makes_the_difference_grow(visit, files):
    """A recorded number that is another by 1 % is found, with its rate."""
    text = files["en"].read_text(encoding="utf-8")
    scene = json.loads(SCENE.search(text)[2])
    scene["tried"][7]["manual"][40][0] *= 1.01
    planted = SCENE.sub(
        lambda m: m[1] + json.dumps(scene) + m[3], text, count=1
    )
    files["planted"] = files["en"].with_name("planted.html")
    files["planted"].write_text(planted, encoding="utf-8")
    page = visit("planted")
    assert stated(page) == pytest.approx(0.01, rel=0.1)
    rate = f"{scene['tried'][7]['rate']:.4g}"
    expect(page.locator(PROOF)).to_contain_text(f"learning rate {rate}")


def test_the_words_hold_the_numbers_of_the_run(visit, small_report):
    """Share and distance at a recorded rate are those of its record."""
    page = visit(reduced_motion="reduce")
    lesson = small_report.lessons[0]
    run = lesson.rate_pairs[11][0]
    page.locator(f"{LAB} .recorded").select_option("11")
    share = float(
        re.search(r"updates ([\d.]+)%", page.locator(WORDS).inner_text())[1]
    )
    least = lesson.points.least_loss
    wanted = (run.losses[-1] - least) / (run.losses[0] - least)
    assert share == pytest.approx(100 * wanted, rel=0.06)
    factor = 1 - run.rate * lesson.theory.largest_curvature
    side = "same side" if factor > 0 else "other side"
    expect(page.locator(f"{WORDS} p").nth(1)).to_contain_text(side)
    expect(
        page.locator(f"{LAB} [data-chart=path] .real").first
    ).to_be_visible()


@pytest.mark.parametrize("share", [1.02, 1.3])
def test_a_rate_above_the_limit_overshoots_and_its_axis_follows(visit, share):
    """Every update shown lies in the chart, far apart, whatever its size."""
    page = visit(reduced_motion="reduce")
    limit = page.evaluate(
        "new Descent(JSON.parse(document.getElementById('laboratory-scene')"
        ".textContent)).limit"
    )
    field = page.locator(f"{LAB} .typed")
    field.fill(str(share * limit))
    field.press("Enter")
    expect(page.locator(WORDS)).to_contain_text("Too large")
    expect(page.locator(WORDS)).to_contain_text("changed sides 100 times")
    for count in ("3", "9", "100"):
        page.locator(f"{LAB} .shown").fill(count)
        svg = page.locator(f"{LAB} [data-chart=path] svg").bounding_box()
        dots = page.locator(f"{LAB} [data-chart=path] .step")
        expect(dots).to_have_count(int(count) + 1)
        centres = dots.evaluate_all(
            "all => all.map((dot) => +dot.getAttribute('cx'))"
        )
        assert min(centres) >= 50
        assert max(centres) <= svg["width"]
        assert max(centres) - min(centres) > svg["width"] / 2
    ends = page.locator(f"{LAB} [data-chart=ends]")
    expect(ends).to_contain_text("↑")
    expect(ends.locator(".chosen.beyond")).to_have_count(1)


@pytest.mark.parametrize("typed", ["abc", "", "-1", "1e9", "0"])
def test_what_is_no_rate_gets_a_sentence(visit, typed):
    """What was typed is quoted, the rate stays; a rate takes it away."""
    page = visit(reduced_motion="reduce")
    before = page.locator(READOUT).inner_text()
    field = page.locator(f"{LAB} .typed")
    field.fill(typed)
    field.press("Enter")
    expect(page.locator(WRONG)).to_contain_text(f"“{typed}”")
    assert page.locator(READOUT).inner_text() == before
    field.fill("0.02")
    field.press("Enter")
    expect(page.locator(WRONG)).to_be_hidden()
    expect(page.locator(READOUT)).to_contain_text("Learning rate 0.02,")


def test_all_works_by_keyboard(visit):
    """Rate, updates, start and data, one after another, without a pointer."""
    page = visit(reduced_motion="reduce")
    readout = page.locator(READOUT)
    page.locator(f"{LAB} .slider").focus()
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("Learning rate 0.0101,")
    page.locator(f"{LAB} .share").first.focus()
    page.keyboard.press("Enter")
    expect(readout).to_contain_text("Learning rate 8.45·10⁻⁵")
    page.locator(f"{LAB} .shown").focus()
    page.keyboard.press("Home")
    expect(readout).to_contain_text("after update 0")
    page.locator(f"{LAB} .play").press("Enter")
    expect(readout).to_contain_text("after update 1 ")
    page.locator(f"{LAB} .hand").first.focus()
    page.keyboard.press("Home")
    page.locator(f"{LAB} .shown").fill("0")
    expect(readout).to_contain_text("w is 0.1 ")
    page.locator(f"{LAB} .again").press("Enter")
    page.locator(f"{LAB} .shown").fill("0")
    expect(readout).to_contain_text("w is 0.7 ")


def test_moved_data_move_the_limit(visit):
    """The limit is 2 over the largest eigenvalue for these points."""
    page = visit(reduced_motion="reduce")
    point = page.get_by_role("slider", name="Point 5")
    point.focus()
    page.keyboard.press("ArrowRight")
    expect(point).to_be_focused()
    x = np.array([1, 2, 3, 4, 5 + 6.4 / 60])  # a 60th of what is drawn
    design = np.stack([x, np.ones(5)], axis=1)
    limit = 2 / np.linalg.eigvalsh(2 * design.T @ design / 5)[-1]
    expect(page.locator(READOUT)).to_contain_text(f"limit {limit:.4g};")
    expect(page.locator(f"{LAB} [data-chart] .real")).to_have_count(0)
    page.locator(f"{LAB} .again").press("Enter")
    expect(page.locator(READOUT)).to_contain_text("limit 0.08452;")


def test_a_click_on_the_map_chooses_a_rate(visit):
    """Near a recorded rate that one, so that its run is shown."""
    page = visit(reduced_motion="reduce")
    ring = page.locator(f"{LAB} [data-chart=ends] path.real").nth(3)
    ring.scroll_into_view_if_needed()
    box = ring.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 4)
    expect(page.locator(f"{LAB} .recorded")).to_have_value("3")


def test_the_table_tells_both_directions(small_report):
    """Losses, what is left, distances, and what an update leaves of each."""
    lesson = small_report.lessons[0]
    rows = laboratory(lesson, speaker())["rows"]
    limit = lesson.theory.largest_learning_rate
    assert len(rows) == len(lesson.rate_pairs)
    for row, (run, _) in zip(rows, lesson.rate_pairs, strict=True):
        factor = 1 - run.rate * lesson.theory.largest_curvature
        assert number(row[1]) == pytest.approx(run.losses[-1], rel=0.01)
        assert number(row[4]) == pytest.approx(factor, abs=1e-4)
        assert (row[5] == "never") == (run.rate > 0.9999 * limit)
        assert row[7] != "never"
    best = min(rows, key=lambda row: number(row[1]))
    assert number(best[2].rstrip("%")) < 0.01
    assert number(best[4]) == pytest.approx(-0.9, abs=0.01)


def test_where_a_direction_is_done(small_report):
    """The update that is told is the first at which a hundredth is left."""
    lesson = small_report.lessons[0]
    for row in laboratory(lesson, speaker())["rows"]:
        for factor, updates in (row[4:6], row[6:8]):
            count = updates.replace(",", "")
            if count.isdigit() and int(count) < 100:
                left = abs(number(factor)) ** np.array(
                    [int(count), int(count) - 1]
                )
                assert left[0] <= 0.0102
                assert left[1] > 0.0098 or count == "1"


def test_without_all_rows_the_hessian_stands_for_them(visit, small_report):
    """Where rows are left out the path is the theory's, to rounding."""
    page = visit(reduced_motion="reduce")
    made = page.evaluate(
        """() => {
          const scene = JSON.parse(
            document.getElementById('laboratory-scene').textContent);
          const some = { ...scene, whole: false,
            x: scene.x.slice(2), y: scene.y.slice(2) };
          return new Descent(some).path(0.01, scene.tried[0].manual[0], 100);
        }"""
    )
    (run,) = (
        manual
        for manual, _ in small_report.lessons[0].rate_pairs
        if manual.rate == np.float32(0.01)
    )
    ends = [float(run.parameters[n].ravel()[-1]) for n in ("kernel", "bias")]
    assert made[-1] == pytest.approx(ends, abs=1e-5)


def test_a_page_of_one_lesson_stays_small(small_report):
    """Under 0.7 MB in both languages, with every recorded run."""
    one = replace(small_report, lessons=small_report.lessons[:1])
    assert len(page_of([one], "en").encode()) < 7e5
