"""Reports from anywhere: shown whole, or refused in one sentence."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutants import mutated
from whole_report import lesson, small_reports, whole_report

from compare.commands.main import main
from compare.judging.soundness import check_report
from compare.records import UsageError
from compare.records.escape import printable
from compare.records.files import LARGEST_JSON
from compare.records.json_form import from_json, to_json
from compare.records.problem import Settings
from compare.records.report import Report
from compare.records.request import Request
from compare.showing import figures
from compare.showing.figures.animation import learning_gif
from compare.showing.figures.growth import growth_chart
from compare.showing.language import speaker
from compare.showing.page.render import page
from compare.studies.baseline import read_baseline

REPORTS = small_reports()


def shown(content):
    """Return the page of what JSON holds, or the sentence that refuses it."""
    try:
        report = from_json(Report, content)
        check_report(report)
    except UsageError as error:
        said = printable(str(error))
        assert said
        assert len(said) < 1000
        return said
    return page([report], "en").encode()


def test_the_whole_report_is_sound():
    """What the fuzzing starts from is shown with every section."""
    text = shown(json.loads(json.dumps(to_json(whole_report()))))
    names = "code fit growth peers streaming laboratory quiz calibration"
    for name in f"{names} mistakes ladder learn picture speed size".split():
        assert f'id="{name}"'.encode() in text


@settings(
    max_examples=300,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms(use_true_random=True))  # evenly; the seed is hypothesis's
def test_any_change_to_a_report_is_shown_or_refused(chance):
    """A page or one sentence, never another exception."""
    choose = chance.randrange
    content = REPORTS[choose(len(REPORTS))]
    for _ in range(1 + choose(2)):
        content = mutated(content, choose)
    shown(content)


WRONG = {
    "lesson": (["lesson"], "../x", "lessons[0].lesson is '../x'"),
    "no verdict": (["verdicts"], [], "lessons[0].verdicts is empty"),
    "sources": (["sources"], {"manual": ""}, "lacks the side 'keras'"),
    "sizes": (["sizes", "keras"], None, "sizes['keras'] is None"),
    "rows": (["trajectories", 0, "losses"], [1.0], "has not the 1 rows"),
    "few": (["recorded_updates"], [0, 1], "losses is not a list of 1 to 2"),
    "apart": (["apart"], [0, 1], "apart is not a whole number for each row"),
    "order": (["recorded_updates"], [3, 1], "does not rise"),
    "theory": (["theory", "closed_form"], {}, "has not a kernel of 1"),
    "limit": (["theory", "largest_learning_rate"], 0.0, "is not above 0"),
    "epoch": (["timings", 0, "updates_per_epoch"], 0, "is not above 0"),
    "endless": (
        ["paired", 0, "opening", 0, "seconds"],
        "inf",
        "is not finite",
    ),
    "points": (["points", "y"], [1.0], "is not rows of 1 features"),
    "hessian": (["points", "hessian"], [1.0], "is not two rows of two"),
    "results": (["trajectories", 0, "results"], {}, "has not a kernel of 1"),
    "rate": (["rates", 0, "losses"], [], "rates[0].losses is not a list"),
    "rates": (
        ["rates"],
        lambda rates: rates[:1],
        "as many runs by hand",
    ),
    "image": (
        ["pictures", "keras", "images", 0, "values"],
        [[1.0]],
        "is not a list of matrices",
    ),
    "names": (
        ["pictures", "keras", "images", 0, "rows"],
        ["a"],
        "has not 2 names",
    ),
    "curve": (
        ["pictures", "keras", "curves", 0, "curves", 0, "points"],
        [1.0, 2.0],
        "is not a list of pairs",
    ),
    "distance": (["convergence", "distance", "keras"], {}, "lacks float32"),
}


@pytest.mark.parametrize("case", WRONG)
def test_fields_that_contradict_each_other_are_named(case):
    """The message has the path of the field, and what is wrong there."""
    path, value, said = WRONG[case]
    content = json.loads(json.dumps(REPORTS[0]))
    holder = content["lessons"][0]
    for step in path[:-1]:
        holder = holder[step]
    old = holder[path[-1]]
    holder[path[-1]] = value(old) if callable(value) else value
    assert said in str(shown(content))


def test_a_ladder_of_no_code_is_refused():
    """Sizes are divided by those by hand: none of them may be 0."""
    content = to_json(whole_report())
    content["ladder"]["whole"]["manual"]["tokens"] = 0
    assert "ladder.whole['manual'] is not the size" in shown(content)


def test_a_long_name_is_cut():
    """One sentence, however long a name in a report is."""
    content = copy.deepcopy(REPORTS[0])
    content["lessons"][0]["within_1_percent"]["x" * 5000] = 2**60
    assert "is beyond" in shown(content)


NAMES = ("../x", "/tmp/x", "a/b", "", ".", "..", "a b", "a\0b", "x" * 300,
         "con:", "~", "-x", "é")  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_no_name_of_a_report_leads_out_of_the_folder(tmp_path, capsys, name):
    """A lesson that no file may be called is refused before any is written."""
    inside = tmp_path / "inside"
    inside.mkdir()
    content = {**REPORTS[0], "lessons": [{**REPORTS[0]["lessons"][0]}]}
    content["lessons"][0]["lesson"] = name
    path = inside / "report.json"
    path.write_text(json.dumps(content))
    folder = str(inside / "figures")
    given = ["render", str(path), "--out", str(inside), "--figures", folder]
    assert main(given) == 2
    assert "which no lesson is called" in capsys.readouterr().err
    assert [p.name for p in tmp_path.rglob("*")] == ["inside", "report.json"]
    made = replace(lesson("linear_regression"), lesson=name)
    with pytest.raises(UsageError, match="is not a lesson's name"):
        figures.write_figures(replace(whole_report(), lessons=(made,)), inside)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path, capsys):
    """No report has more than 100 MiB; a hole on the disk suffices here."""
    path = tmp_path / "report.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_JSON + 1)
    for command in ("render", "check"):
        assert main([command, str(path)]) == 2
        assert "more than the 100 that are read" in capsys.readouterr().err


def request(**changes):
    """Return what a baseline of the first lesson asks for."""
    given = {
        "lessons": ("linear_regression",),
        "settings": Settings(steps=3),
        "modes": ("graph",),
        "effort": None,
        "quick": True,
        "timeout": 60.0,
        "command": "python",
        **changes,
    }
    return Request(**given)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"timeout": -1.0}, "request.timeout is not above 0"),
        ({"timeout": "inf"}, "request.timeout is not finite"),
        ({"modes": []}, "request.modes is empty"),
        ({"lessons": []}, "request.lessons is empty"),
        ({"settings": {"steps": 0}}, "settings.steps is not above 0"),
        ({"settings": {"steps": "3"}}, "settings.steps is '3', not a whole"),
        ({"quick": 1}, "request.quick is 1, not true or false"),
    ],
)
def test_a_baseline_asks_only_for_what_a_command_could(
    tmp_path, changes, said
):
    """What is to be run again is checked before anything runs."""
    asked = {**to_json(request()), **changes}
    path: Path = tmp_path / "base.json"
    content = {"request": asked, "report": REPORTS[0]}
    path.write_text(json.dumps(content))
    with pytest.raises(UsageError) as error:
        read_baseline(path)
    assert said in str(error.value)
    content["request"] = to_json(request())
    path.write_text(json.dumps(content))
    assert read_baseline(path).request.lessons == ("linear_regression",)


def both(made, change):
    """Change the runs of both sides."""
    return replace(
        made, trajectories=tuple(change(run) for run in made.trajectories)
    )


def cut(run):
    """Leave out a run's last updates."""
    rows = {n: values[:4] for n, values in run.parameters.items()}
    return replace(run, losses=run.losses[:4], parameters=rows)


