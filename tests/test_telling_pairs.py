"""What is told of pairs, mistakes, the ladder, baselines and overviews."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
import whole_report

from compare.lessons.problems import LESSONS
from compare.mistakes import CATALOGUE
from compare.records import LANGUAGES, MEASURES, SIDES
from compare.records.baseline import Change, Comparison
from compare.records.diagnosis import Cause, Diagnosis, Stage
from compare.records.mistakes import KINDS, MistakeReport, Raised
from compare.records.note import Note, note
from compare.records.pairs import UNROLLED, Costs, OwnPair, SideCost
from compare.records.report import Report
from compare.records.score import PairScore, Score
from compare.records.timing import Paired, Ratio
from compare.records.verdicts import Verdict
from compare.showing import catalogue
from compare.showing.blocks import (
    Bars,
    Cell,
    Code,
    Details,
    Facts,
    Heading,
    Paragraph,
    Section,
    Table,
)
from compare.showing.language import Speaker, speaker
from compare.showing.telling.baseline import tell_comparison
from compare.showing.telling.ladder import tell_ladder
from compare.showing.telling.mistakes import (
    index_sections,
    mistake_sections,
    seen_sections,
    tell_mistakes,
)
from compare.showing.telling.overview import overview
from compare.showing.telling.pair import tell_costs, tell_pair
from compare.showing.telling.score import tell_score
from compare.studies.baseline import compare
from compare.studies.ladder import by_size, ladder

ENGLISH = speaker("en")
HOSTILE = "[bold]{x}[/bold] <script>"


def flat(found):
    """Return all blocks of blocks or sections, folded ones among them."""
    blocks = []
    for item in found:
        blocks += [item, *flat(getattr(item, "blocks", ()))]
    return blocks


def of(kind, found):
    """Return the blocks of a kind."""
    return [block for block in flat(found) if isinstance(block, kind)]


def rows(table):
    """Return what the fields of a table hold."""
    return [
        [cell.text if isinstance(cell, Cell) else cell for cell in row]
        for row in table.rows
    ]


def prose(found):
    """Return the paragraphs as one text."""
    return "\n".join(block.text for block in of(Paragraph, found))


class Listening(Speaker):
    """Remembers every text that it was asked to translate."""

    def __init__(self, language):
        super().__init__(language)
        self.heard = set()

    def gettext(self, text):
        self.heard.add(text)
        return super().gettext(text)


# --- Mistakes


def made(**changes):
    """Return the report of a silent mistake with other fields."""
    return replace(whole_report.mistakes()[0], **changes)


def test_the_index_has_every_mistake_under_its_kind():
    """A row each, with the file that it is made in, and the way to see it."""
    sections = index_sections(CATALOGUE, ENGLISH)
    by_kind = {section.name: section for section in sections}
    for kind in KINDS:
        (table,) = of(Table, [by_kind[kind]])
        keys = [key for key, *_ in rows(table)]
        assert keys == [m.key for m in CATALOGUE if m.kind == kind]
        for _, file, title in rows(table):
            assert file.endswith(".py")
            assert title
    assert f"{len(CATALOGUE)} mistakes" in prose(sections)


@pytest.mark.parametrize("mistake", CATALOGUE[::20], ids=lambda m: m.key)
def test_a_mistake_is_told_whole(mistake):
    """Its patch, what one sees, why, what is right, and its threads."""
    found = mistake_sections([mistake], ENGLISH)
    (details,) = of(Details, found)
    assert mistake.key in details.summary
    assert mistake.title in details.summary
    (code,) = of(Code, found)
    assert code.kind == "diff"
    assert code.text.startswith("@@")
    (facts,) = of(Facts, found)
    told = [text for _, text in facts.items]
    for text in (mistake.symptom, mistake.why, mistake.keras):
        assert text in told
    for thread in mistake.threads:
        assert any(thread.rpartition("#")[2] in text for text in told)


def test_mistakes_that_were_made_stand_under_their_kind():
    """A heading and folded blocks each; what was seen is among the facts."""
    reports = whole_report.mistakes()
    found = tuple(tell_mistakes(reports, ENGLISH))
    assert len(of(Heading, found)) == len(of(Details, found)) == len(reports)
    silent, error, slow = (dict(f.items).values() for f in of(Facts, found))
    assert any("kernel 0.5" in text for text in silent)
    assert any("they part" in text for text in silent)
    assert any("ValueError" in t and "update 2" in t for t in error)
    assert any("2 (1.5 to 2.5) times as long" in text for text in slow)
    assert any("12 times" in text or "12 updates" in text for text in slow)
    assert "Caught: 3 of 3." in prose(found)


@pytest.mark.parametrize("in_full", [True, False])
def test_a_mistake_that_escapes_stands_out(in_full):
    """It is marked as bad where it stands and in the sum."""
    report = replace(
        whole_report.whole_report(), mistakes=(made(caught=False), made())
    )
    found = seen_sections(report, in_full, ENGLISH)
    assert of(Paragraph, found)[-1].tone == "bad"
    assert "Caught: 1 of 2." in prose(found)
    assert "TensorFlow 2.21" in prose(found)
    if in_full:
        tones = [details.tone for details in of(Details, found)]
    else:
        (table,) = of(Table, found)
        tones = [caught.tone for _, caught, *_ in table.rows]
    assert tones[0] == "bad" != tones[1]


PARTED = whole_report.PARTS_APART
BRIEFLY = {
    "the exception": (
        made(raised=Raised("TypeError", "no", 3)),
        "4",
        "TypeError",
    ),
    "the ratio": (
        replace(whole_report.mistakes()[2], ratio=Ratio(3.0, None, None)),
        "",
        "3 times as long per update",
    ),
    "the counts": (
        made(verdict=replace(PARTED, updates=(9, 7), divergence=None)),
        "8",
        "9 updates by hand, 7 in Keras",
    ),
    "the size": (made(), "2", "kernel: off by 0.5"),
    "the first update": (
        made(
            verdict=replace(
                PARTED, divergence=replace(PARTED.divergence, step=1)
            )
        ),
        "1",
        "first update: kernel 0.5 of the right one",
    ),
    "why not": (made(caught=False), "2", "they part."),
    "nothing": (
        MistakeReport(replace(made().mistake, kind="error"), "-a", False),
        "",
        "Nothing was raised.",
    ),
    "a broken run": (
        MistakeReport(
            replace(made().mistake, kind="error"),
            "-a",
            False,
            broken=(note("it broke: {reason}.", reason="killed"),),
        ),
        "",
        "it broke: killed.",
    ),
}


@pytest.mark.parametrize("what", BRIEFLY)
def test_a_line_has_the_shortest_telling_fact(what):
    """And the update at which the mistake can first be seen."""
    made_report, update, fact = BRIEFLY[what]
    report = replace(whole_report.whole_report(), mistakes=(made_report,))
    (table,) = of(Table, seen_sections(report, False, ENGLISH))
    (row,) = rows(table)
    assert row[2:] == [update, fact]


def test_what_an_exception_says_is_passed_through():
    """Nothing in it is filled in, translated or taken away."""
    for text in (HOSTILE, "identical"):
        report = made(raised=Raised("ValueError", text, 0))
        for language in LANGUAGES:
            found = tuple(tell_mistakes([report], speaker(language)))
            (facts,) = of(Facts, found)
            assert any(text in told for _, told in facts.items)


# --- Pairs

CAUSE = Cause(
    stage="loss",
    side="mine",
    key="half-error",
    title=Note("mine takes {factor} of its loss.", {"factor": "0.5"}),
    cure=note("make the optimizer once, before the loop."),
    place="mine.py:12",
    gap=0.0,
    plain=0.25,
    threads=("keras#1",),
)
FACT = note("the first update is the same on both sides.")
STAGES = (Stage("data", "equal"), Stage("loss", "different", "1.5", "3"))
DIAGNOSIS = Diagnosis((CAUSE,), (FACT,), STAGES, 7)


def pair(diagnosis, outcome="different", costs=None):
    verdict = Verdict(
        "graph", outcome, (Note("they part"),), diagnosis=diagnosis
    )
    return OwnPair("a.py:mine", "b.py:its", verdict, costs)


def told(found, speaker=ENGLISH):
    """Tell a pair, as one section."""
    return [Section("pair", "", tuple(tell_pair(found, speaker)))]


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.0, ["to the last bit", "2.5e-01"]),
        (1e-9, ["to 1.0e-09", "2.5e-01"]),
        (None, ["seen in"]),
    ],
)
def test_a_cause_has_its_proof(gap, words):
    """How near the recomputation comes, with the cause and without."""
    text = " ".join(replace(CAUSE, gap=gap).sentences())
    at = [text.index(each) for each in words]
    assert at == sorted(at)


@pytest.mark.parametrize("place", ["mine.py:12", ""])
def test_a_cause_says_where_to_mend_it(place):
    """File and line where they are known, and nothing where not."""
    text = " ".join(replace(CAUSE, place=place).sentences())
    assert str(CAUSE.cure) in text
    assert ("at mine.py:12" in text) is bool(place)


def test_the_stages_stand_in_a_line_and_side_by_side():
    """Which are equal, which differ, and what each side has there."""
    found = told(pair(DIAGNOSIS))
    chain = of(Paragraph, found)[2].text
    assert "7" in chain
    assert chain.index("data =") < chain.index("loss ≠")
    (table,) = of(Table, found)
    (row,) = rows(table)
    assert row[1:] == ["1.5", "3", "≠"]


def test_what_is_counted_is_said_in_the_readers_language():
    """Rows and updates at a stage, and a cause that was planted."""
    counts = Stage("count", "different", "1,016 rows", "1 update")
    found = told(pair(replace(DIAGNOSIS, stages=(counts,))), speaker("ko"))
    (row,) = rows(of(Table, found)[0])
    assert row[1:3] == ["행 1,016개", "갱신 1회"]
    planted = {"state or model: another activation": False}
    score = Score((PairScore("a/b", "dense", True, planted, (), 1.0, 1.0),))
    missed = [*tell_score(score, speaker("ko"))][-1].text
    assert missed.endswith(": 상태 또는 모델: 활성화 함수가 다름")


def test_a_pair_is_told_as_it_is_explained():
    """The command says what `explain` says, and marks what is bad."""
    report = pair(DIAGNOSIS)
    found = told(report)
    assert [heading.text for heading in of(Heading, found)] == ["Why?"]
    assert of(Paragraph, found)[0].tone == "bad"
    explained = report.verdict.explain()
    for text in prose(found).split("\n"):
        assert text in explained
    for words in (CAUSE.title, CAUSE.cure, FACT):
        assert str(words) in explained
        assert str(words) in prose(found)
    assert "keras#1" in prose(found)


def test_what_is_not_named_is_said():
    """No cause is a sentence too; a pair that agrees is good."""
    text = prose(told(pair(Diagnosis((), (FACT,)))))
    assert "No cause is named" in text
    agreed = pair(None, "identical")
    (section,) = told(agreed)
    assert not of(Heading, [section])
    assert section.blocks[0].tone == "good"


def test_every_language_says_all_of_a_diagnosis():
    """As many sentences, the same numbers, and the user's own names."""
    found = [
        of(Paragraph, told(pair(DIAGNOSIS), speaker(language)))
        for language in LANGUAGES
    ]
    assert len({len(blocks) for blocks in found}) == 1
    for blocks in found:
        text = " ".join(block.text for block in blocks)
        for word in ("mine", "mine.py:12", "2.5e-01", "keras#1"):
            assert word in text
    cure = str(CAUSE.cure)
    assert cure not in " ".join(block.text for block in found[1])


