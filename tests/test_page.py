"""The page, as text: complete, escaped, translated, rebuilt from JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from markupsafe import Markup

from compare.commands.main import main
from compare.commands.options import LANGUAGES
from compare.mistakes import CATALOGUE
from compare.records import files
from compare.records.findings import TensorInfo
from compare.records.note import Note
from compare.records.runs import Failure
from compare.showing import catalogue
from compare.showing.blocks import Bar, Bars, Code
from compare.showing.blocks import Cell as Label
from compare.showing.language import speaker
from compare.showing.page import code, scenes
from compare.showing.page.folding import Folding, folding
from compare.showing.page.html import COLOURED, drawn, highlighted
from compare.showing.page.render import asset, page
from compare.showing.reading import read_report

HOSTILE = "</script><script>hacked=1</script>\x1b[31m"


@pytest.fixture(scope="session")
def report_file(small_report, tmp_path_factory):
    """Return the path of a written report.json."""
    folder = tmp_path_factory.mktemp("report")
    return files.write_report(small_report, folder)


def hostile(report):
    """Return a report in which every text of a user's is an attack."""
    lesson = report.lessons[1]
    scaling = replace(
        lesson.scaling,
        features=(HOSTILE, *lesson.scaling.features[1:]),
        target=HOSTILE,
    )
    attack = HOSTILE.removesuffix("\x1b[31m")  # a copy is to the letter
    source = f"# --- {attack}\nx = '{attack}'"
    lesson = replace(
        lesson,
        lesson=HOSTILE,
        title=HOSTILE,
        data=HOSTILE,
        notes=(Note("{x}", {"x": HOSTILE}),),
        scaling=scaling,
        sources=dict.fromkeys(("manual", "keras"), source),
        failures=(Failure("keras", "graph", "float32", HOSTILE, HOSTILE),),
        left_out=(HOSTILE,),
    )  # fmt: skip
    return replace(report, command=HOSTILE, lessons=(lesson,))


def test_the_page_is_made_from_json_alone(small_report, report_file):
    """What was written gives the same page as the report at hand."""
    read = read_report(report_file)
    assert page([read], "en") == page([small_report], "en")