def lost(run):
    """Let the parameters be no numbers from the start."""
    rows = {n: values * np.nan for n, values in run.parameters.items()}
    return replace(run, parameters=rows)


STRANGE = {
    "unequal updates": lambda made: replace(
        made, trajectories=(made.trajectories[0], cut(made.trajectories[1]))
    ),
    "infinite losses": lambda made: both(
        made, lambda run: replace(run, losses=run.losses + np.inf)
    ),
    "losses of zero": lambda made: both(
        made, lambda run: replace(run, losses=run.losses * 0)
    ),
    "no numbers": lambda made: both(made, lost),
    "a flat loss": lambda made: replace(
        made,
        points=replace(
            made.points, hessian=made.points.hessian * 0, least_loss=0.0
        ),
    ),
    "one side timed": lambda made: replace(made, timings=made.timings[2:3]),
}


@pytest.mark.parametrize("case", STRANGE)
def test_strange_trainings_are_drawn_as_far_as_they_go(case):
    """A chart of what has no place on its scale is left out, no error."""
    made = STRANGE[case](lesson("linear_regression"))
    check_report(replace(whole_report(), lessons=(made,)))
    for chart in figures.CHARTS.values():
        if figure := chart(made, speaker()):
            figure.draw_without_rendering()
    learning_gif(made, speaker())


def test_sizes_at_which_nothing_ran_are_drawn_empty():
    """`grow` ends with its chart also where no way could be timed."""
    study = whole_report().growth
    for change in (
        lambda cell: replace(cell, samples=()),
        lambda cell: replace(
            cell,
            samples=tuple(replace(s, per_epoch=-1.0) for s in cell.samples),
        ),
    ):
        cells = tuple(map(change, study.cells))
        growth_chart(
            replace(study, cells=cells), speaker()
        ).draw_without_rendering()