def test_texts_inside_a_note_are_translated():
    """Of mistakes and lessons; other values of a note are data."""
    korean = speaker("ko")
    title = CATALOGUE[0].title
    said = korean.note(note("{title} {name}", title=title, name=title))
    assert said == f"{korean.gettext(title)} {title}"
    assert korean.note(note("{why}", why="")) == ""
    once = korean.note(note("{one} {name}", one="once", name="a name"))
    assert once == "한 번 a name"


COST = SideCost("mine", 0.25, 2e-3, 5000, 1, 1, 131, 0, False)


def test_costs_are_a_table_of_both_sides():
    """Times in units that suit, counts in full; a good side is not accused."""
    slow = replace(COST, side="its", traces=0, seconds_per_update=-1e-3)
    costs = Costs((COST, slow), None, ("its: time: killed",))
    report = pair(None, "identical", costs)
    blocks = tuple(tell_costs(report, ENGLISH))
    (table,) = of(Table, blocks)
    assert rows(table)[0] == ["mine", "250 ms", "2 ms", "5,000", "1", "131"]
    assert rows(table)[1][2] == "too noisy to tell"
    reasons = of(Paragraph, blocks)
    assert [block.text.split()[0] for block in reasons] == [
        "its", "One", "Left",
    ]  # fmt: skip
    found = told(report)
    assert [heading.text for heading in of(Heading, found)] == ["How fast?"]