def test_rendering_imports_no_tensorflow(report_file, tmp_path):
    """`render` works where TensorFlow cannot be imported."""
    code = (
        "import sys\n"
        "sys.modules['tensorflow'] = sys.modules['keras'] = None\n"
        "from compare.commands.main import main\n"
        f"sys.exit(main(['render', {str(report_file)!r}, '--out', "
        f"{str(tmp_path)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file"),
        ("", "is not JSON"),
        ("[1, 2]", "not the JSON of a Report"),
        ('{"lessons": 3}', "not the JSON of a Report"),
        ("\x00\xff", "is not JSON"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path, capsys, content, said):
    """Exit code 2 and one line for what is no report."""
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content, encoding="latin-1")
    assert main(["render", str(path), "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "report.html").exists()


def test_the_page_is_small_and_asks_for_nothing(small_report):
    """A lesson is under 0.9 MB, asks for no other file, and may not."""
    one = replace(small_report, lessons=small_report.lessons[:1])
    text = page([one], "en")
    assert len(text.encode()) < 0.9e6
    assert "default-src 'none'" in text
    assert not re.findall(r"(?:src|href)=[\"'](?!#|\?lang=)", text)
    assert "@import" not in text
    assert "url(http" not in text


def test_sections_appear_only_for_what_there_is(small_report):
    """Without rates, times or a pair their sections are not there."""
    text = page([small_report], "en")
    for name in (
        "same",
        "code",
        "learn",
        "laboratory",
        "size",
        "speed",
        "ladder",
    ):
        assert f'id="{name}"' in text
    bare = replace(
        small_report.lessons[0], rates=(), timings=(), trajectories=()
    )
    less = replace(small_report, lessons=(bare,), ladder=None)
    text = page([less], "en")
    for name in ("learn", "laboratory", "speed", "ladder"):
        assert f'id="{name}"' not in text
    for name in ("same", "code", "size", "method"):
        assert f'id="{name}"' in text


def test_several_reports_make_one_page(small_report):
    """Sections of other reports join, and every command is named."""
    ladder = replace(small_report, lessons=(), command="python ladder")
    run = replace(small_report, ladder=None)
    text = page([run, ladder], "en")
    assert 'id="ladder"' in text
    assert "python ladder" in text
    assert run.command in text


def test_hostile_texts_stay_texts(small_report):
    """Nothing of a user's ends an element or starts a script."""
    text = page([hostile(small_report)], "en")
    assert "<script>hacked" not in text
    assert "&lt;script&gt;hacked" in text
    assert "\x1b" not in text


def test_the_catalogue_is_complete():
    """Every text has a Korean entry, none is fuzzy or left over."""
    for name in LANGUAGES[1:]:
        catalog = catalogue.read(name)
        wanted = {m.id for m in catalogue.template() if m.id}
        found = {m.id for m in catalog if m.id}
        hint = "run python -m compare.showing.catalogue"
        assert wanted == found, hint
        for message in catalog:
            assert all(forms(message.string)), f"{message.id!r}: translate it"
            assert not message.fuzzy or not message.id, message.id
            assert not list(message.check(catalog)), message.id


def forms(text):
    """Return the forms of a text: one, or one per plural."""
    return text if isinstance(text, tuple | list) else (text,)


PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)s|%%")


def test_translations_have_the_same_placeholders():
    """A translation fills in exactly what the English text does."""
    for message in catalogue.read("ko"):
        if message.id:
            english, *translated = (
                sorted(PLACEHOLDER.findall(text))
                for text in (*forms(message.id)[:1], *forms(message.string))
            )
            for found in translated:
                assert found == english, message.id


def test_a_missing_entry_is_found(monkeypatch):
    """A text that no catalogue has makes the check above fail."""
    monkeypatch.setattr(
        catalogue, "_of_lessons", lambda: iter(["a new lesson"])
    )
    wanted = {m.id for m in catalogue.template() if m.id}
    assert "a new lesson" in wanted
    assert wanted - {m.id for m in catalogue.read("ko")} == {"a new lesson"}


def test_code_is_aligned_by_sections(small_report):
    """Twins stand in one row, with shapes, and nothing of a source is lost."""
    lesson = small_report.lessons[0]
    folded = folding(lesson.sources["manual"], lesson.sources["keras"])
    rows = code.rows(lesson.sources, lesson.tensors, folded)
    assert [row.name for row in rows] == [
        "",
        "Model",
        "Loss and update",
        "Training",
    ]
    for side in ("manual", "keras"):
        shown = "\n".join(
            line.html.striptags() for row in rows for line in row.lines[side]
        )
        assert "".join(shown.split()) == "".join(lesson.sources[side].split())
    shapes = {
        shape
        for row in rows
        for line in row.lines["manual"]
        for shape in line.shapes
    }
    assert {"w ()", "y_hat (5,)", "∂loss/∂w ()"} <= shapes
    assert "kernel (1, 1)" in rows[2].unseen
    assert any(name.startswith("y_pred") for name in rows[2].unseen)
    assert rows[3].folds


def test_sections_that_one_side_lacks_stay_alone():
    """Sources of users need not be twins, nor be Python."""
    sources = {"manual": "# --- A\nx = 1\n", "keras": "# --- B\n)("}
    tensors = {"manual": (TensorInfo("loss", "nowhere", (), "float32"),)}
    rows = code.rows(sources, tensors, Folding())
    assert [row.name for row in rows] == ["", "A", "B"] or [
        row.name for row in rows
    ] == ["A", "B"]
    assert not rows[-1].lines["manual"]


def test_scenes_store_equal_sides_once(small_report):
    """Equal numbers are stored once, other ones twice, with their ULPs."""
    lesson = small_report.lessons[0]
    scene = scenes.learning(lesson)
    assert scene["losses"]["keras"] is None
    assert max(scene["ulps"]) == 0
    one, other = lesson.trajectories
    moved = {n: np.nextafter(v, np.float32(9)) for n, v in
             other.parameters.items()}  # fmt: skip
    other = replace(other, parameters=moved)
    scene = scenes.learning(replace(lesson, trajectories=(one, other)))
    assert scene["parameters"][0]["keras"] is not None
    assert set(scene["ulps"]) == {1}
    json.dumps(scene, allow_nan=False)


def test_where_parameters_were_cut_the_recorded_distance_is_shown(
    small_report,
):
    """What is left may be equal where what was cut is not."""
    lesson = small_report.lessons[0]
    apart = np.arange(len(lesson.recorded_updates))
    scene = scenes.learning(replace(lesson, apart=apart))
    assert scene["ulps"] == apart.tolist()


def test_scenes_survive_numbers_that_are_not_finite(small_report):
    """Overflow becomes a gap in the charts, not an error."""
    lesson = small_report.lessons[1]
    runs = []
    for run in lesson.trajectories:
        broken = {n: v.copy() for n, v in run.parameters.items()}
        broken["kernel"][5:] = np.inf
        losses = run.losses.copy()
        losses[5:] = np.nan
        runs.append(replace(run, parameters=broken, losses=losses))
    scene = scenes.learning(replace(lesson, trajectories=tuple(runs)))
    assert scene["losses"]["manual"][5] is None
    json.dumps(scene, allow_nan=False)


@pytest.mark.parametrize("scale", ["row", "common", "logarithmic"])
def test_bars_stay_on_their_tracks(scale):
    """Every bar, whisker and mark is between 0 and 100 percent."""
    values = (0.0, 0.002, 0.5, 30.0)
    bars = Bars(
        "times",
        {"manual": "by hand"},
        tuple(
            (Label("eager"), (Bar("manual", "", v, v * 0.9, v * 1.1),), "")
            for v in values
        ),
        scale=scale,
    )
    found = drawn(bars)
    assert bool(found.marks) == (scale == "logarithmic")
    for place, _ in found.marks:
        assert 0 <= place <= 100
    for _, entries, _ in found.rows:
        for bar in entries:
            assert 0 <= bar.low <= bar.value <= bar.high <= 100


def test_every_mistake_is_said_in_korean():
    """All texts of all mistakes have Hangul, but for a line of code."""
    korean = speaker("ko")
    english = {
        text
        for mistake in CATALOGUE
        for text in (
            mistake.title,
            mistake.symptom,
            mistake.why,
            mistake.keras,
        )
        if text and not re.search("[가-힣]", korean.gettext(text))
    }
    assert english == {"w = w - learning_rate * gradient"}


def test_the_charts_are_drawn_from_json_alone(report_file, tmp_path, capsys):
    """`render --figures` writes each chart that the report has data for."""
    arguments = ["render", str(report_file), "--out", str(tmp_path)]
    assert main([*arguments, "--figures", str(tmp_path / "charts")]) == 0
    names = {path.name for path in (tmp_path / "charts").iterdir()}
    assert {"linear_regression-loss.svg", "ladder.png"} <= names
    assert str(tmp_path / "charts" / "ladder.png") in capsys.readouterr().out


def test_a_page_without_lessons_has_a_heading(small_report):
    """Its title in the browser is that of its first section."""
    text = page([replace(small_report, lessons=())], "en")
    assert "<title>What does each feature cost?" in text
    shown = text.partition("<template")[0]
    assert shown.count("<h1") == 1


def test_only_words_with_a_colour_are_marked():
    """Every kind that is kept has its rule, and no other mark is written."""
    style = str(asset("static/page.css"))
    for kind in COLOURED:
        assert re.search(rf"\.{kind}\b[^{{}}]*{{ color", style), kind
    html = highlighted(Code("def f(x):\n    return x + 1  # <b>", "python"))
    assert set(re.findall(r'class="(\w+)"', html)) <= set(COLOURED)
    assert Markup(html).striptags() == "def f(x): return x + 1 # <b>"
    assert '<span class="k">return</span> x + ' in html
