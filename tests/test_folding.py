"""What Keras takes over: each line by hand goes where the same is done."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from compare.lessons.problems import LESSONS
from compare.showing.page import folding
from compare.showing.page.folding import TAKEN_OVER

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