@pytest.mark.parametrize(
    ("factor", "whole", "words"),
    [
        (1.05, False, "its takes 1.05 (1.05 to 1.05) times as long per"),
        (1.05, True, "as long as mine, whole trainings"),
        (None, False, "Whether its or mine is faster: too noisy to tell."),
    ],
)
def test_the_ratio_of_a_pair_is_told(factor, whole, words):
    """By the update, or of whole trainings; no ratio where it is noise."""
    factors = (factor,) * 6 if factor else (0.5, 1.0, 2.0) * 2
    paired = Paired("graph", factors, (1.01,) * 6, whole)
    report = pair(None, "identical", Costs((), paired, ()))
    said = [block.text for block in tell_costs(report, ENGLISH)]
    assert words in said[0]
    assert "mine against itself: 1.01" in said[1]


# --- The ladder


@pytest.mark.parametrize("measure", MEASURES)
def test_the_ladder_has_every_lesson_and_its_numbers(measure):
    """What each adds, even below 0, and the sums of those that count."""
    found = ladder()
    told = tuple(tell_ladder(found, ENGLISH, measure))
    bars, whole = of(Bars, told)
    assert set(bars.owners) == set(SIDES)
    assert {label.text for label, *_ in whole.rows} == {
        lesson for lesson, sizes in by_size(found, measure) if sizes["manual"]
    }
    for rung, (label, drawn, difference) in zip(
        found.rungs, bars.rows, strict=True
    ):
        added = {s: getattr(rung.added[s], measure) for s in SIDES}
        assert label.text == rung.lesson
        assert {bar.owner: int(bar.text) for bar in drawn} == added
        assert all(bar.value == max(int(bar.text), 0) for bar in drawn)
        assert int(difference) == added["manual"] - added["keras"]
    sums, *_ = of(Table, told)
    sizes = [
        [str(getattr(each[side], measure)) for side in SIDES]
        for each in (
            found.first,
            *(rung.running for rung in found.rungs if rung.counted),
            found.whole,
        )
    ]
    assert [row[1:] for row in rows(sums)] == sizes
    named = repr([asdict(block) for block in told])
    assert all(lesson in named for lesson in LESSONS)
    assert MEASURES[measure] in prose(told)


