"""The quiz on mistakes, and the list of them: as text and in a browser."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

import pytest
import test_browser
from playwright.sync_api import expect
from quiz_report import RIGHT, WRONG, made, quiz_report
from test_page import HOSTILE

from compare.lessons.exhibits import exhibit, source_of
from compare.mistakes import CATALOGUE, THEMES, find
from compare.mistakes.observing import POINTS, observe
from compare.mistakes.patching import mutant_source
from compare.records.mistakes import LEVELS, LossCurve, Question, Raised
from compare.showing.language import speaker
from compare.showing.page import quiz
from compare.showing.page.curves import drawing
from compare.showing.page.render import page

ASKED = [mistake for mistake in CATALOGUE if mistake.quiz]
ENGLISH = speaker("en")


def cards(*reports):
    """Return the questions of a report with these mistakes."""
    found = quiz.questions(replace(quiz_report(()), mistakes=reports), ENGLISH)
    return found["cards"] if found else []


def test_the_quiz_is_varied():
    """12 to 15 questions: all levels, both sides, most themes, each kind."""
    assert 12 <= len(ASKED) <= 15
    assert {m.quiz for m in ASKED} == set(LEVELS)
    assert {m.kind for m in ASKED} == {"silent", "error", "slow"}
    assert (
        min([m.side for m in ASKED].count(s) for s in ("manual", "keras")) > 3
    )
    assert len({m.theme for m in ASKED}) >= 8


def test_easy_questions_come_first():
    """The levels rise from the first card to the last."""
    levels = [card["level"] for card in cards(*map(made, ASKED))]
    assert levels == sorted(levels, key=["easy", "medium", "hard"].index)


@pytest.mark.parametrize("mistake", ASKED, ids=lambda m: m.key)
def test_the_answers_are_what_the_patch_changes_against_difflib(mistake):
    """Its new lines, and those with text beside what it takes out."""
    right = source_of(exhibit(mistake.side, mistake.lesson)).splitlines()
    wrong = mutant_source(mistake).splitlines()
    texts = [n for n, line in enumerate(wrong, 1) if line.strip()]
    expected, belongs = set(), []
    matcher = difflib.SequenceMatcher(None, right, wrong)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        belongs += right[i:i_end] if tag != "equal" else []
        if tag in ("replace", "insert"):
            expected |= set(range(j + 1, j_end + 1))
        elif tag == "delete":
            expected |= {max(n for n in texts if n <= j)}
            expected |= {min(n for n in texts if n > j)}
    (card,) = cards(made(mistake))
    assert card["answers"] == sorted(expected)
    shown = [line for line in card["lines"] if line.number is None]
    assert [str(line.html.striptags()) for line in shown] == [
        " ".join(line.split()) for line in belongs
    ]
    numbers = {line.number for line in card["lines"]}
    assert expected <= numbers


def test_a_diff_that_says_nothing_is_not_asked():
    """A question needs a line that can be chosen."""
    report = made(ASKED[0])
    assert cards(report)
    for text in ("", "-a\n+b\n", "@@ -1,1 +900,1 @@\n-a\n+b"):
        assert not cards(replace(report, diff=text))
    assert not cards(replace(report, question=None))


def test_what_a_question_keeps_of_real_runs():
    """Both curves begin alike; a run that ends early, or not at all, shows."""
    keys = ["exhausted", "rebinding", "sum-for-mean"]
    reports = {r.mistake.key: r for r in observe(find(keys), rounds=0)}
    assert all(report.caught for report in reports.values())
    early = reports["exhausted"].question
    assert early.source == mutant_source(*find(["exhausted"]))
    assert (early.wrong.updates[-1], early.right.updates[-1]) == (6, 60)
    assert len(early.right.updates) <= POINTS
    assert early.wrong.losses == early.right.losses[:7]
    assert reports["rebinding"].question.wrong is None
    assert reports["rebinding"].question.right.losses[0] > 1
    summed = reports["sum-for-mean"].question
    assert summed.wrong.losses[-1] > 1e6 * summed.right.losses[-1]


CURVES = {
    "with the mistake the loss is 4 after": {"wrong": WRONG},
    "the same after every update": {"wrong": RIGHT},
    "no finite number from update 1": {
        "wrong": LossCurve((0, 1, 2), (1.0, float("nan"), 2.0))
    },
    "stops in update 2 with ValueError": {"wrong": None},
    "has no curve": {"wrong": WRONG, "right": None},
}


@pytest.mark.parametrize("said", CURVES)
def test_the_curves_say_what_they_show(said):
    """Equal, infinite and missing losses are told, never drawn as numbers."""
    report = made(ASKED[0])
    question = replace(report.question, **CURVES[said])
    raised = Raised("ValueError", "", 1) if question.wrong is None else None
    found = drawing(replace(report, question=question, raised=raised), ENGLISH)
    assert said in found["said"].replace("With", "with")
    paths = "".join(found["paths"].values())
    assert "nan" not in paths
    numbers = [float(n) for n in re.findall(r"[\d.]+", paths)]
    assert all(0 <= n <= 100 for n in numbers)


def test_every_theme_has_a_heading():
    """Every file of the catalogue is named on the page, and every mistake."""
    assert list(quiz.THEMES) == list(THEMES)
    text, _, _ = page([quiz_report()], "en").partition("<template")
    headings = re.findall(r"<h3>([^<]+) <span class=\"count\">(\d+)", text)
    assert sum(int(count) for _, count in headings) == len(CATALOGUE)
    assert len(headings) == len(THEMES)
    for mistake in CATALOGUE:
        assert f"compare mistakes {mistake.key} --run</code>" in text


def test_the_page_of_all_mistakes_is_small_and_shows_no_markup():
    """Under 1.5 MB; what stands in backticks is code, not a tag as text."""
    text = page([quiz_report()], "en")
    assert len(text.encode()) < 1.5e6
    for markup in ("&lt;code", "&lt;span", "&amp;#", "&amp;lt;"):
        assert markup not in text


def hostile():
    """Return a report in which every text of a mistake is an attack."""
    texts = dict.fromkeys(("title", "symptom", "why", "keras"), HOSTILE)
    attack = replace(
        ASKED[0], **texts, key=HOSTILE, theme=HOSTILE, lesson=HOSTILE,
        threads=(HOSTILE, 'javascript:"#1'),
    )  # fmt: skip
    source = f"# --- {HOSTILE}\nx = '{HOSTILE}'\n"
    report = replace(
        made(ASKED[0]),
        mistake=attack,
        diff=f"@@ -1,2 +1,2 @@\n # --- {HOSTILE}\n-{HOSTILE}\n+{HOSTILE}",
        question=Question(source, WRONG, RIGHT),
    )
    return replace(quiz_report(()), mistakes=(report,))


def test_hostile_mistakes_stay_texts():
    """No text of a report becomes an element, a script or another scheme."""
    text = page([hostile()], "en")
    assert "<script>hacked" not in text
    assert "&lt;script&gt;hacked" in text
    assert "\x1b" not in text
    links = re.findall(r'<a href="([^"#]+)', text)
    assert links
    assert all(link.startswith("https://github.com/") for link in links)


# --- In a browser


@pytest.fixture
def visit(browser, tmp_path):
    """Return a function that opens the page of some mistakes."""
    contexts, noise = [], []

    def open_page(report, width=1280, **options):
        path = tmp_path / "report.html"
        path.write_text(page([report], "en"), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        opened = context.new_page()
        opened.on("console", lambda message: noise.append(message.text))
        opened.on("pageerror", lambda error: noise.append(str(error)))
        opened.goto(path.as_uri())
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert noise == []


GROUNDS = ("faulty", "mended")
SUM, BATCH = find(["sum-for-mean", "fit-batch-size"])


def line(opened, number):
    """Return a line of the question that is shown."""
    shown = opened.locator(".question:not([hidden])")
    return shown.locator(f".pick[data-line='{number}']")


def test_the_wrong_line_is_found_after_a_hint(visit):
    """A miss is answered with the section; the right line with the answer."""
    opened = visit(quiz_report([SUM, BATCH]))
    first, second = opened.locator(".question").all()
    expect(first).to_be_visible()
    expect(second).to_be_hidden()
    said, answer = first.locator(".said"), first.locator("details")
    (right,) = cards(made(SUM))[0]["answers"]
    line(opened, 9).click()
    expect(said).to_contain_text("Line 9 is as it should be.")
    expect(said).to_contain_text("“Loss and update”")
    expect(answer).not_to_have_attribute("open", "")
    expect(first.locator(".belongs")).to_be_hidden()
    line(opened, right).click()
    expect(said).to_have_text(f"Line {right}: that is it.")
    expect(first.locator(".belongs")).to_contain_text("reduce_mean")
    expect(answer).to_contain_text(SUM.why)
    expect(answer.locator("a")).to_have_attribute("href", re.compile("18818"))
    score = opened.locator(".score")
    expect(score).to_have_text("Found: 1 of 2, 0 at the first try")


def test_the_score_counts_and_begins_again(visit):
    """First tries and shown answers are told apart; all can be done anew."""
    opened = visit(quiz_report([SUM, BATCH]))
    score = opened.locator(".score")
    (right,) = cards(made(SUM))[0]["answers"]
    line(opened, right).click()
    expect(score).to_have_text("Found: 1 of 2, 1 at the first try")
    opened.locator(".question:not([hidden]) .next").click()
    opened.locator(".question:not([hidden]) summary").click()
    expect(score).to_contain_text("Found: 1 of 2, 1 at the first try. All 2")
    line(opened, cards(made(BATCH))[0]["answers"][0]).click(force=True)
    expect(score).to_contain_text("Found: 1 of 2, 1 at the first try. All 2")
    opened.locator(".restart").click()
    expect(score).to_have_text("Found: 0 of 2, 0 at the first try")
    expect(opened.locator(".belongs:visible")).to_have_count(0)
    expect(opened.locator("details[open]")).to_have_count(0)
    line(opened, right).click()
    expect(score).to_have_text("Found: 1 of 2, 1 at the first try")


def test_a_gap_is_found_on_either_side(visit):
    """What is missing is asked for as such; the lines around it are right."""
    above, below = cards(made(BATCH))[0]["answers"]
    for number in (above, below):
        opened = visit(quiz_report([BATCH]))
        expect(opened.locator(".ask")).to_contain_text("missing")
        line(opened, number).click()
        expect(opened.locator(".said")).to_contain_text("the place")
        expect(opened.locator(".belongs")).to_contain_text("batch_size=")


def test_the_quiz_goes_by_keyboard_alone(visit):
    """Arrows move between the lines, Enter chooses, Tab leads to the next."""
    opened = visit(quiz_report([SUM, BATCH]))
    (right,) = cards(made(SUM))[0]["answers"]
    press = opened.keyboard.press
    opened.locator(".restart").focus()
    press("Enter")
    expect(opened.locator("h3").first).to_be_focused()
    press("Tab")
    expect(line(opened, 1)).to_be_focused()
    press("ArrowDown")
    expect(line(opened, 3)).to_be_focused()  # an empty line has no mistake
    press("End")
    press("Home")
    for _ in range(30):
        if line(opened, right).evaluate("n => n === document.activeElement"):
            break
        press("ArrowDown")
    press("Enter")
    expect(opened.locator(".said").first).to_contain_text("that is it")
    press("Tab")
    expect(opened.locator(".next").first).to_be_focused()
    press("Enter")
    heading = opened.locator(".question:not([hidden]) h3")
    expect(heading).to_be_focused()
    expect(heading).to_contain_text("Question 2 of 2")


def test_the_filter_finds_and_counts(visit):
    """Every word must occur; groups without a row vanish; none is lost."""
    opened = visit(quiz_report())
    field = opened.locator("input[type=search]")
    matches, rows = opened.locator(".matches"), opened.locator(".mistake")
    total = len(CATALOGUE)
    expect(matches).to_have_text(f"{total} of {total} mistakes")
    field.fill("Adam  BIAS correction")
    (wanted,) = find(["no-bias-correction"])
    visible = opened.locator(".mistake:visible")
    expect(visible.filter(has_text=wanted.title)).to_have_count(1)
    count = visible.count()
    assert 0 < count < 10
    expect(matches).to_have_text(f"{count} of {total} mistakes")
    counts = opened.locator(".theme:visible .count").all_inner_texts()
    assert sum(map(int, counts)) == count
    field.fill("no such mistake anywhere")
    expect(matches).to_have_text(f"0 of {total} mistakes")
    expect(opened.locator(".theme:visible")).to_have_count(0)
    field.fill("")
    expect(opened.locator(".mistake:visible")).to_have_count(rows.count())


def test_all_is_there_without_scripts(visit):
    """Every question, its code and its curves; answers fold out."""
    opened = visit(quiz_report(ASKED), java_script_enabled=False)
    for part in (".question", ".axes svg", ".listing pre", ".mistake"):
        shown = opened.locator(f"{part}:visible")
        expect(shown).to_have_count(len(ASKED))
    for part in (".quiz-bar", ".search", ".belongs", ".told"):
        expect(opened.locator(f"{part}:visible")).to_have_count(0)
    answer = opened.locator(".answer-of").first
    answer.locator("summary").click()
    expect(answer.locator("pre.diff")).to_be_visible()


def test_print_has_every_question(visit):
    """On paper all cards are there, and no control."""
    opened = visit(quiz_report(ASKED))
    expect(opened.locator(".question:visible")).to_have_count(1)
    opened.emulate_media(media="print")
    shown = opened.locator(".question:visible")
    expect(shown).to_have_count(len(ASKED))
    for part in (".quiz-bar", ".search", ".told"):
        expect(opened.locator(f"{part}:visible")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_is_wider_than_the_page(visit, width):
    """Long lines scroll inside their box, hostile ones too."""
    for report in (quiz_report(ASKED), hostile()):
        opened = visit(report, width)
        opened.locator(".question:not([hidden]) summary").click()
        opened.locator(".mistake summary").last.click()
        wide = opened.evaluate("document.documentElement.scrollWidth")
        assert wide == width


def test_hostile_mistakes_run_nothing(visit):
    """A script in a mistake's text is shown, before and after the answer."""
    opened = visit(hostile())
    opened.locator(".question summary").click()
    assert opened.evaluate("typeof hacked") == "undefined"
    attack = HOSTILE.partition("\x1b")[0]
    expect(opened.locator(".belongs")).to_contain_text(attack)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_suffices_on_marked_lines(visit, scheme):
    """Code on the grounds of wrong and right lines has 4.5 to 1."""
    opened = visit(quiz_report([SUM]), color_scheme=scheme)
    texts = [*test_browser.TEXTS.split(), "quiet"]
    pairs = [(text, ground) for text in texts for ground in GROUNDS]
    found = opened.evaluate(test_browser.CONTRASTS, pairs)
    weak = [p for p, c in zip(pairs, found, strict=True) if c < 4.5]
    assert weak == []
