"""The page's frame and the course, as text: list, words, files, errors."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from whole_report import whole_report

from compare.commands.main import main
from compare.records import UsageError, files
from compare.records.timing import Ratio
from compare.records.verdicts import Verdict
from compare.showing.language import speaker
from compare.showing.page.book import book, unique
from compare.showing.page.course import write_course
from compare.showing.page.render import page
from compare.showing.page.terms import GLOSSARY, with_terms
from compare.showing.page.told import TEXTS, told
from compare.showing.telling.lesson import tell_verdicts
from compare.showing.telling.speed import say_speed


@pytest.fixture(scope="module")
def shown(small_report):
    """Return what a page of two lessons shows first."""
    whole = [small_report, replace(whole_report(), lessons=())]
    return page(whole, "en").partition("<template")[0]


def test_every_id_is_there_once(shown):
    """No two elements of a page share an id, and every link has its goal."""
    ids = re.findall(r'\bid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))
    goals = set(re.findall(r'href="#([^"]+)"', shown))
    assert goals <= set(ids)


def test_a_page_has_one_title(shown):
    """The list has it; a lesson's own is below it."""
    assert shown.count("<h1") == 1
    assert shown.count('<h2 class="title"') == 2


def test_numbers_stand_in_the_file_once(small_report):
    """Scenes are outside of the languages, which share them."""
    text = page([small_report], "ko")
    assert text.count('id="learn-scene"') == 1
    assert text.index('id="learn-scene"') > text.rindex("</template>")


def test_a_lesson_in_two_reports_is_shown_once(small_report):
    """The later report counts; other data make it another lesson."""
    first = small_report.lessons[0]
    later = replace(first, title="Later")
    other = replace(first, data="other rows")
    reports = [
        small_report,
        replace(small_report, lessons=(later, other)),
    ]
    lessons = book(reports, speaker()).lessons
    assert [lesson.hero["title"] for lesson in lessons][::2] == [
        "Later",
        first.title,
    ]
    assert [lesson.name for lesson in lessons] == [
        "linear_regression",
        "minibatch",
        "linear_regression-2",
    ]


def test_names_of_files_are_plain_and_never_the_same():
    """Nothing leads out of the folder, nothing hides the list."""
    names = unique(["../a b", "index", "INDEX", "", "%2e"], ["index"])
    assert names == ["a-b", "index-2", "INDEX-3", "lesson", "2e"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_terms_are_explained_at_their_first_use(small_report, language):
    """Each term once a lesson, with its sentence, where it is used at all."""
    text = page([small_report], language).partition("<template")[0]
    lessons = text.split("<article")[1:]
    assert len(lessons) == 2
    for lesson in lessons:
        links = re.findall(r'class="term" href="#([^"]+)"', lesson)
        assert len(links) == len(set(links)) > 8
        assert set(links) == set(re.findall(r'<dt id="(word-[^"]+)"', lesson))


def test_terms_change_nothing_else():
    """Code, buttons and attributes stay, and so does all but the link."""
    html = (
        '<p title="a loss">Losses &amp; <code>loss</code> or loss.</p>'
        "<button>gradient</button><svg><path d='M0'/></svg><p>lossless<br>"
        "<em>tape</em></p>"
    )
    marked, words = with_terms(html, speaker(), "-1")
    link = '<a class="term" href="#word-loss-1">Losses</a>'
    assert marked == html.replace("Losses", link, 1)
    assert [word.term for word in words] == ["loss"]
    assert GLOSSARY["loss"] == words[0].sentence


def test_every_text_has_its_parts():
    """A lesson's text gives a sentence, exercises, and their solutions."""
    for path in TEXTS.glob("*.md"):
        for language in ("en", "ko"):
            text = told(path.stem, language)
            assert 10 < len(text.first.striptags()) < 300, path
            assert "<ol>" in text.exercises, path
            assert "<pre" in text.solutions, path
    assert told("../texts/adam", "en") is None


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (Ratio(87.8, 80.0, 95.0), "Keras is 88 times slower"),
        (Ratio(0.4, 0.35, 0.45), "Keras is 2.5 times faster"),
        (Ratio(1.02, 1.01, 1.03), "neither side is clearly faster"),
        (Ratio(1.0, 0.9, 1.1), "neither side is clearly faster"),
        (Ratio(1.2, 0.1, 9.0), "too busy to tell"),
    ],
)
def test_speed_is_said_in_words(ratio, said):
    """Which side is faster, and how many times, without a sign."""
    assert said in say_speed({"graph": ratio}, speaker())