def test_where_keras_costs_more_is_not_hidden():
    """Each feature with all measures that say so, or that there is none."""
    found = ladder()
    *_, dearer = of(Table, tell_ladder(found, ENGLISH))
    wanted = {
        rung.lesson: [
            name
            for measure, name in MEASURES.items()
            if getattr(rung.added["keras"], measure)
            > getattr(rung.added["manual"], measure)
        ]
        for rung in found.rungs
    }
    assert dict(rows(dearer)) == {
        lesson: "; ".join(names) for lesson, names in wanted.items() if names
    }
    cheap = tuple(rung for rung in found.rungs if not wanted[rung.lesson])
    told = tuple(tell_ladder(replace(found, rungs=cheap), ENGLISH))
    assert len(of(Table, told)) == 1
    assert "every feature costs less" in prose(told)


# --- Baselines and overviews


def test_a_comparison_tells_what_changed_and_what_was_not_compared():
    """A row per change, worse or better, from its clauses."""
    differs = Change(
        "adam",
        note("{side} against {reference}", side="keras", reference="a run"),
        Note("identical"),
        (Note("different"), Note("they part")),
        True,
    )
    shrunk = Change("adam", Note("size"), Note("9"), (Note("8"),), False)
    comparison = Comparison(
        (differs, shrunk), (note("{x} is new", x=HOSTILE),)
    )
    told = tuple(tell_comparison(comparison, ENGLISH))
    (table,) = of(Table, told)
    assert rows(table) == [
        ["worse", "adam", "Keras against a run", "identical",
         "different; they part"],
        ["better", "adam", "size", "9", "8"],
    ]  # fmt: skip
    assert [row[0].tone for row in table.rows] == ["bad", "good"]
    assert f"{HOSTILE} is new" in prose(told)
    unchanged = tuple(tell_comparison(Comparison((), ()), ENGLISH))
    assert prose(unchanged) == "Nothing changed."


