"""The code on the page: what Keras takes over, copies that run, tensors."""

from __future__ import annotations

import ast
import html
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from compare.lessons.problems import LESSONS
from compare.records import SIDES
from compare.records.findings import TensorInfo
from compare.showing.language import speaker
from compare.showing.page import code, folding, tensors
from compare.showing.page.folds import TAKEN_OVER
from compare.showing.page.render import page

ROOT = Path(__file__).parent.parent

FITS = {
    "import keras": "import tensorflow",
    "return": "return",
    "batch_size": r"rows|batches|columns",
    "fit": r"tf\.function|tape|step|predict|compute_loss|for .* in batches"
    r"|tf\.constant|return loss",
    "train_step": r"tape|step",
    "train_on_batch": r"tf\.function|many_steps",
    "fori_loop": r"for _ in tf\.range",
    "predict": r"tf\.function\(",
    "model": r"= predict\(",
    "epochs": r"for \w+ in range\(.*epochs",
    "validation_data": r"held_out|validation|evaluate|val_loss",
    "EarlyStopping": r"best|patience|break|assign\(value\)",
    "save": r"[cC]heckpoint",
    "load_model": r"latest_checkpoint|saved|restore",
    "initial_epoch": r"epochs_done",
    "compile": r"make_step|return step",
    "trainable": r"head",
    "BatchNormalization": r"mov|mean|moments|batch_norm|training",
    "Dropout": r"training|dropout|masks",
    "SeedGenerator": r"noise",
    "dtype": r"float16",
    "LossScaleOptimizer": r"scale|steps_since|finite",
    "LSTM": r"hidden|cell|gates|unstack|tf\.split",
    "Conv2D": r"conv2d|filter",
    "MaxPooling2D": r"max_pool",
    "Flatten": r"reshape",
    "Embedding": r"embed|tf\.gather",
    "LayerNormalization": r"normalize|moments|rsqrt|scale",
    "MultiHeadAttention": r"^: import math|attend|split_heads",
    "kernel_regularizer": r"l2|penalty|kernel in",
    "clipnorm": r"clip",
    "gradient_accumulation_steps": r"sums|total|batches_seen",
    "CosineDecay": r"^: import math|cosine|done|angle|learning_rate =",
    "Adam": r"assign|zeros_like|for weight, m|step_size|t =|squared|count",
    "SGD": r"assign|zeros_like|for weight|update|move =|nesterov|count"
    r"|replica = |all_reduce",
    "mse": r"reduce_mean\(tf\.square",
    "reduction": r"reduce_sum\(weight",
    "class_weight": r"weights",
    "loss_weights": r"_weight \*",
    "loss": r"compute_loss",
    "SparseCategoricalCrossentropy": r"labels|cross_entropy|losses",
    "BinaryCrossentropy": r"labels|cross_entropy",
    "metrics": r"accuracy|hits|correct|called|counts|totals|history"
    r"|precision|values",
    "Sequential": r"weights|parameters|def ",
    "Model": r"weights|parameters|def predict",
    "ReLU": r"relu",
    "Dense": r"Variable|@|bias_add|w \* x|dense|feed_forward",
}
"""Name of a part of Keras -> what it may take over, told once more."""


def sources(lesson):
    """Return both sources of a lesson."""
    return [
        (ROOT / folder / f"{lesson}.py").read_text()
        for folder in ("manual", "keras_impl")
    ]


def complaints(by_hand, in_keras):
    """Return what is wrong in a folding."""
    folded = folding.folding(by_hand, in_keras)
    lines = in_keras.splitlines()
    wrong = []
    for fold in folded.folds:
        names = re.findall(r"[\w ]+(?=[\"=]?(?:,|$))", fold.call)
        names = [name.strip() for name in names]
        there = [lines[target] for target in fold.targets]
        wrong += [
            f"{fold.call} is not in {line!r}"
            for line in there
            if not any(name in line for name in names)
        ]
        wrong += [
            f"{fold.call} does not do {statement.text!r}"
            for statement in fold.statements
            if not any(re.search(FITS[n], statement.text) for n in names)
        ]
    return wrong


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_line_goes_where_the_same_is_done(lesson):
    """What is named stands in the line pointed at, and does what it takes."""
    assert complaints(*sources(lesson)) == []


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (r"range\(.*epochs\) -> SGD", "does not do"),
        (r"reduce_mean\(tf\.square -> fit:epochs", "does not do"),
    ],
)
def test_a_wrong_row_is_found(monkeypatch, planted, said):
    """A row that sends the loop to the optimizer is complained of."""
    rows = {planted: "a lie", **TAKEN_OVER}
    monkeypatch.setattr(folding, "TAKEN_OVER", rows)
    found = complaints(*sources("minibatch"))
    assert found
    assert all(said in one for one in found)


def test_a_wrong_line_is_found(monkeypatch):
    """A target one line too high is complained of."""
    right = folding.places
    monkeypatch.setattr(
        folding,
        "places",
        lambda *given: [(call, line - 1) for call, line in right(*given)],
    )
    assert any("is not in" in one for one in complaints(*sources("adam")))


def test_every_row_is_used():
    """No row of the table is there for nothing."""
    said = {
        fold.why
        for lesson in LESSONS
        for fold in folding.folding(*sources(lesson)).folds
    }
    assert said == set(TAKEN_OVER.values())


def test_only_what_the_twin_has_takes_over():
    """Without its Dropout the twin takes no line of a mask over."""
    by_hand, in_keras = sources("dropout_mlp")
    less = "\n".join(
        line for line in in_keras.splitlines() if "Dropout(" not in line
    )
    kept = [s.text for s in folding.folding(by_hand, less).kept]
    assert any("stateless_dropout" in text for text in kept)
    assert not folding.folding(by_hand, in_keras).kept


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_statement_is_accounted_for(lesson):
    """Folded, in both files or kept: no statement by hand is forgotten."""
    by_hand, in_keras = sources(lesson)
    folded = folding.folding(by_hand, in_keras)
    tree = ast.parse(by_hand)
    statements = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt)
        and not isinstance(
            isinstance(node, ast.Expr) and node.value, ast.Constant
        )
    ]
    decorators = [
        each
        for node in statements
        for each in getattr(node, "decorator_list", ())
    ]
    assert sum(folded.counts.values()) == len(statements) + len(decorators)
    share = folded.counts["folded"] / sum(folded.counts.values())
    assert share > (0.6 if "GradientTape" not in in_keras else 0.4) or (
        folded.counts["shared"] > folded.counts["kept"]
    )


def test_a_step_of_ones_own_stays_by_hand():
    """The twin of the GAN opens its tapes itself: fit takes none over."""
    folded = folding.folding(*sources("gan"))
    tapes = [s for s in folded.shared if "GradientTape" in s.text]
    assert len(tapes) == 2
    assert any("def step" in s.text for s in folded.kept)


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
    assert drawing.count("z") == cells
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