def test_a_verdict_is_a_sentence_before_its_table(small_report):
    """Yes where all agree, the table folded; else no, and the table."""
    lesson = small_report.lessons[0]
    answer, folded, *_ = tell_verdicts(lesson, speaker())
    assert answer.text.startswith("Yes, in every mode (graph): every")
    assert folded.summary == "How exactly?"
    apart = Verdict("xla", "different", (), (20, 20))
    mixed = replace(lesson, verdicts=(*lesson.verdicts, apart))
    answer, table, *_ = tell_verdicts(mixed, speaker())
    assert answer.text == "No, not in every mode: see xla."
    assert len(table.rows) == 2


def test_solutions_are_folded(shown):
    """They stand behind a summary, below the exercises."""
    part = shown.partition('id="exercises"')[2].partition("</section>")[0]
    exercises, _, solutions = part.partition("<details")
    assert "<ol>" in exercises
    assert "<pre" not in exercises
    assert "<pre" in solutions


def test_a_course_has_its_files(small_report, tmp_path, capsys):
    """A list, a page per lesson and study; style and scripts once."""
    file = files.write_report(small_report, tmp_path)
    folder = tmp_path / "new" / "site"
    assert main(["course", str(file), "--out", str(folder)]) == 0
    found = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(found) == {
        "course.css", "course.js", "index.html", "ladder.html",
        "lessons.html", "linear_regression.html", "minibatch.html",
    }  # fmt: skip
    assert str(folder / "index.html") in capsys.readouterr().out
    for name, text in found.items():
        if name.endswith(".html"):
            goals = re.findall(r'(?:src|href)="([^"#?]+)', text)
            assert set(goals) <= set(found), name
            assert "class Chart" not in text
    assert 'href="minibatch.html"' in found["index.html"]
    assert 'rel="next"' in found["linear_regression.html"]
    assert len(found["minibatch.html"].encode()) < 0.25e6


def test_a_course_is_written_whole_or_not_at_all(
    small_report, tmp_path, monkeypatch
):
    """Where one file cannot be written, none is, and old ones stay."""
    (tmp_path / "index.html").write_text("old")
    written, write = [], files._written

    def full(path, content):
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        written.append(path)
        return write(path, content)

    monkeypatch.setattr(files, "_written", full)
    with pytest.raises(UsageError, match="No space left"):
        write_course([small_report], "en", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "old"


@pytest.mark.parametrize(
    ("content", "out", "said"),
    [
        (None, "site", "there is no file"),
        ("{}", "site", "cannot show"),
        ("[1]", "site", "not the JSON of a Report"),
    ],
)
def test_a_course_of_no_report_is_one_sentence(
    tmp_path, capsys, content, out, said
):
    """Exit code 2, one line, and nothing written."""
    path = tmp_path / "report.json"
    if content:
        path.write_text(content)
    site = tmp_path / out
    assert main(["course", str(path), "--out", str(site)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not site.exists()


def test_a_course_needs_a_folder_and_something_to_show(
    small_report, tmp_path, capsys
):
    """A file in the way, or reports without lessons, are told of."""
    bare = replace(small_report, lessons=(), ladder=None)
    file = files.write_report(bare, tmp_path)
    assert main(["course", str(file), "--out", str(file)]) == 2
    assert "cannot write to" in capsys.readouterr().err
    assert main(["course", str(file), "--out", str(tmp_path)]) == 2
    assert "no lesson and no study" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