def of_lessons():
    """Return a report as `run --all` makes it."""
    report = whole_report.whole_report()
    return Report(report.environment, "", lessons=report.lessons)


def test_an_overview_has_a_row_per_lesson_and_mode_and_what_stands_out():
    """Verdicts and sizes; why one is not identical; every other check."""
    report = of_lessons()
    found = overview(report, ENGLISH)
    table, *_ = of(Table, found)
    verdicts = [v for lesson in report.lessons for v in lesson.verdicts]
    assert [row[1:3] for row in rows(table)] == [
        [verdict.mode, verdict.outcome] for verdict in verdicts
    ]
    first = [row[0] for row in rows(table) if row[0]]
    assert first == [lesson.lesson for lesson in report.lessons]
    assert [block.text for block in of(Heading, found)] == first
    assert prose(found).count("xla: different; they part.") == 2
    assert prose(found).count("Keras against one process: identical") == 2
    assert "TensorFlow 2.21" in prose(found)
    calm = replace(report.lessons[0], checks=(), verdicts=verdicts[:1])
    assert not of(Heading, overview(replace(report, lessons=(calm,)), ENGLISH))


# --- Languages

MADE_UP = {
    CAUSE.title.text,
    str(CAUSE.title),
    "a title",
    "symptom",
    "`why`",
    "keras",
    "it broke: {reason}.",
    "they part",
    "every bit",
    "one process",
}
"""Texts of the records of this test, which no catalogue has."""


def test_every_text_can_be_translated():
    """What is said stands in the catalogues of translations."""
    heard = Listening("en")
    slow = replace(
        COST, traces=9, graph_nodes=UNROLLED + 1, run_eagerly=True, fits=2
    )
    seen = replace(CAUSE, place="", gap=None, plain=None)
    for report in (
        pair(
            DIAGNOSIS, costs=Costs((slow, replace(COST, traces=0)), None, ())
        ),
        pair(replace(DIAGNOSIS, causes=())),
        pair(replace(DIAGNOSIS, causes=(seen,), update=0)),
    ):
        told(report, heard)
    report = whole_report.whole_report()
    reports = (*report.mistakes, *(one for one, *_ in BRIEFLY.values()))
    for in_full in (True, False):
        seen_sections(replace(report, mistakes=reports), in_full, heard)
    mistake_sections(CATALOGUE, heard)
    index_sections(CATALOGUE, heard)
    for measure in MEASURES:
        list(tell_ladder(ladder(), heard, measure))
    overview(of_lessons(), heard)
    for comparison in (
        Comparison((), ()),
        compare(report, elsewhere(report), 0.05, {}),
    ):
        list(tell_comparison(comparison, heard))
    known = {message.id for message in catalogue.template()}
    unknown = {text for text in heard.heard - known if not text.isdigit()}
    assert unknown <= MADE_UP


def elsewhere(report):
    """Return a report of another machine that is worse in every respect."""
    lessons = tuple(
        replace(
            lesson,
            verdicts=(
                replace(lesson.verdicts[0], outcome="could not run"),
                *lesson.verdicts[1:],
            ),
            sizes=dict.fromkeys(SIDES, ladder().whole["manual"]),
        )
        for lesson in report.lessons
    )
    environment = replace(report.environment, cpus=64, keras="4")
    return replace(report, lessons=lessons, environment=environment)
